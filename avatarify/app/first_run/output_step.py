"""Step three: is there a virtual camera, and does it open?"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from avatarify.app.call import Call
from avatarify.app.camera_report import CameraKind, remedy, report
from avatarify.app.camera_status import CameraStatus
from avatarify.app.copy_line import CopyLine
from avatarify.app.first_run.step import Step, Verdict, words
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE
from avatarify.app.while_there import while_there
from avatarify.errors import AvatarifyError


class Found(NamedTuple):
    """What a look at this computer has found. name: of the first virtual camera, "" where there is none. problem: why none,
    or what is wrong with it; message and remedy. keep: the command that brings it back after a restart, or "".
    """

    name: str
    problem: str
    keep: str


class OutputStep(Step):
    """Starts and stops the virtual camera of the call, as the main window does."""

    def __init__(self, call: Call, *, look: Callable[[], Found] | None = None) -> None:
        """look: at this computer, unless a test brings another."""
        super().__init__(tr("first_run.output_title"), tr("first_run.output_note"))
        self._call = call
        self._look = look if look is not None else look_for_virtual_camera
        self.found: Found | None = None
        self.verdict = Verdict(self)
        self.camera = CameraStatus(self)
        self.camera.toggled.connect(self._toggle)
        self.camera.help_wanted.connect(self._explain)
        self._explanation = words(self, "hint")
        self._explanation.setText(tr("camera.how"))
        self._explanation.hide()
        self._keep_note = words(self, "hint")
        self._keep_note.setText(tr("first_run.keep_note"))
        self.keep = CopyLine(parent=self)
        self.again = QPushButton(icon("retry"), tr("first_run.check_again"), self)
        self.again.clicked.connect(self.check_again)
        self.body.addWidget(self.verdict)
        self.body.addWidget(self.camera)
        self.body.addWidget(self._explanation)
        self.body.addSpacing(SPACE)
        self.body.addWidget(self._keep_note)
        self.body.addWidget(self.keep)
        self.body.addStretch(1)
        self.body.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self._show_keep()
        call.changed.connect(self._follow)

    def enter(self) -> None:
        """See Step."""
        self.check_again()

    def check_again(self) -> None:
        """Look for a virtual camera, unless one is open."""
        self.verdict.tell(tr("first_run.output_looking"), "muted")
        self._call.tasks.run(self._look, done=while_there(self, self._looked), failed=while_there(self, self._failed))
        self._follow()

    def _looked(self, found: Found) -> None:
        self.found = found
        self._follow()

    def _failed(self, error: AvatarifyError) -> None:
        self.found = Found("", str(error), "")
        self._follow()

    def _follow(self) -> None:
        if not self.isVisible():
            return
        told = report(self._call.status, self._call.state)
        missing = self.found is not None and not self.found.name
        if told.kind is CameraKind.OFF and missing and self.found is not None:
            told = remedy(CameraKind.MISSING, self.found.problem, trying=False)
        self.camera.show_report(told)
        running = told.kind in (CameraKind.ON, CameraKind.PAUSED)
        if running and self._call.status is not None:
            self.verdict.tell(tr("first_run.output_on"), "success")
        elif self.found is None:
            self.verdict.tell(tr("first_run.output_looking"), "muted")
        elif self.found.name:
            tone = "warning" if self.found.problem else "success"
            self.verdict.tell(self.found.problem or tr("first_run.output_found", self.found.name), tone)
        self.verdict.setVisible(not missing or running)  # what is missing, the button's own state tells
        self._show_keep()
        self.set_ok(running or (self.found is not None and bool(self.found.name)))

    def _show_keep(self) -> None:
        command = self.found.keep if self.found is not None else ""
        self.keep.set_text(command)
        self.keep.setVisible(bool(command))
        self._keep_note.setVisible(bool(command))

    def _toggle(self) -> None:
        told = self.camera.shown
        if told is not None and told.running:
            self._call.close_output()
        else:
            self._call.open_output()

    def _explain(self) -> None:
        self._explanation.setVisible(self._explanation.isHidden())


def look_for_virtual_camera() -> Found:
    """In a thread: on Windows and macOS each kind is opened for a moment."""
    from avatarify.virtual_camera.advice import keep_loaded, no_virtual_camera, this_machine
    from avatarify.virtual_camera.devices import find_virtual_cameras

    machine = this_machine()
    devices = find_virtual_cameras()
    keep = keep_loaded() if machine.system == "Linux" else ""
    if not devices:
        return Found("", str(no_virtual_camera(machine)), keep)
    return Found(devices[0].label, devices[0].advice, keep if machine.system == "Linux" else "")

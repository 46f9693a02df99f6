"""Step one: is there a camera, does it deliver, and how fast?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout

from avatarify.app.call import Call, CallState
from avatarify.app.first_run.live_picture import LivePicture
from avatarify.app.first_run.step import Step, Verdict, words
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE
from avatarify.app.while_there import while_there

if TYPE_CHECKING:
    from avatarify.camera.devices import CameraDevice
    from avatarify.errors import AvatarifyError

ListCameras = Callable[[], "tuple[CameraDevice, ...]"]
DRAWN = "drawn"
"""The backend of the camera that is none."""

ENOUGH_FPS = 15.0
"""Fewer camera frames a second than this make the avatar jerk."""


class CameraStep(Step):
    """chosen: the id of the camera that the user wants; whoever keeps the preferences changes the call's camera."""

    chosen = Signal(str)

    def __init__(self, call: Call, *, cameras: ListCameras | None = None) -> None:
        """cameras: lists this computer's, unless a test brings others."""
        super().__init__(tr("first_run.camera_title"), tr("first_run.camera_note"))
        self._call = call
        self._list_cameras = cameras if cameras is not None else list_own_cameras
        self._found: tuple[CameraDevice, ...] | None = None
        self._running = ""  # the camera of the call, as the choice shows it
        self.picture = LivePicture(call, lambda live: live.pipeline.camera, mirrored=True)
        self.picture.setAccessibleName(tr("first_run.camera_picture"))
        self.choice = QComboBox(self)
        self.choice.setAccessibleName(tr("first_run.camera_choice"))
        self.choice.setPlaceholderText(tr("first_run.no_camera"))
        self.choice.activated.connect(self._chosen)
        self.again = QPushButton(icon("retry"), tr("first_run.check_again"), self)
        self.again.clicked.connect(self.check_again)
        self.verdict = Verdict(self)
        self._remedy = words(self, "hint")
        self._lay_out()
        call.changed.connect(self._follow)

    def enter(self) -> None:
        """See Step."""
        self.check_again()

    def check_again(self) -> None:
        """Look for cameras; start the call where it has ended."""
        self._call.tasks.run(
            self._list_cameras, done=while_there(self, self._listed), failed=while_there(self, self._not_listed)
        )
        if self._call.state is CallState.STOPPED:
            self._call.restart()
        self._follow()

    def _listed(self, found: tuple[CameraDevice, ...]) -> None:
        self._found = tuple(camera for camera in found if not camera.virtual)
        self.choice.setPlaceholderText(tr("first_run.no_camera" if self._none_here else "first_run.camera_choice"))
        self.choice.clear()
        for camera in self._found:
            self.choice.addItem(camera.name, camera.id)
        self.choice.setCurrentIndex(-1)
        self._running = ""
        self._show_running(self._call.request.camera if self._call.request is not None else "")
        self._follow()

    def _show_running(self, camera: str) -> None:
        """The one that the call uses now, once it is known; what the user has chosen since then stays."""
        if self._found is None or camera == self._running:
            return
        self._running = camera
        names = [(each.id, str(each.number), each.name, str(each.address)) for each in self._found]
        self.choice.setCurrentIndex(next((row for row, known in enumerate(names) if camera in known), -1))
        if camera:  # none of the list: a film, or a camera in the network
            self.choice.setPlaceholderText(_told(camera))

    @property
    def _none_here(self) -> bool:
        """Nothing was found but the drawn face."""
        return self._found is not None and all(camera.backend == DRAWN for camera in self._found)

    def _not_listed(self, error: AvatarifyError) -> None:
        self.verdict.tell(error.message, "warning")
        self._remedy.setText(error.hint)

    def _chosen(self, index: int) -> None:
        id_ = self.choice.itemData(index)
        if isinstance(id_, str):
            self.picture.forget()
            self.chosen.emit(id_)

    def _follow(self) -> None:
        if not self.isVisible():
            return
        status = self._call.status
        capture = status.pipeline.capture if status is not None else None
        if status is not None:
            self._show_running(status.camera)
        fps = status.pipeline.measured.camera_fps if status is not None else 0.0
        delivers = capture is not None and capture.state.value == "running"
        if capture is not None and capture.state.value in ("trouble", "stalled", "failed"):
            self.picture.forget()
            self._tell(tr("first_run.camera_fails"), "warning", capture.error or tr("first_run.camera_silent"))
        elif self._none_here and not delivers:
            self._tell(tr("first_run.no_camera"), "warning", tr("first_run.no_camera_note"))
        elif not delivers or fps <= 0:
            self._tell(tr("first_run.camera_waiting"), "muted", "")
        elif fps < ENOUGH_FPS:
            self._tell(tr("first_run.camera_slow", f"{fps:.0f}"), "warning", tr("first_run.camera_slow_note"))
        else:
            self._tell(tr("first_run.camera_good", f"{fps:.0f}"), "success", "")
        self.set_ok(delivers and fps > 0)

    def _tell(self, text: str, tone: str, remedy: str) -> None:
        self.verdict.tell(text, tone)
        self.picture.set_words(text)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(SPACE)
        side.addWidget(self.choice)
        side.addWidget(self.verdict)
        side.addWidget(self._remedy)
        side.addStretch(1)
        side.addWidget(self.again)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self.picture, 3)
        row.addLayout(side, 2)
        self.body.addLayout(row, 1)


def _told(camera: str) -> str:
    """A camera that is in no list, without folders and secrets."""
    from avatarify.camera.open_camera import shown_name

    name = shown_name(camera)
    return name if "://" in name else Path(name).name


def list_own_cameras() -> tuple[CameraDevice, ...]:
    """In a thread: this computer's, and one that is drawn, to try things out with."""
    from avatarify.camera.devices import CameraDevice, list_cameras
    from avatarify.camera.open_camera import SYNTHETIC

    return (*list_cameras(), CameraDevice(-1, tr("first_run.drawn_camera"), SYNTHETIC, SYNTHETIC, DRAWN))

"""One picture on its way to become an avatar: the square on the left, on the right what it is worth, its name, and whose it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from avatarify.app.avatar_import.consent_choice import ConsentChoice
from avatarify.app.avatar_import.crop_view import CropView
from avatarify.app.avatar_import.drive_view import DriveView
from avatarify.app.avatar_import.verdict_panel import VerdictPanel
from avatarify.app.call import Call
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE
from avatarify.avatars import Avatars, Consent, Portrait
from avatarify.face.crop import Crop

if TYPE_CHECKING:
    from avatarify.app.avatar_import.examiner import Examined, Examiner

_QUIET_MS = 120  # after the square has moved, before it is judged
_ZOOM = 1.15


class WorkPage(QWidget):
    """changed: what `may_be_added` says may be another. The dialog adds; this page only asks."""

    changed = Signal()

    def __init__(self, call: Call, avatars: Avatars, examiner: Examiner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._avatars = avatars
        self._examiner = examiner
        self._portrait: Portrait | None = None
        self._touched = False
        self._busy = False
        self.crop_view = CropView()
        self.verdict = VerdictPanel()
        self.drive = DriveView(call)
        self.consent_choice = ConsentChoice()
        self._name = QLineEdit()
        self._name.setMaxLength(60)
        self._clash = QLabel()
        self._clash.setProperty("role", "hint")
        self._clash.setProperty("tone", "warning")
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._build()
        self._quiet.timeout.connect(lambda: self._examiner.judge(self.crop_view.crop))
        self.crop_view.cropped.connect(self._cropped)
        self.consent_choice.answered.connect(lambda _: self.changed.emit())
        self._name.textChanged.connect(self._named)
        examiner.judged.connect(self._judged)

    @property
    def name(self) -> str:
        """As typed, without spaces around it."""
        return self._name.text().strip()

    @property
    def consent(self) -> Consent | None:
        """The answer; None before there is one."""
        return self.consent_choice.answer

    @property
    def chosen_crop(self) -> Crop | None:
        """The square; None where the automatic one was left alone."""
        return self.crop_view.crop if self._touched else None

    @property
    def may_be_added(self) -> bool:
        """A usable picture, a free name, an answer, and no adding under way."""
        return not self._busy and not self.what_is_missing

    @property
    def judged(self) -> bool:
        """A picture has been looked at."""
        return self._portrait is not None

    @property
    def what_is_missing(self) -> str:
        """A sentence; "" when nothing is."""
        if self._portrait is None or not self._portrait.verdict.usable:
            return tr("importing.missing_picture")
        if not self.name:
            return tr("importing.missing_name")
        if self._is_taken:
            return tr("importing.name_taken")
        if self.consent is None:
            return tr("importing.missing_consent")
        return ""

    def begin(self, path: Path, *, keep_answer: bool) -> None:
        """A picture is being read. keep_answer: it belongs to those before it."""
        self._portrait = None
        self._touched = False
        self._name.setText(path.stem)
        if not keep_answer:
            self.consent_choice.choose(None)
        self.verdict.wait()
        self.setEnabled(True)
        self.crop_view.setEnabled(False)

    def show_picture(self, examined: Examined) -> None:
        """It has been read and looked at."""
        height, width = examined.image.shape[:2]
        self.crop_view.setEnabled(True)
        self.crop_view.show_picture(examined.painted, size=(width, height), automatic=examined.seen.crop)
        self.crop_view.setFocus()
        self._judged(examined.portrait)

    def show_error(self, text: str) -> None:
        """It cannot be read, or not be added."""
        self.verdict.show_error(text)

    def set_busy(self, busy: bool) -> None:
        """While it is being added nothing can be changed."""
        self._busy = busy
        self.setEnabled(not busy)

    def end(self) -> None:
        """Stop what runs. Twice is fine."""
        self._quiet.stop()
        self.drive.stop()

    @property
    def _is_taken(self) -> bool:
        return self.name.casefold() in {avatar.name.casefold() for avatar in self._avatars.all}

    def _build(self) -> None:
        name_label = QLabel(tr("importing.name"))
        name_label.setBuddy(self._name)
        right = QVBoxLayout()
        right.setSpacing(2 * SPACE)
        top = QHBoxLayout()
        top.setSpacing(2 * SPACE)
        top.addWidget(self.drive)
        top.addWidget(self.verdict, 1)
        right.addLayout(top, 1)
        named = QVBoxLayout()
        named.setSpacing(SPACE // 2)
        named.addWidget(name_label)
        named.addWidget(self._name)
        named.addWidget(self._clash)
        right.addLayout(named)
        right.addWidget(self.consent_choice)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3 * SPACE)
        line.addLayout(self._left(), 1)
        line.addLayout(right, 1)

    def _left(self) -> QVBoxLayout:
        left = QVBoxLayout()
        left.setSpacing(SPACE)
        left.addWidget(self.crop_view, 1)
        tools = QHBoxLayout()
        tools.setSpacing(SPACE // 2)
        automatic = QPushButton(tr("importing.automatic"))
        automatic.setToolTip(tr("importing.automatic_tip"))
        automatic.clicked.connect(self._automatic)
        tools.addWidget(automatic)
        tools.addStretch(1)
        for sign, text, factor in (
            ("zoom-out", tr("importing.zoom_out"), 1 / _ZOOM),
            ("zoom-in", tr("importing.zoom_in"), _ZOOM),
        ):
            button = QToolButton()
            button.setIcon(icon(sign))
            button.setToolTip(text)
            button.setAccessibleName(text)
            button.setAutoRepeat(True)
            button.clicked.connect(lambda _=False, factor=factor: self.crop_view.zoom(factor))
            tools.addWidget(button)
        left.addLayout(tools)
        return left

    def _automatic(self) -> None:
        self.crop_view.frame_automatically()
        self._touched = False

    def _cropped(self) -> None:
        self._touched = True
        self._quiet.start()

    def _judged(self, portrait: Portrait) -> None:
        self._portrait = portrait
        self.verdict.show_verdict(portrait.verdict)
        self.drive.show_portrait(portrait.image)
        self.changed.emit()

    def _named(self) -> None:
        self._clash.setText(tr("importing.name_taken") if self._is_taken else "")
        self.changed.emit()

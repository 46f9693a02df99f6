"""The card with the user's own picture and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from avatarify.app.call import Call
from avatarify.app.choices import Choices
from avatarify.app.self_picture import SelfPicture
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE

_STEPS = 20  # of the slider: overlay in hundredths of five


class SelfView(QFrame):
    """Follows `choices`: camera.mirror_self, window.mesh, window.blur_self, window.overlay."""

    def __init__(self, call: Call, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._choices = choices
        self.picture = SelfPicture(call, self)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(0)
        self.overlay = QSlider(Qt.Orientation.Horizontal)
        self.overlay.setRange(0, _STEPS)
        self.overlay.setAccessibleName(tr("shell.overlay"))
        self.overlay.setToolTip(tr("shell.overlay_tip"))
        self.overlay.valueChanged.connect(lambda value: choices.set("window.overlay", value / _STEPS))
        sign = QLabel()
        sign.setPixmap(icon("overlay", ink="muted").pixmap(18, 18))
        sign.setToolTip(tr("shell.overlay_tip"))

        controls = QHBoxLayout()
        controls.setContentsMargins(SPACE // 2, 0, 0, 0)
        controls.setSpacing(SPACE // 2)
        controls.addWidget(sign)
        controls.addWidget(self.overlay, 1)
        controls.addLayout(self._buttons)
        self.framing = QWidget()
        """Buttons that move the square: for windows that have the room."""
        self._framing = QHBoxLayout(self.framing)
        self._framing.setContentsMargins(0, 0, 0, 0)
        self._framing.setSpacing(0)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE, SPACE, SPACE, SPACE // 2)
        box.setSpacing(SPACE // 2)
        box.addWidget(self.picture)
        box.addLayout(controls)
        box.addWidget(self.framing)
        choices.changed.connect(self._follow)
        self._follow(("camera.mirror_self", "window.mesh", "window.blur_self", "window.overlay"))

    def add_actions(self, beside: Sequence[QAction], framing: Sequence[QAction]) -> None:
        """Small buttons for commands: beside the slider, and in the row that moves the square."""
        for action in beside:
            self._buttons.addWidget(_button(action))
        for number, action in enumerate(framing):
            if number:
                self._framing.addStretch(1)
            self._framing.addWidget(_button(action))

    def _follow(self, keys: tuple[str, ...]) -> None:
        chosen = self._choices.preferences
        if "camera.mirror_self" in keys:
            self.picture.set_mirrored(chosen.switch("camera.mirror_self"))
        if "window.mesh" in keys:
            self.picture.set_mesh(chosen.switch("window.mesh"))
        if "window.blur_self" in keys:
            self.picture.set_blurred(chosen.switch("window.blur_self"))
        if "window.overlay" in keys:
            self.picture.set_overlay(chosen.number("window.overlay"))
            self.overlay.setValue(round(chosen.number("window.overlay") * _STEPS))


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    return button

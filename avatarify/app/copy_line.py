"""A command to type elsewhere, with a button that copies it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.style import HINT
from avatarify.app.theme.theme import SPACE

_COPIED_MS = 1600


class CopyLine(QWidget):
    """Wraps long commands; what is copied is one line."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel(self)
        self._label.setProperty("role", "code")
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPointSizeF(self.font().pointSizeF() * HINT)
        self._label.setFont(font)
        self._label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(self)
        self.button.setAccessibleName(tr("camera.copy_name"))
        self.button.clicked.connect(self.copy)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_COPIED_MS)
        self._timer.timeout.connect(self._rest)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self._text = ""
        self.set_text(text)
        self._rest()

    @property
    def text(self) -> str:
        """The command."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another one."""
        if text != self._text:
            self._text = text
            self._label.setText(text)
            self._rest()

    def copy(self) -> None:
        """Put it on the clipboard, and say so for a moment."""
        QGuiApplication.clipboard().setText(self._text)
        self.button.setText(tr("camera.copied"))
        self.button.setIcon(icon("check"))
        self._timer.start()

    def _rest(self) -> None:
        self.button.setText(tr("camera.copy"))
        self.button.setIcon(icon("copy"))

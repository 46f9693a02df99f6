"""What the three steps have in common."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from avatarify.app.camera_status import Dot
from avatarify.app.theme.theme import SPACE, set_look


class Verdict(QWidget):
    """A coloured dot and a sentence: what the check has found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot = Dot(self)
        self._label = words(self, "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._label, 1)

    @property
    def text(self) -> str:
        """The sentence."""
        return self._label.text()

    def tell(self, text: str, tone: str) -> None:
        """tone: muted while nothing is known, success, warning or danger."""
        if text == self._label.text():
            return
        self._label.setText(text)
        self._dot.set_tone(tone)
        set_look(self._label, "tone", tone if tone in ("warning", "danger") else "")


class Step(QWidget):
    """One page. `ok`: what it checks is in order; `changed` tells that this has changed."""

    changed = Signal()

    def __init__(self, title: str, note: str) -> None:
        super().__init__()
        self.ok = False
        heading, hint = words(self, "subtitle"), words(self, "hint")
        heading.setText(title)
        hint.setText(note)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(SPACE)
        self.body.addWidget(heading)
        self.body.addWidget(hint)
        self.body.addSpacing(SPACE)

    def enter(self) -> None:
        """It is the one that is shown now."""

    def set_ok(self, ok: bool) -> None:
        """What the check says now."""
        if ok != self.ok:
            self.ok = ok
            self.changed.emit()


def words(parent: QWidget, role: str) -> QLabel:
    """A label that wraps."""
    label = QLabel(parent)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label

"""A sentence over the strip for a few seconds, with a button that takes back what it tells of."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE

_SHOWN_MS = 10_000


class UndoNotice(QFrame):
    """Lies over its parent's lower edge. undo: the button was pressed."""

    undo = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._text = QLabel()
        self._button = QPushButton(icon("undo"), tr("gallery.undo"))
        self._button.clicked.connect(self._undone)
        line = QHBoxLayout(self)
        line.setContentsMargins(2 * SPACE, SPACE // 2, SPACE // 2, SPACE // 2)
        line.setSpacing(2 * SPACE)
        line.addWidget(self._text)
        line.addWidget(self._button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self._around = parent
        parent.installEventFilter(self)
        self.hide()

    def tell(self, text: str) -> None:
        """Show a sentence, in place of an earlier one."""
        self._text.setText(text)
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay at the parent's lower edge."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        around = self._around
        self.adjustSize()
        width = min(self.width(), around.width() - 2 * SPACE)
        self.resize(width, self.height())
        self.move((around.width() - width) // 2, around.height() - self.height() - SPACE)

    def _undone(self) -> None:
        self.hide()
        self.undo.emit()

"""Every figure of the call in a window of its own, to read and to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from avatarify.app.call import Call
from avatarify.app.figures import Figure, as_text, figures
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE


class Details(QDialog):
    """Follows `call` while it is open. log_wanted: the user asks for the log file. shown: it has been opened or closed."""

    log_wanted = Signal()
    shown = Signal(bool)

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._rows: tuple[Figure, ...] = ()
        self._values: list[QLabel] = []
        self.setWindowTitle(tr("shell.details_title"))
        self.resize(620, 600)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(tr("shell.details_title"))
        copy = QPushButton(icon("copy"), tr("shell.copy"))
        copy.clicked.connect(self.copy)
        log = QPushButton(icon("log"), tr("shell.open_log"))
        log.setProperty("role", "quiet")
        log.clicked.connect(self.log_wanted)
        close = QPushButton(tr("shell.close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        for button in (copy, log):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        box.setSpacing(SPACE * 3 // 2)
        box.addWidget(self.area, 1)
        box.addLayout(buttons)
        call.changed.connect(self._follow)

    def copy(self) -> None:
        """All of it to the clipboard."""
        QGuiApplication.clipboard().setText(as_text(self._rows))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt calls it by this name
        super().showEvent(event)
        self._follow()
        self.shown.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self.shown.emit(False)

    def _follow(self) -> None:
        if not self.isVisible():
            return
        status = self._call.status
        rows = figures(status) if status is not None else ()
        if [row[:2] for row in rows] != [row[:2] for row in self._rows]:
            self._fill(rows)
        for label, row in zip(self._values, rows, strict=True):
            if label.text() != row.value:
                label.setText(row.value)
        self._rows = rows

    def _fill(self, rows: tuple[Figure, ...]) -> None:
        """A card for each group."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, SPACE, 0)
        column.setSpacing(SPACE)
        self._values.clear()
        group, grid = "", QGridLayout()
        for row in rows:
            if row.group != group:
                group, grid = row.group, _card(row.group, column)
            line = grid.rowCount()
            name, value = QLabel(row.name), QLabel()
            name.setProperty("tone", "muted")
            name.setWordWrap(True)
            value.setWordWrap(True)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, line, 1)
            self._values.append(value)
        column.addStretch(1)
        self.area.setWidget(page)


def _card(title: str, column: QVBoxLayout) -> QGridLayout:
    """A card with a title; where its rows go."""
    card = QFrame()
    card.setProperty("role", "card")
    grid = QGridLayout(card)
    grid.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE * 3 // 2, SPACE * 3 // 2)
    grid.setHorizontalSpacing(2 * SPACE)
    grid.setVerticalSpacing(SPACE // 2)
    grid.setColumnStretch(0, 2)
    grid.setColumnStretch(1, 3)
    head = QLabel(title)
    head.setProperty("role", "subtitle")
    grid.addWidget(head, 0, 0, 1, 2)
    column.addWidget(card)
    return grid

"""The line at the foot of the window: what is under way, how fast it goes, what computes; a click opens the details."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QWidget

from avatarify.app.call import Call, CallState
from avatarify.app.figures import status_words
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE

_SHOW_BUSY_MS = 300
"""What is done sooner is not worth a flicker."""


class StatusLine(QFrame):
    """details_wanted: the user has clicked on the figures."""

    details_wanted = Signal()

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setFixedWidth(64)
        self.bar.setTextVisible(False)
        self.busy = QLabel()
        self.cancel = QToolButton()
        self.cancel.setIcon(icon("close"))
        self.cancel.setToolTip(tr("shell.cancel"))
        self.cancel.setAccessibleName(tr("shell.cancel"))
        self.cancel.clicked.connect(call.cancel)
        self.message = QLabel()
        self.message.setProperty("role", "hint")
        self.figures = QPushButton(icon("info", ink="muted"), "")
        self.figures.setProperty("role", "line")
        self.figures.setToolTip(tr("shell.details_tip"))
        self.figures.setAccessibleName(tr("shell.details_title"))
        self.figures.clicked.connect(self.details_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE, 0, 0, 0)
        row.setSpacing(SPACE)
        for widget in (self.bar, self.busy, self.cancel, self.message):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.figures)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_SHOW_BUSY_MS)
        self._wait.timeout.connect(self._show_busy)
        self._message_ends = QTimer(self)
        self._message_ends.setSingleShot(True)
        self._message_ends.timeout.connect(lambda: self.message.setText(""))
        call.changed.connect(self._show)
        self._show_busy()
        self._show()

    def tell(self, text: str, *, ms: int = 6000) -> None:
        """Something that went well, for a while."""
        self.message.setText(text)
        self._message_ends.start(ms)

    def _show(self) -> None:
        status = self._call.status
        if status is None:
            text = tr("shell.line_stopped" if self._call.state is CallState.STOPPED else "shell.line_starting")
        else:
            text = status_words(status)
        if text != self.figures.text():
            self.figures.setText(text)
        if not self._call.busy:
            self._wait.stop()
            self._show_busy()
        elif not self._wait.isActive() and self.bar.isHidden():
            self._wait.start()
        elif not self.bar.isHidden():
            self._show_busy()

    def _show_busy(self) -> None:
        busy = self._call.busy
        for widget in (self.bar, self.busy, self.cancel):
            widget.setVisible(bool(busy))
        self.message.setVisible(not busy)
        if busy:
            self.busy.setText(tr(busy[-1]))

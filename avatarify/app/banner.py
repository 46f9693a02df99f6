"""What went wrong, across the top of the window, with its remedy, until it works again or the user has read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE
from avatarify.errors import AvatarifyError


@dataclass(frozen=True)
class Notice:
    """source: who failed; a source has one notice at most. times: how often that was told. retry: None where it repeats
    itself, or where repeating makes no sense."""

    source: str
    error: AvatarifyError
    retry: Callable[[], None] | None = None
    times: int = 1

    @property
    def text(self) -> tuple[str, str]:
        """Message and hint: what makes two failures the same."""
        return self.error.message, self.error.hint


class Banner(QFrame):
    """Hidden while all is well. Shows the newest notice; those before it come back when it goes.

    details_wanted: the user wants to know more.
    """

    details_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setProperty("tone", "danger")
        self._notices: list[Notice] = []
        self._read: dict[str, tuple[str, str]] = {}  # what the user has closed: not again while it goes on
        sign = QLabel()
        sign.setPixmap(icon("warning", ink="danger").pixmap(22, 22))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message = QLabel()
        self.hint = QLabel()
        self.hint.setProperty("role", "hint")
        for label in (self.message, self.hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.times = QLabel()
        self.times.setProperty("role", "badge")
        self.retry = QPushButton(icon("retry"), tr("shell.retry"))
        self.details = QPushButton(tr("shell.details"))
        self.details.setProperty("role", "quiet")
        self.dismiss = QToolButton()
        self.dismiss.setIcon(icon("close"))
        self.dismiss.setToolTip(tr("shell.dismiss"))
        self.dismiss.setAccessibleName(tr("shell.dismiss"))
        self.retry.clicked.connect(self._retry)
        self.details.clicked.connect(self.details_wanted)
        self.dismiss.clicked.connect(self._dismiss)

        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.message)
        words.addWidget(self.hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(sign)
        row.addLayout(words, 1)
        for widget in (self.times, self.retry, self.details, self.dismiss):
            row.addWidget(widget)
        self._show()

    @property
    def notice(self) -> Notice | None:
        """What is shown."""
        return self._notices[-1] if self._notices else None

    def tell(self, error: AvatarifyError, *, source: str, retry: Callable[[], None] | None = None) -> None:
        """Show a failure. The same one again is counted; another one of that source takes its place."""
        notice = Notice(source, error, retry)
        if self._read.get(source) == notice.text:
            return
        before = next((old for old in self._notices if old.source == source), None)
        if before is not None and before.text == notice.text:
            notice = replace(notice, times=before.times + 1)
        self._notices = [*(old for old in self._notices if old.source != source), notice]
        self._show()

    def settle(self, source: str) -> None:
        """It works again. What the user has closed may be told anew from now on."""
        self._read.pop(source, None)
        if any(notice.source == source for notice in self._notices):
            self._notices = [notice for notice in self._notices if notice.source != source]
            self._show()

    def _show(self) -> None:
        notice = self.notice
        if notice is not None:
            self.message.setText(notice.error.message)
            self.hint.setText(notice.error.hint)
            self.hint.setVisible(bool(notice.error.hint))
            self.times.setText(f"{notice.times}\N{MULTIPLICATION SIGN}")
            self.times.setVisible(notice.times > 1)
            self.retry.setVisible(notice.retry is not None)
            self.setAccessibleName(tr("shell.banner_name"))
            self.setAccessibleDescription(str(notice.error))
        self.setVisible(notice is not None)

    def _retry(self) -> None:
        notice = self.notice
        if notice is not None and notice.retry is not None:
            self.settle(notice.source)
            notice.retry()

    def _dismiss(self) -> None:
        notice = self.notice
        if notice is not None:
            self._notices.pop()
            if notice.source in LASTING:
                self._read[notice.source] = notice.text
            self._show()


LASTING = frozenset({"capture", "animate", "output", "recording"})
"""Sources that go on failing, and are told again and again while they do."""

"""Keeps something on disk without making the window wait: a little later, in another thread, and once more at the end."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError, SettingsError

AFTER_MS = 800
"""A slider that is dragged is written once, not at each of its steps."""
AGAIN_MS = 15_000
"""After a failure, a full disk for one, it is tried again."""
_LONGEST_S = 1.0  # that the end of the program waits for a write that hangs


class Keeping(QObject):
    """The newest state wins: an older one that is slow to be written never comes after it.

    All methods belong to the Qt thread. failed: an AvatarifyError; told once until a write has worked again, and nothing is
    lost meanwhile but what is on disk is old.
    """

    failed = Signal(object)

    def __init__(self, tasks: Tasks, *, lane: str, parent: QObject | None = None) -> None:
        """lane: see Tasks.run."""
        super().__init__(parent)
        self.after_ms, self.again_ms = AFTER_MS, AGAIN_MS
        self._tasks = tasks
        self._lane = lane
        self._write: Callable[[], None] | None = None
        self._newest = 0  # number of the state to keep
        self._kept = 0  # number of the one on disk; guarded by the lock
        self._lock = threading.Lock()
        self._told = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._save)

    @property
    def pending(self) -> bool:
        """Something is not on disk yet."""
        return self._kept < self._newest

    def later(self, write: Callable[[], None]) -> None:
        """`write` puts the present state on disk, whole or not at all; called in another thread, may raise AvatarifyError.
        Only the last one that was given is called."""
        self._newest += 1
        self._write = write
        self._timer.start(self.after_ms)

    def flush(self) -> None:
        """Write what is not written, here and now: for the end of the program. Raises AvatarifyError."""
        self._timer.stop()
        if self._write is not None and self.pending:
            self._in_order(self._newest, self._write)

    def _save(self) -> None:
        number, write = self._newest, self._write
        if write is not None:
            self._tasks.run(
                lambda: self._in_order(number, write), done=self._worked, failed=self._did_not, lane=self._lane
            )

    def _in_order(self, number: int, write: Callable[[], None]) -> None:
        """In any thread."""
        if not self._lock.acquire(timeout=_LONGEST_S):
            raise SettingsError("The disk does not answer.", "What was changed last may be lost.")
        try:
            if number > self._kept:
                write()
                self._kept = number
        finally:
            self._lock.release()

    def _worked(self, _: None) -> None:
        self._told = False

    def _did_not(self, error: AvatarifyError) -> None:
        if not self._timer.isActive():
            self._timer.start(self.again_ms)
        if not self._told:
            self._told = True
            self.failed.emit(error)

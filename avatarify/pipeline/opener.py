"""Which device a stage opens, and a wish for another one that the stage has not carried out yet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

D = TypeVar("D")


@dataclass(frozen=True, eq=False)
class Change(Generic[D]):
    """A wish for another device. open_device: opens it. future: told when it is there, or why it is not."""

    open_device: Callable[[], D]
    future: Future[None]

    def claim(self) -> bool:
        """Whether it is still wanted; from now on it cannot be cancelled. Once."""
        return self.future.set_running_or_notify_cancel()

    def answer(self, error: Exception | None = None) -> None:
        """The first answer counts: the thread that opens and the one that gives it up may both have one."""
        with suppress(InvalidStateError):
            if error is None:
                self.future.set_result(None)
            else:
                self.future.set_exception(error)


class Opener(Generic[D]):
    """Any thread may call."""

    def __init__(self, open_device: Callable[[], D]) -> None:
        self._lock = threading.Lock()
        self._open = open_device
        self._change: Change[D] | None = None

    @property
    def open_device(self) -> Callable[[], D]:
        """Opens the one to use now, again whenever it is lost."""
        with self._lock:
            return self._open

    def ask(self, open_device: Callable[[], D]) -> Future[None]:
        """Another one is wanted. A change that still waits is cancelled."""
        change = Change(open_device, Future())
        with self._lock:
            before, self._change = self._change, change
        if before is not None:
            before.future.cancel()
        return change.future

    def asked(self) -> Change[D] | None:
        """The stage's thread: the change to carry out now, once. It is still to be claimed."""
        with self._lock:
            change, self._change = self._change, None
        return change if change is not None and not change.future.cancelled() else None

    def settle(self, change: Change[D]) -> None:
        """From now on this one is opened again when it is lost."""
        with self._lock:
            self._open = change.open_device

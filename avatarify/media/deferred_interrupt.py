"""Ctrl-C that waits for the end of a step which must not be torn."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class DeferredInterrupt:
    """While the with-block runs in the main thread, an interrupt (SIGINT) is kept; it is delivered right after the block.

    Python hands out KeyboardInterrupt at the first byte code after a long call, just where the call's result would be
    stored. An encoder's packets would be lost there and the file broken up to its next key frame.
    Other threads never receive the interrupt, so there the block does nothing.
    """

    def __enter__(self) -> None:
        self._received: tuple[int, FrameType | None] | None = None
        self._previous = None
        if threading.current_thread() is not threading.main_thread():
            return
        previous = signal.getsignal(signal.SIGINT)
        if callable(previous):
            self._previous = previous
            signal.signal(signal.SIGINT, self._keep)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._previous is None:
            return
        signal.signal(signal.SIGINT, self._previous)
        if self._received is not None:
            self._previous(*self._received)

    def _keep(self, number: int, frame: FrameType | None) -> None:
        self._received = (number, frame)

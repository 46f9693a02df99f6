"""A thread with one step that is repeated, one way to be stopped, and exactly one word about its end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

_log = logging.getLogger(__name__)


class FinishReason(Enum):
    """COMPLETED: the step said that all is done. CANCELED: somebody called stop. ERRORED: the step or the close raised."""

    COMPLETED = "completed"
    CANCELED = "canceled"
    ERRORED = "errored"


@dataclass(frozen=True)
class Finished:
    """A worker's end. error: what was raised, for ERRORED only."""

    reason: FinishReason
    error: BaseException | None = None


class Worker:
    """Runs `step` in a daemon thread until it returns False, raises, or `stop` is called; then `close`, then tells.

        new --start--> running --step is False--> COMPLETED
                               --stop----------> CANCELED
                               --raise---------> ERRORED

    step: True to be called again. It must return within a short time, or look at `stopping`; one that hangs can only be
    left behind: `join` has a limit and the thread does not keep the program alive.
    close: called once in the same thread, whatever the end. on_finished: the same, after it; both must not block. Where
    nobody listens the log gets what was raised.
    """

    def __init__(
        self,
        name: str,
        step: Callable[[], bool],
        *,
        close: Callable[[], None] | None = None,
        on_finished: Callable[[Finished], None] | None = None,
        stopping: threading.Event | None = None,
    ) -> None:
        self.name = name
        self.stopping = stopping if stopping is not None else threading.Event()
        self._step = step
        self._close = close
        self._on_finished = on_finished
        self._finished: Finished | None = None
        self._thread = threading.Thread(target=self._run, name=f"avatarify {name}", daemon=True)

    @property
    def finished(self) -> Finished | None:
        """None until the end."""
        return self._finished

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        """Once. Raises RuntimeError the second time: make another worker."""
        self._thread.start()

    def stop(self) -> None:
        """Ask for the end; returns at once. Twice, before the start and after the end are fine."""
        self.stopping.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end, at most so long. False: it hangs, and is left behind; also from its own thread.
        True if it never started."""
        if self._thread.ident is None:
            return True
        if self._thread is threading.current_thread():
            return False
        self._thread.join(max(0.0, timeout_s))
        return not self._thread.is_alive()

    def _run(self) -> None:
        finished = self._loop()
        if self._close is not None:
            try:
                self._close()
            except BaseException as error:  # noqa: BLE001 - the end is told in any case
                _log.error("Closing %s failed.", self.name, exc_info=error)
                if finished.error is None:
                    finished = Finished(FinishReason.ERRORED, error)
        self._finished = finished
        if self._on_finished is not None:
            self._on_finished(finished)

    def _loop(self) -> Finished:
        try:
            while not self.stopping.is_set():
                if not self._step():
                    return Finished(FinishReason.COMPLETED)
        except BaseException as error:  # noqa: BLE001 - SystemExit, too, must not end a thread in silence
            if self._on_finished is None:
                _log.error("%s has ended.", self.name, exc_info=error)
            return Finished(FinishReason.ERRORED, error)
        return Finished(FinishReason.CANCELED)

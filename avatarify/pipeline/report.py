"""What a run tells about itself, and the book in which it is kept for the status."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from avatarify.errors import AvatarifyError
from avatarify.pipeline.status import StageState, StageStatus

_log = logging.getLogger(__name__)


class Ledger:
    """A stage's state and its last error. lock: re-entrant, also guards which run counts. Any thread may call."""

    def __init__(self, name: str, clock: Callable[[], float]) -> None:
        self.name = name
        self.clock = clock
        self.lock = threading.RLock()
        self.state = StageState.STOPPED
        self._error = ""
        self._errors = 0

    def tell(self, state: StageState, error: BaseException) -> None:
        """Something went wrong. The log gets it once, not each time it repeats itself."""
        known = isinstance(error, AvatarifyError)
        text = str(error) if known else f"{type(error).__name__}: {error}"
        with self.lock:
            if text != self._error or self.state is StageState.RUNNING:
                _log.warning("%s: %s", self.name, text, exc_info=None if known else error)
            self.state, self._error = state, text
            self._errors += 1

    def status(self, left_behind: int) -> StageStatus:
        with self.lock:
            return StageStatus(self.state, self._error, self._errors, left_behind)


@dataclass(frozen=True)
class Call:
    """A call out of this program that may hang. what: the subject of the sentence that tells it, as in "The camera".
    since: seconds on the pipeline's clock."""

    what: str
    opens: bool
    since: float


class Report:
    """How one run speaks to its stage. Once the run has been replaced, nothing that it says or delivers counts.

    stopping: the sign to end. current: False when replaced. call: what the run waits for just now.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.stopping = threading.Event()
        self.current = True
        self.call: Call | None = None
        self._ledger = ledger

    @contextmanager
    def calling(self, what: str, *, opens: bool = False) -> Iterator[None]:
        """Around a call that may hang."""
        self.call = Call(what, opens, self._ledger.clock())
        try:
            yield
        finally:
            self.call = None

    def opening(self) -> None:
        self._set(StageState.OPENING)

    def running(self) -> None:
        """It works. Cheap, may be said for each frame."""
        self._set(StageState.RUNNING)

    def trouble(self, error: BaseException) -> None:
        """It does not work just now, and goes on trying."""
        with self._ledger.lock:
            if self.current:
                self._ledger.tell(StageState.TROUBLE, error)

    def deliver(self, hand_over: Callable[[], object]) -> bool:
        """Call `hand_over` if this run still counts. It must not block or call strangers: the stage's lock is held."""
        with self._ledger.lock:
            if not self.current or self.stopping.is_set():
                return False
            hand_over()
            return True

    def _set(self, state: StageState) -> None:
        with self._ledger.lock:
            if self.current:
                self._ledger.state = state

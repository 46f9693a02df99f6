"""Work that must not run on the Qt thread, and the way its outcome comes back to it."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from avatarify.errors import AvatarifyError

T = TypeVar("T")
GIVEN_UP = "That was given up before it was done."
Failed = Callable[[AvatarifyError], None]
_log = logging.getLogger(__name__)


class Task:
    """One piece of work under way. Its callbacks come at most once, on the Qt thread."""

    def __init__(self, lane: str = "") -> None:
        self.lane = lane
        self.cancelled = False
        """Work that takes long may look here whether anybody still wants it."""
        self.finished = False
        """Its callback has been called."""
        self.outcome: Callable[[], None] | None = None

    def cancel(self) -> None:
        """No callback any more. Work that has begun goes on unless it looks; twice and after the end are fine."""
        self.cancelled = True


class Tasks(QObject):
    """Runs work in threads and calls back on the thread that this object lives in. `run` and `watch` belong to that thread.

    Each work has a thread of its own, because any of them may hang: a hanging one delays no other and does not keep the
    program alive.
    """

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._closed = False
        self._tasks: set[Task] = set()
        # With each thread what it was given: a widget among that must not go away in the thread, which Qt ends the process for.
        self._threads: dict[threading.Thread, tuple[Task, Callable[[], Callable[[], None]]]] = {}
        self._lanes: dict[str, deque[Callable[[], None]]] = {}
        self._ended.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], T], *, done: Callable[[T], None], failed: Failed, lane: str = "") -> Task:
        """Call `work` in another thread, then `done` with what it returned, or `failed` with what it raised.

        lane: works of the same name run one after the other, in the order of the calls; "" waits for nobody.
        After `close` nothing begins any more.
        """
        task = Task(lane)
        if self._closed:
            task.cancel()
            return task
        self._tasks.add(task)
        start = partial(self._start, task, partial(_outcome, work, done, failed))
        if lane and lane in self._lanes:
            self._lanes[lane].append(start)
        else:
            if lane:
                self._lanes[lane] = deque()
            start()
        return task

    def watch(self, future: Future[T], *, done: Callable[[T], None], failed: Failed) -> Task:
        """The same for work that runs already. A cancelled future counts as failed."""
        task = Task()
        self._tasks.add(task)

        def ended(finished: Future[T]) -> None:
            self._finish(task, _outcome(partial(finished.result, 0), done, failed))

        future.add_done_callback(ended)
        return task

    @property
    def under_way(self) -> int:
        """How many callbacks are still to come."""
        return sum(not task.cancelled for task in self._tasks)

    def close(self, limit_s: float) -> bool:
        """No callback any more, and what waits in a lane is not begun. Waits at most so long for the threads.
        False: some go on, and are left behind."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        self._lanes.clear()
        until = time.monotonic() + limit_s
        for thread in list(self._threads):
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _start(self, task: Task, work: Callable[[], Callable[[], None]]) -> None:
        self._forget_ended()
        thread = threading.Thread(
            target=lambda: self._finish(task, work()), name=f"avatarify task {task.lane}".rstrip(), daemon=True
        )
        self._threads[thread] = task, work
        thread.start()

    def _forget_ended(self) -> None:
        for thread in [thread for thread in self._threads if not thread.is_alive()]:
            del self._threads[thread]

    def _finish(self, task: Task, outcome: Callable[[], None]) -> None:
        """In any thread."""
        task.outcome = outcome
        if self._closed:
            return
        try:
            self._ended.emit(task)
        except RuntimeError as error:  # the window went away meanwhile, and this object with it
            _log.debug("Nobody is left to hear the outcome of a task: %s", error)

    @Slot(object)
    def _tell(self, task: Task) -> None:
        self._tasks.discard(task)
        self._forget_ended()
        self._next_in(task.lane)
        if task.cancelled or self._closed:
            return
        task.finished = True
        outcome = task.outcome
        assert outcome is not None
        outcome()

    def _next_in(self, lane: str) -> None:
        waiting = self._lanes.get(lane)
        if waiting is None:
            return
        if waiting:
            waiting.popleft()()
        else:
            del self._lanes[lane]


def _outcome(work: Callable[[], T], done: Callable[[T], None], failed: Failed) -> Callable[[], None]:
    """Do the work; what is returned tells how it ended."""
    try:
        return partial(done, work())
    except AvatarifyError as error:
        return partial(failed, error)
    except CancelledError:
        return partial(failed, AvatarifyError(GIVEN_UP, "Try again."))
    except Exception as error:  # noqa: BLE001 - whatever it is, the user reads of it and the window lives on
        _log.exception("A task failed.")
        return partial(failed, unexpected(error))


def unexpected(error: BaseException) -> AvatarifyError:
    """What the user is told of a defect."""
    return AvatarifyError(f"Something went wrong: {type(error).__name__}: {error}.", "The log has the details.")

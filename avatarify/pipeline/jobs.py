"""Work that other threads hand to the animate thread, and the Futures by which they hear of it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, Generic, TypeVar

from avatarify.errors import AvatarifyError

E = TypeVar("E")
R = TypeVar("R")


class Jobs(Generic[E]):
    """For one engine's life. `submit` and `close` from any thread, `run` from the engine's own.

    Every Future gets an end: its result, what the function raised, or cancelled, whatever becomes of the thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Callable[[E], Any], Future[Any]]] = deque()
        self._running: Future[Any] | None = None
        self._closed: BaseException | None = None

    def submit(self, function: Callable[[E], R]) -> Future[R]:
        """Have `function(engine)` called between two frames. After `close` the Future has failed at once."""
        future: Future[R] = Future()
        with self._lock:
            closed = self._closed
            if closed is None:
                self._waiting.append((function, future))
        if closed is not None:
            future.set_exception(closed)
        return future

    def run(self, engine: E) -> None:
        """Do everything that waits. What a function raises goes to its Future; SystemExit and its like go on as well."""
        while True:
            with self._lock:
                if not self._waiting:
                    return
                function, future = self._waiting.popleft()
                if not future.set_running_or_notify_cancel():
                    continue
                self._running = future
            try:
                result = function(engine)
            except BaseException as error:
                with suppress(InvalidStateError):  # `close` has answered it
                    future.set_exception(error)
                if not isinstance(error, Exception):
                    raise
            else:
                with suppress(InvalidStateError):
                    future.set_result(result)

    def close(self, error: BaseException) -> None:
        """No more: what waits is cancelled, what runs is answered with `error`, and so is who comes later. Once."""
        with self._lock:
            if self._closed is not None:
                return
            self._closed = error
            waiting, self._waiting = self._waiting, deque()
            running = self._running
        for _, future in waiting:
            future.cancel()
        if running is not None:
            with suppress(InvalidStateError):
                running.set_exception(error)


def no_engine(why: str) -> AvatarifyError:
    """What a job hears that nobody can do."""
    return AvatarifyError(f"The engine is not running: {why}", "Start it first.")

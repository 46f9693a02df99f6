"""The new portrait in motion before it is added: by the user's own face while a call runs, else by a drawn person."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from avatarify.app.picture import Picture
from avatarify.app.tasks import Task, Tasks
from avatarify.errors import AvatarifyError, FaceError, NotReadyError

if TYPE_CHECKING:
    from avatarify.frame import Image
    from avatarify.live.rehearsal import Rehearses

_REST = 1.5  # for each second of work, so that a call beside it keeps most of its rate
_SHORTEST_S, _LONGEST_S = 0.05, 1.0


class Drive(QObject):
    """moved: a Picture, some times a second. failed: an AvatarifyError; then it has stopped. One thread at a time works;
    `open_rehearsal`, its methods and its `close` run there."""

    moved = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._portrait: Image | None = None
        self._run: _Run | None = None
        self._task: Task | None = None

    @property
    def running(self) -> bool:
        """Between `start` and `stop` or a failure."""
        return self._run is not None

    def start(self, open_rehearsal: Callable[[], Rehearses], portrait: Image) -> None:
        """portrait: uint8 [N,N,3] RGB."""
        self.stop()
        run = self._run = _Run(portrait, lambda image: self._tell(run, image))
        self._task = self._tasks.run(
            lambda: run.work(open_rehearsal), done=lambda _: None, failed=lambda error: self._failed(run, error)
        )

    def change_portrait(self, portrait: Image) -> None:
        """Go on with another square. Nothing while it stands."""
        if self._run is not None:
            self._run.portrait = portrait

    def stop(self) -> None:
        """At once; the thread lets go of the model by itself. Twice is fine."""
        if self._run is not None:
            self._run.stopping.set()
        if self._task is not None:
            self._task.cancel()
        self._run = self._task = None

    def _tell(self, run: _Run, image: Image) -> None:
        """In the working thread."""
        if run is self._run:
            self.moved.emit(Picture(image))

    def _failed(self, run: _Run, error: AvatarifyError) -> None:
        if run is self._run:
            self._run = self._task = None
            self.failed.emit(error)


class _Run:
    """One start, one thread. portrait may be changed by another."""

    def __init__(self, portrait: Image, tell: Callable[[Image], None]) -> None:
        self.portrait = portrait
        self.stopping = threading.Event()
        self._tell = tell

    def work(self, open_rehearsal: Callable[[], Rehearses]) -> None:
        """Until it is stopped."""
        rehearsal = open_rehearsal()
        try:
            shown: Image | None = None
            while not self.stopping.is_set():
                began = time.monotonic()
                if shown is not self.portrait:
                    shown = self.portrait
                    rehearsal.take(shown)
                try:
                    self._tell(rehearsal.step())
                except (FaceError, NotReadyError):
                    self._tell(shown)  # nobody is before the camera yet: the portrait as it is
                worked = time.monotonic() - began
                self.stopping.wait(min(max(_REST * worked, _SHORTEST_S), _LONGEST_S))
        finally:
            rehearsal.close()

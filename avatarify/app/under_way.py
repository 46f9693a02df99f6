"""What a call was told and has not done yet."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, Signal

from avatarify.app.tasks import Task, Tasks
from avatarify.errors import AvatarifyError


class UnderWay(QObject):
    """Commands under way, oldest first. Belongs to the Qt thread.

    begun: one more is under way. ended: one has ended by itself; with the AvatarifyError that it failed of, or None.
    """

    begun = Signal()
    ended = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()  # no parent: a command that ends late finds it still there
        self._tasks = tasks
        self._items: list[_Item] = []

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the texts that tell them."""
        return tuple(item.key for item in self._items)

    def watch(self, key: str, future: Future[Any]) -> None:
        """A command that runs in a thread of its own."""
        item = _Item(key, future)
        item.task = self._tasks.watch(
            future, done=lambda _: self._end(item, None), failed=lambda error: self._end(item, error)
        )
        self._begin(item)

    def run(
        self, key: str, command: Callable[[], object], *, lane: str = "", then: Callable[[], None] | None = None
    ) -> None:
        """A command that has to be given a thread. lane: see Tasks.run. then: called at last, if it does not fail."""
        item = _Item(key)
        item.task = self._tasks.run(
            command,
            done=lambda _: self._end(item, None, then),
            failed=lambda error: self._end(item, error),
            lane=lane,
        )
        self._begin(item)

    def cancel(self) -> None:
        """Give up all: what can be stopped is stopped, of the rest nothing is heard any more."""
        futures = [item.future for item in self._items if item.future is not None]
        self.forget()
        for future in futures:
            future.cancel()

    def forget(self) -> None:
        """Nothing is heard of them any more; they go on."""
        for item in self._items:
            item.task.cancel()
        self._items.clear()

    def _begin(self, item: _Item) -> None:
        self._items.append(item)
        self.begun.emit()

    def _end(self, item: _Item, error: AvatarifyError | None, then: Callable[[], None] | None = None) -> None:
        with contextlib.suppress(ValueError):
            self._items.remove(item)
        self.ended.emit(error)
        if error is None and then is not None:
            then()


class _Item:
    def __init__(self, key: str, future: Future[Any] | None = None) -> None:
        self.key = key
        self.future = future
        self.task = Task()

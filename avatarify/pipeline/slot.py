"""How frames change threads in the live path: one place, the newest frame wins, what was overwritten is counted."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from avatarify.errors import AvatarifyError

T = TypeVar("T")
_log = logging.getLogger(__name__)


class SlotClosedError(AvatarifyError):
    """Nothing will come any more, and nothing went wrong."""


class LatestSlot(Generic[T]):
    """Holds one item. Any thread may put, any may take; an item is taken once.

    on_new: called without payload, from the putting thread, when an item has come into an empty slot: a taker that has
    not looked yet is not called again. It must return at once; if it raises, that is logged and it is not called again.
    """

    def __init__(self, on_new: Callable[[], None] | None = None) -> None:
        self._changed = threading.Condition()
        self._items: list[T] = []  # none or one; T may be None, so a list and not an Optional
        self._nudged = False
        self._closed = False
        self._error: BaseException | None = None
        self._dropped = 0
        self._on_new = on_new

    @property
    def dropped(self) -> int:
        """How many items were overwritten before anybody took them."""
        with self._changed:
            return self._dropped

    @property
    def closed(self) -> bool:
        with self._changed:
            return self._closed

    def put(self, item: T) -> bool:
        """Leave an item; one that lies there is dropped and counted. Never blocks. False: the slot is closed."""
        with self._changed:
            if self._closed:
                return False
            was_empty = not self._items
            self._dropped += len(self._items)
            self._items = [item]
            self._changed.notify()
            announce = self._on_new if was_empty else None
        if announce is not None:
            self._announce(announce)
        return True

    def take(self, timeout_s: float) -> T | None:
        """The newest item, as soon as there is one. None: time is up, or somebody called `nudge`.

        Raises after `close`, when what lay there has been taken: the error given to `close`, else SlotClosedError.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed or self._nudged, timeout_s)
            self._nudged = False
            if self._items:
                return self._items.pop()
            if self._closed:
                raise self._error or SlotClosedError("The slot is closed.")
            return None

    def nudge(self) -> None:
        """Let a taker that waits, or the next one to come, return None at once."""
        with self._changed:
            self._nudged = True
            self._changed.notify_all()

    def close(self, error: BaseException | None = None) -> None:
        """No more items. error: what takers are to hear. Only the first call counts."""
        with self._changed:
            if self._closed:
                return
            self._closed, self._error = True, error
            self._changed.notify_all()

    def _announce(self, announce: Callable[[], None]) -> None:
        try:
            announce()
        except Exception:  # noqa: BLE001 - a stranger's defect must not stop the frames
            _log.exception("A listener of a slot failed and is not called again.")
            self._on_new = None

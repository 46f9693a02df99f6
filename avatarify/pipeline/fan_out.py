"""One producer, several consumers: each has its own slot or queue, so that a slow one delays nobody."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from avatarify.errors import AvatarifyError
from avatarify.pipeline.slot import LatestSlot, SlotClosedError

T = TypeVar("T")


class BoundedQueue(Generic[T]):
    """For a consumer that wants every item, such as a recorder. When it is full the newest item is dropped and counted.

    Never in the live path. Any thread may put, any may take.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise AvatarifyError(f"A queue cannot have {size} places.", "Choose at least one.")
        self._changed = threading.Condition()
        self._items: deque[T] = deque()
        self._size = size
        self._dropped = 0
        self._closed = False

    @property
    def dropped(self) -> int:
        """How many items found no place."""
        with self._changed:
            return self._dropped

    @property
    def closed(self) -> bool:
        with self._changed:
            return self._closed

    def put(self, item: T) -> bool:
        """Append; never blocks. False: no place, or closed."""
        with self._changed:
            if self._closed:
                return False
            if len(self._items) >= self._size:
                self._dropped += 1
                return False
            self._items.append(item)
            self._changed.notify()
            return True

    def take(self, timeout_s: float) -> T | None:
        """The oldest item; None: time is up. Raises SlotClosedError when closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, timeout_s)
            if self._items:
                return self._items.popleft()
            if self._closed:
                raise SlotClosedError("The queue is closed.")
            return None

    def close(self) -> None:
        """No more items; those that lie there can still be taken. Twice is fine."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class FanOut(Generic[T]):
    """Hands each item to every subscriber. A subscriber leaves by closing its slot or queue."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: list[LatestSlot[T]] = []
        self._queues: list[BoundedQueue[T]] = []
        self._dropped_before = 0

    def subscribe(self, on_new: Callable[[], None] | None = None) -> LatestSlot[T]:
        """A slot that gets the newest item. on_new: see LatestSlot."""
        slot: LatestSlot[T] = LatestSlot(on_new)
        with self._lock:
            self._slots.append(slot)
        return slot

    def subscribe_queue(self, size: int) -> BoundedQueue[T]:
        """A queue that gets every item while it has a place."""
        queue: BoundedQueue[T] = BoundedQueue(size)
        with self._lock:
            self._queues.append(queue)
        return queue

    @property
    def queues_open(self) -> bool:
        """Whether somebody wants every item."""
        with self._lock:
            return any(not queue.closed for queue in self._queues)

    @property
    def queue_dropped(self) -> int:
        """Items that found no place in a queue, over all queues there ever were."""
        with self._lock:
            return self._dropped_before + sum(queue.dropped for queue in self._queues)

    def put(self, item: T) -> None:
        """Give it to everybody. Never blocks, unless a listener does."""
        with self._lock:
            self._forget_closed()
            slots, queues = list(self._slots), list(self._queues)
        for slot in slots:
            slot.put(item)
        for queue in queues:
            queue.put(item)

    def _forget_closed(self) -> None:
        self._slots = [slot for slot in self._slots if not slot.closed]
        self._dropped_before += sum(queue.dropped for queue in self._queues if queue.closed)
        self._queues = [queue for queue in self._queues if not queue.closed]

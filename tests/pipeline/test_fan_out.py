"""Pictures to many consumers, of which none delays another."""

from __future__ import annotations

import threading

import pytest

from avatarify.errors import AvatarifyError
from avatarify.pipeline.fan_out import BoundedQueue, FanOut
from avatarify.pipeline.slot import SlotClosedError


def test_slow_consumer_skips_and_delays_nobody() -> None:
    fan_out: FanOut[int] = FanOut()
    slow, quick = fan_out.subscribe(), fan_out.subscribe()
    seen = []
    for number in range(5):
        fan_out.put(number)
        seen.append(quick.take(0))
    assert seen == [0, 1, 2, 3, 4]
    assert (slow.take(0), slow.dropped, quick.dropped) == (4, 4, 0)


def test_queue_keeps_all_in_order_and_tells_what_found_no_place() -> None:
    fan_out: FanOut[int] = FanOut()
    queue = fan_out.subscribe_queue(3)
    for number in range(5):
        fan_out.put(number)
    assert queue.dropped == fan_out.queue_dropped == 2
    assert [queue.take(0) for _ in range(4)] == [0, 1, 2, None]


def test_closed_queue_gives_what_it_has_then_says_so() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2)
    queue.put(1)
    queue.close()
    queue.close()
    assert not queue.put(2)
    assert queue.take(0) == 1
    with pytest.raises(SlotClosedError):
        queue.take(0)


def test_closing_wakes_a_waiting_recorder() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2)
    threading.Timer(0.01, queue.close).start()
    with pytest.raises(SlotClosedError):
        queue.take(10)


def test_queue_taker_wakes_when_something_comes() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2)
    threading.Timer(0.01, queue.put, [4]).start()
    assert queue.take(10) == 4


def test_who_closes_is_forgotten_but_its_drops_are_not() -> None:
    fan_out: FanOut[int] = FanOut()
    queue, slot = fan_out.subscribe_queue(1), fan_out.subscribe()
    fan_out.put(1)
    fan_out.put(2)
    assert fan_out.queues_open
    queue.close()
    slot.close()
    assert not fan_out.queues_open
    fan_out.put(3)
    fan_out.put(4)
    assert fan_out.queue_dropped == 1
    assert slot.dropped == 1


def test_queue_without_a_place_is_refused() -> None:
    with pytest.raises(AvatarifyError, match="0 places"):
        BoundedQueue(0)

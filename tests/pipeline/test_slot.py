"""A place for the newest item."""

from __future__ import annotations

import threading
import time

import pytest

from avatarify.errors import CameraError
from avatarify.pipeline.slot import LatestSlot, SlotClosedError


def test_newest_wins_and_drops_are_counted() -> None:
    slot: LatestSlot[int] = LatestSlot()
    for number in range(1, 6):
        slot.put(number)
    assert slot.take(0) == 5
    assert slot.dropped == 4
    assert slot.take(0) is None


def test_an_item_is_taken_once_and_taking_is_no_drop() -> None:
    slot: LatestSlot[str] = LatestSlot()
    slot.put("a")
    assert (slot.take(0), slot.take(0)) == ("a", None)
    slot.put("b")
    assert slot.dropped == 0


def test_taker_wakes_at_once_when_something_comes() -> None:
    slot: LatestSlot[int] = LatestSlot()
    threading.Timer(0.01, slot.put, [7]).start()
    assert slot.take(10) == 7


def test_time_runs_out() -> None:
    began = time.monotonic()
    assert LatestSlot[int]().take(0.02) is None
    assert time.monotonic() - began >= 0.02


def test_nudge_sends_a_waiting_taker_away_with_nothing() -> None:
    slot: LatestSlot[int] = LatestSlot()
    threading.Timer(0.01, slot.nudge).start()
    began = time.monotonic()
    assert slot.take(10) is None
    assert time.monotonic() - began < 5


def test_nudge_is_not_lost_when_nobody_waits_and_works_once() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.nudge()
    began = time.monotonic()
    assert slot.take(10) is None
    assert time.monotonic() - began < 5
    slot.nudge()
    slot.put(1)
    assert slot.take(0) == 1
    slot.put(2)
    assert slot.take(0) == 2


def test_error_travels_to_the_taker_behind_the_last_item() -> None:
    slot: LatestSlot[int] = LatestSlot()
    gone = CameraError("Camera 0 is gone.", "Plug it in.")
    slot.put(1)
    slot.close(gone)
    assert slot.closed
    assert slot.take(0) == 1
    for _ in range(2):
        with pytest.raises(CameraError, match=r"Camera 0 is gone\. Plug it in\."):
            slot.take(0)


def test_close_without_error_wakes_a_waiting_taker() -> None:
    slot: LatestSlot[int] = LatestSlot()
    threading.Timer(0.01, slot.close).start()
    with pytest.raises(SlotClosedError):
        slot.take(10)


def test_closed_slot_takes_nothing_and_keeps_its_first_error() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.close()
    slot.close(CameraError("late"))
    assert not slot.put(1)
    with pytest.raises(SlotClosedError):
        slot.take(0)
    assert slot.dropped == 0


def test_listener_hears_of_the_first_item_only_until_somebody_looks() -> None:
    heard: list[int] = []
    slot: LatestSlot[int] = LatestSlot(lambda: heard.append(1))
    slot.put(1)
    slot.put(2)
    assert len(heard) == 1
    slot.take(0)
    slot.put(3)
    assert len(heard) == 2


def test_listener_may_take_from_the_slot() -> None:
    taken: list[int | None] = []
    slot: LatestSlot[int] = LatestSlot(lambda: taken.append(slot.take(0)))
    slot.put(1)
    slot.put(2)
    assert taken == [1, 2]


def test_listener_that_fails_is_logged_and_not_called_again(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[int] = []

    def fails() -> None:
        calls.append(1)
        raise RuntimeError("window closed")

    slot: LatestSlot[int] = LatestSlot(fails)
    for number in range(3):
        assert slot.put(number)
        assert slot.take(0) == number
    assert len(calls) == 1
    assert "window closed" in caplog.text


def test_many_putters_and_takers_lose_and_double_nothing() -> None:
    slot: LatestSlot[tuple[int, int]] = LatestSlot()
    taken: list[tuple[int, int]] = []

    def put(who: int) -> None:
        for number in range(300):
            slot.put((who, number))

    def take() -> None:
        while (item := slot.take(1)) is not None:
            taken.append(item)

    putters = [threading.Thread(target=put, args=(who,)) for who in range(3)]
    taker = threading.Thread(target=take)
    taker.start()
    for putter in putters:
        putter.start()
    for putter in putters:
        putter.join(10)
    time.sleep(0.01)
    slot.nudge()
    taker.join(10)
    assert not taker.is_alive()
    assert len(set(taken)) == len(taken)
    assert len(taken) + slot.dropped + (slot.take(0) is not None) == 900
    for who in range(3):
        numbers = [number for by, number in taken if by == who]
        assert numbers == sorted(numbers)

"""Another camera or virtual camera in the place of the present one."""

from __future__ import annotations

import pytest

from avatarify.errors import CameraError
from avatarify.pipeline.opener import Opener


def one() -> str:
    return "one"


def other() -> str:
    return "other"


def third() -> str:
    return "third"


def test_a_change_is_handed_out_once_and_counts_when_it_is_settled() -> None:
    opener = Opener(one)
    future = opener.ask(other)
    change = opener.asked()
    assert change is not None
    assert opener.asked() is None
    assert change.claim()
    assert not future.cancel()
    assert opener.open_device is one
    opener.settle(change)
    assert opener.open_device is other
    change.answer()
    assert future.result(0) is None


def test_a_newer_wish_cancels_the_one_that_waits() -> None:
    opener = Opener(one)
    first, second = opener.ask(other), opener.ask(third)
    assert first.cancelled()
    change = opener.asked()
    assert change is not None
    assert change.open_device is third
    assert not second.done()


def test_a_cancelled_wish_is_not_handed_out() -> None:
    opener = Opener(one)
    opener.ask(other).cancel()
    assert opener.asked() is None


def test_a_wish_can_be_cancelled_until_it_is_claimed() -> None:
    opener = Opener(one)
    future = opener.ask(other)
    change = opener.asked()
    assert change is not None
    assert future.cancel()
    assert not change.claim()


def test_the_first_answer_counts() -> None:
    opener = Opener(one)
    future = opener.ask(other)
    change = opener.asked()
    assert change is not None
    change.answer(CameraError("It hangs.", "Try it again."))
    change.answer()
    with pytest.raises(CameraError, match="It hangs"):
        future.result(0)

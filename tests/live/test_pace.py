"""What is measured of frames, and when less is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.frame import Frame
from avatarify.live.governor import levels
from avatarify.live.pace import Pace

IMAGE = np.zeros((2, 2, 3), np.uint8)
LEVELS = levels(256, sizes=True)


def run(pace: Pace, seconds: float, *, step_s: float, every: int = 1, fps: float = 30.0, start: float = 50.0) -> float:
    """Every n-th frame of a camera is animated. Returns the time at the end."""
    index, now = 0, start
    while now < start + seconds:
        index += every
        now = start + index / fps
        pace.stepped(Frame(IMAGE, index, now), now + 0.002, now + 0.002 + step_s)
    return now


def test_frames_in_time_change_nothing() -> None:
    pace = Pace(LEVELS, on=True)
    run(pace, 20, step_s=0.02)
    assert pace.level is LEVELS[0]
    assert pace.status.reason == ""


def test_frames_that_take_too_long_lead_down_and_tell_why() -> None:
    pace = Pace(LEVELS, on=True)
    run(pace, 5, step_s=0.050, every=2)
    assert pace.level.number >= 1
    assert pace.status.level is pace.level
    assert "50 ms" in pace.status.reason


def test_the_camera_is_measured_by_its_own_frames_and_not_by_those_animated() -> None:
    pace = Pace(LEVELS, on=True)
    run(pace, 5, step_s=0.060, every=3)
    assert pace.level.number >= 1, "one frame in three is animated, every 100 ms, but the camera sends one every 33 ms"


def test_one_frame_a_second_is_enough_to_decide() -> None:
    pace = Pace(LEVELS, on=True)
    run(pace, 12, step_s=0.9, every=30)
    assert pace.level.number >= 1


def test_off_it_stays_at_the_first_level() -> None:
    pace = Pace(LEVELS, on=False)
    run(pace, 20, step_s=0.2, every=6)
    assert pace.level is LEVELS[0]
    assert not pace.status.on


@pytest.mark.parametrize("index", [0, 5])
def test_another_camera_that_counts_anew_is_no_reason(index: int) -> None:
    pace = Pace(LEVELS, on=True)
    now = run(pace, 3, step_s=0.02)
    pace.stepped(Frame(IMAGE, index, now + 1), now + 1, now + 1.02)
    run(pace, 10, step_s=0.02, start=now + 1.1)
    assert pace.level is LEVELS[0]

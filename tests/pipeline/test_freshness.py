"""A slow engine gets fresh frames."""

from __future__ import annotations

import math

import pytest

from avatarify.frame import Frame
from avatarify.pipeline.freshness import Freshness
from tests.fakes.live import CAMERA, picture

IMAGE = picture(CAMERA)


def run(camera_fps: float, step_s: float, *, seconds: float = 30.0) -> tuple[float, list[float]]:
    """An engine behind a camera: (frames a second, age of each frame when the engine begins)."""
    freshness, now, last, ages = Freshness(), 0.011, -1, []

    def newest(at: float) -> Frame:
        index = max(math.floor(at * camera_fps + 1e-9), last + 1)
        return Frame(IMAGE, index, index / camera_fps)

    while now < seconds:
        frame = newest(now)
        now = max(now, frame.captured_at)
        wait_s = freshness.wait_for_next_s(frame, now)
        if wait_s:
            following = newest(now + wait_s)
            assert following.index == frame.index + 1  # it never waits in vain, nor for two
            now, frame = following.captured_at, following
        ages.append(now - frame.captured_at)
        last = frame.index
        now += step_s
        freshness.stepped(step_s)
    return len(ages) / seconds, ages


@pytest.mark.parametrize("step_s", [0.034, 0.040, 0.060, 0.1, 0.21, 0.5])
@pytest.mark.parametrize("camera_fps", [15, 30, 60])
def test_costs_at_most_a_quarter_of_the_rate(camera_fps: float, step_s: float) -> None:
    rate, _ = run(camera_fps, step_s)
    assert rate > min(camera_fps, 1 / step_s) / 1.35 - 0.1


@pytest.mark.parametrize("step_s", [0.055, 0.06, 0.09, 0.21, 0.5, 0.9])
def test_a_slow_engine_gets_fresh_frames(step_s: float) -> None:
    _, ages = run(30, step_s)
    settled = sorted(ages[10:])
    assert settled[-1] <= 1 / 30 - min(1 / 30, 0.35 * step_s) + 1e-6


def test_an_engine_that_keeps_up_never_waits() -> None:
    rate, ages = run(30, 0.02)
    assert rate == pytest.approx(30, abs=0.1)
    assert max(ages[1:]) < 1e-9


def test_a_frame_of_a_camera_that_has_stopped_is_not_waited_on() -> None:
    freshness = Freshness()
    for index in range(5):
        freshness.wait_for_next_s(Frame(IMAGE, index, index / 30), index / 30)
        freshness.stepped(0.3)
    assert freshness.wait_for_next_s(Frame(IMAGE, 5, 5 / 30), 5 / 30 + 0.5) == 0.0


def test_nothing_is_known_at_first() -> None:
    assert Freshness().wait_for_next_s(Frame(IMAGE, 0, 0.0), 0.03) == 0.0

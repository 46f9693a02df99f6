"""A beat that does not drift."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from avatarify.pipeline.pacer import Pacer


class Clock:
    """Sleeping makes time pass, a little longer than asked."""

    def __init__(self, oversleep_s: float = 0.0) -> None:
        self.now = 5.0
        self.oversleep_s = oversleep_s

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds + self.oversleep_s


def moments(pacer: Pacer, clock: Clock, count: int, *, work_s: float = 0.0) -> list[float]:
    """Times since 5.0 at which the pacer lets go, with work after each."""
    times = []
    for _ in range(count):
        pacer.wait()
        times.append(clock.now - 5.0)
        clock.now += work_s
    return times


def test_an_hour_at_30_does_not_drift_although_every_sleep_is_too_long() -> None:
    clock = Clock(oversleep_s=0.002)
    pacer = Pacer(30, clock=clock, sleep=clock.sleep)
    times = moments(pacer, clock, 30 * 3600, work_s=0.005)
    assert times[-1] == pytest.approx(3600.0, abs=0.003)
    assert max(abs(time - (n + 1) / 30) for n, time in enumerate(times)) < 0.003


def test_no_burst_after_a_stall() -> None:
    clock = Clock()
    pacer = Pacer(30, clock=clock, sleep=clock.sleep)
    moments(pacer, clock, 3)
    clock.now += 10.01
    skipped = pacer.wait()
    assert skipped == 299
    after = [clock.now - 5.0, *moments(pacer, clock, 5)]
    assert min(b - a for a, b in pairwise(after)) > 0.5 / 30
    assert all(math.isclose(time * 30, round(time * 30), abs_tol=1e-6) for time in after[1:])  # on the old grid


@pytest.mark.parametrize("late_s", [0.001, 0.010, 0.016, 0.017, 0.025, 0.034, 0.050])
def test_two_pictures_are_never_closer_than_half_a_period(late_s: float) -> None:
    clock = Clock()
    pacer = Pacer(30, clock=clock, sleep=clock.sleep)
    pacer.wait()
    clock.now += 1 / 30 + late_s
    times = moments(pacer, clock, 4)
    assert min(b - a for a, b in pairwise(times)) > 0.5 / 30 - 1e-9


def test_what_was_skipped_adds_up() -> None:
    clock = Clock()
    pacer = Pacer(30, clock=clock, sleep=clock.sleep)
    shown = skipped = 0
    for number in range(200):
        skipped += pacer.wait()
        shown += 1
        clock.now += 0.2 if number % 7 == 0 else 0.001
    assert shown + skipped == round((clock.now - 0.001 - 5.0) * 30)


class Camera:
    """Results at a steady rate from some point of the period on; takes note how long each waits to be shown."""

    def __init__(self, fps: float, offset_s: float) -> None:
        self.fps = fps
        self.offset_s = offset_s

    def run(self, pacer: Pacer, clock: Clock, seconds: float) -> tuple[list[float], list[float]]:
        """(times of the moments, waits of the results)"""
        times, waits, seen = [], [], -1
        end = clock.now + seconds
        while clock.now < end:
            pacer.wait()
            times.append(clock.now - 5.0)
            newest = math.floor((clock.now - 5.0 - self.offset_s) * self.fps)
            if newest > seen:
                seen = newest
                waits.append(clock.now - 5.0 - self.offset_s - newest / self.fps)
                pacer.arrived(waits[-1])
        return times, waits


@pytest.mark.parametrize("offset_s", [0.0, 0.004, 0.010, 0.017, 0.022, 0.029, 0.033])
def test_moments_glide_to_shortly_after_the_results(offset_s: float) -> None:
    clock = Clock()
    pacer = Pacer(30, clock=clock, sleep=clock.sleep)
    times, waits = Camera(30, offset_s).run(pacer, clock, 20)
    assert all(0.002 < wait < 0.006 for wait in waits[300:])
    gaps = [b - a for a, b in pairwise(times)]
    assert max(abs(gap * 30 - 1) for gap in gaps) < 0.0101
    assert abs(len(times) - 600) <= 1


@pytest.mark.parametrize("fps", [29.97, 30.02, 25.0, 15.0, 7.3, 60.0])
def test_a_camera_of_another_rate_does_not_change_ours(fps: float) -> None:
    clock = Clock()
    pacer = Pacer(30, clock=clock, sleep=clock.sleep)
    times, waits = Camera(fps, 0.011).run(pacer, clock, 600)
    assert abs(len(times) - 30 * 600) <= 1
    assert max(abs(time - (n + 1) / 30) for n, time in enumerate(times)) <= 1 / 30 + 1e-6
    if fps in (29.97, 30.02):  # most of the time in step all the same
        assert sorted(waits)[len(waits) // 2] < 0.008

"""Rates and latencies, exact on a clock of the test's own."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.pipeline.gate import Animated, Choice, Showing
from avatarify.pipeline.stats import Rate, Stats
from avatarify.pipeline.status import Measured
from tests.fakes.live import AVATAR, STANDBY, picture


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def measured(stats: Stats) -> Measured:
    return stats.measured(dropped=0, recorded_dropped=0)


@pytest.mark.parametrize("fps", [2.0, 5.0, 29.97, 60.0])
def test_steady_rate_is_exact_at_any_moment_between_two_events(fps: float) -> None:
    for later in (0.0, 0.5, 0.99):
        rate = Rate()
        for number in range(300):
            rate.mark(number / fps)
        assert rate.value((299 + later) / fps) == pytest.approx(fps, rel=1e-6)


def test_rate_sinks_to_nothing_when_the_stream_stops() -> None:
    rate = Rate()
    for number in range(60):
        rate.mark(number / 30)
    last = 59 / 30
    values = [rate.value(last + after) for after in (0.0, 0.5, 1.0, 1.5, 2.5)]
    assert values == sorted(values, reverse=True)
    assert values[1] < 27
    assert values[-1] == 0.0


def test_rate_of_too_little_is_nothing() -> None:
    rate = Rate()
    assert rate.value(1.0) == 0.0
    rate.mark(1.0)
    assert rate.value(1.0) == 0.0


def test_latency_is_from_capture_to_the_first_showing_and_added_is_without_the_step() -> None:
    clock = Clock()
    stats = Stats(clock)
    for number in range(100):
        clock.now = number * 0.1
        frame = Animated(picture(AVATAR), number, clock.now - 0.050 - number / 1000, clock.now - 0.01, step_s=0.030)
        stats.shown(Choice(frame.image, Showing.ANIMATED, frame), sent=True, skipped=0)
        clock.now += 0.03
        stats.shown(Choice(frame.image, Showing.HELD, frame), sent=True, skipped=0)  # again: no new measurement
    told = measured(stats)
    assert told.latency is not None
    assert told.step is not None
    assert told.added is not None
    expected = 50 + np.arange(100)
    assert told.latency.p50_ms == pytest.approx(np.percentile(expected, 50))
    assert told.latency.p95_ms == pytest.approx(np.percentile(expected, 95))
    assert told.step.p50_ms == pytest.approx(30)
    assert told.added.p50_ms == pytest.approx(np.percentile(expected, 50) - 30)
    assert told.audio_delay_ms in (99.0, 100.0)


def test_counters_by_kind() -> None:
    stats = Stats(Clock())
    for _ in range(3):
        stats.shown(Choice(picture(STANDBY), Showing.STANDBY), sent=False, skipped=2)
    stats.shown(Choice(picture(STANDBY), Showing.PAUSED), sent=True, skipped=0)
    told = measured(stats)
    assert told.shown_as(Showing.STANDBY) == 3
    assert told.shown_as(Showing.PAUSED) == 1
    assert told.shown_as(Showing.ANIMATED) == 0
    assert (told.sent, told.skipped_ticks) == (1, 6)
    assert stats.showing is Showing.PAUSED


def test_only_the_last_frames_count() -> None:
    clock = Clock()
    stats = Stats(clock)
    for number in range(1000):
        frame = Animated(picture(AVATAR), number, clock.now - (1.0 if number < 700 else 0.02), clock.now, step_s=0.01)
        stats.shown(Choice(frame.image, Showing.ANIMATED, frame), sent=True, skipped=0)
    told = measured(stats)
    assert told.latency is not None
    assert told.latency.p95_ms == pytest.approx(20)


def test_age_of_the_last_frames_and_nothing_before_the_first() -> None:
    clock = Clock()
    stats = Stats(clock)
    before = measured(stats)
    assert (before.latency, before.audio_delay_ms, before.since_camera_s, before.since_animated_s) == (None,) * 4
    stats.captured()
    clock.now = 1.5
    stats.animated()
    clock.now = 2.0
    told = measured(stats)
    assert (told.since_camera_s, told.since_animated_s) == (2.0, 0.5)

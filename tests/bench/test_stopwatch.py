"""Times between stages."""

from __future__ import annotations

import time

from avatarify.bench.stopwatch import NoStopwatch, Stopwatch


def test_what_the_device_still_has_to_do_belongs_to_its_stage() -> None:
    watch = Stopwatch(lambda: time.sleep(0.02))
    watch.lap("detect")
    watch.lap("generate")
    assert [lap.stage for lap in watch.laps] == ["detect", "generate"]
    assert all(15 < lap.ms < 200 for lap in watch.laps)


def test_no_stopwatch_keeps_nothing() -> None:
    watch = NoStopwatch()
    watch.lap("detect")
    assert watch.laps == []

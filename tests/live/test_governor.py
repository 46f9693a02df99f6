"""Decisions on invented loads: seconds are counted, not waited for."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from avatarify.live.governor import Governor, GovernorSettings, Level, Load, levels

PERIOD_S = 1 / 30
FULL = levels(512, sizes=True)
COST = {512: 1.0, 384: 0.7, 256: 0.5}


class Machine:
    """Frames take as long as the level's picture is large; the governor looks four times a second."""

    def __init__(self, steps: tuple[Level, ...] = FULL, *, period_s: float = PERIOD_S) -> None:
        self.governor = Governor(steps)
        self.period_s = period_s
        self.now = 100.0
        self.changes: list[tuple[float, int]] = []

    def run(self, seconds: float, full_step_s: float | Callable[[float], float], latency_s: float = 0.05) -> Level:
        end = self.now + seconds
        while self.now < end:
            self.now += 0.25
            before = self.governor.level
            whole = full_step_s(self.now) if callable(full_step_s) else full_step_s
            step_s = whole * COST[before.portrait_size]
            after = self.governor.look(self.now, Load(step_s, self.period_s, max(latency_s, step_s)))
            if after is not before:
                self.changes.append((self.now, after.number))
        return self.governor.level


def test_levels_go_from_everything_to_the_least() -> None:
    assert FULL[0] == Level(0, 15.0, 512, None)
    assert [level.number for level in FULL] == list(range(len(FULL)))
    assert [level.portrait_size for level in FULL] == [512, 512, 384, 256, 256, 256]
    assert FULL[-1].engine_fps == 15.0
    assert all(one.looks_fps >= other.looks_fps for one, other in pairwise(FULL))


def test_a_model_that_does_not_blend_keeps_its_size() -> None:
    assert {level.portrait_size for level in levels(512, sizes=False)} == {512}


def test_a_cap_holds_at_every_level() -> None:
    assert {level.engine_fps for level in levels(512, sizes=True, fps_cap=10.0)} == {10.0}
    assert [level.engine_fps for level in levels(256, sizes=True, fps_cap=24.0)] == [24.0, 24.0, 24.0, 15.0]


def test_a_machine_that_keeps_up_is_left_alone() -> None:
    machine = Machine()
    assert machine.run(120, 0.030).number == 0
    assert machine.governor.reason == ""


def test_less_is_done_after_two_seconds_and_not_before() -> None:
    machine = Machine()
    assert machine.run(2.0, 0.040).number == 0
    machine.run(1.5, 0.040)
    assert machine.governor.level.number == 1
    assert machine.governor.reason == "A frame took 40 ms, and the camera sends one every 33 ms."


def test_it_stops_as_soon_as_frames_are_in_time() -> None:
    machine = Machine()
    assert machine.run(60, 0.042).portrait_size == 384, "29 ms there"


def test_a_short_hitch_is_no_reason() -> None:
    machine = Machine()
    assert machine.run(60, lambda now: 0.2 if now % 3 < 1.5 else 0.02).number == 0


def test_frames_that_lie_about_are_a_reason_too() -> None:
    machine = Machine()
    assert machine.run(4, 0.030, latency_s=0.2).number == 1
    assert machine.governor.reason == "Frames were 200 ms old when they were animated."


def test_the_last_level_is_the_last() -> None:
    machine = Machine()
    assert machine.run(300, 0.5) is FULL[-1]


def test_more_is_done_again_after_ten_seconds_with_time_to_spare() -> None:
    machine = Machine()
    machine.run(60, 0.080)
    low = machine.governor.level.number
    assert low >= 3
    machine.run(9, 0.010)
    assert machine.governor.level.number == low
    assert machine.run(120, 0.010).number == 0
    assert machine.governor.reason == ""


@pytest.mark.parametrize("full_step_s", [0.034, 0.038, 0.045, 0.060, 0.066, 0.080, 0.120])
def test_under_a_steady_load_it_tries_ever_more_rarely(full_step_s: float) -> None:
    machine = Machine()
    machine.run(60, full_step_s)
    settled = len(machine.changes)
    assert [number for _, number in machine.changes] == list(range(1, settled + 1))
    machine.run(1800, full_step_s)
    later = machine.changes[settled:]
    tries, ends = later[::2], later[1::2]
    assert len(tries) <= 5, "in half an hour"
    assert all(number == settled - 1 for _, number in tries)
    assert all(number == settled for _, number in ends)
    assert all(end - begin < 4 for (begin, _), (end, _) in zip(tries, ends, strict=True))
    waits = [after - before for (before, _), (after, _) in pairwise(tries)]
    assert waits == sorted(waits)


@pytest.mark.parametrize("times", [1.5, 2.0, 3.0, 5.0])
def test_after_a_burst_everything_is_done_again_within_two_minutes(times: float) -> None:
    """Whenever it ends: also just after a step down, when one level was measured under load and the next one without."""
    for quarters in range(1, 100):
        machine = Machine()
        machine.run(quarters / 4, 0.020 * times)
        machine.run(120, 0.020)
        assert machine.governor.level.number == 0, f"a burst of {quarters / 4} s"


def test_bursts_do_not_add_up() -> None:
    machine = Machine()
    for seconds in (7.5, 3.25, 11.0, 5.75, 20.0) * 6:
        machine.run(seconds, 0.060)
        machine.run(45, 0.020)
    machine.run(240, 0.020)
    assert machine.governor.level.number == 0


def test_a_pause_after_a_step_down_is_no_measurement_of_the_level_above() -> None:
    machine = Machine()
    machine.run(2.5, 0.040)
    assert machine.governor.level.number == 1
    machine.now += 60
    assert machine.run(13, 0.022).number == 0


def test_under_a_load_that_lures_it_back_it_asks_ever_more_rarely() -> None:
    """Light while little is done, heavy at once when more is: as another program that takes what is left."""
    machine = Machine()

    def grudging(_: float) -> float:
        return 0.050 if machine.governor.level.number == 0 else 0.010

    machine.run(3600, grudging)
    ups = [at for at, number in machine.changes if number == 0]
    waits = [later - earlier for earlier, later in pairwise(ups)]
    assert len(ups) <= 12
    assert waits == sorted(waits)


def test_after_a_pause_the_two_seconds_begin_anew() -> None:
    machine = Machine()
    machine.run(2.0, 0.040)
    machine.now += 60
    assert machine.run(2.0, 0.040).number == 0
    assert machine.run(2, 0.040).number == 1


def test_a_slow_camera_gives_more_time() -> None:
    assert Machine(period_s=1 / 15).run(60, 0.060).number == 0


def test_a_cap_gives_more_time() -> None:
    assert Machine(levels(512, sizes=True, fps_cap=10.0)).run(60, 0.095).number == 0


def test_settings_are_seconds() -> None:
    governor = Governor(FULL, GovernorSettings(down_after_s=0.0, settle_s=0.0))
    assert governor.look(0.0, Load(1.0, PERIOD_S, 1.0)).number == 1

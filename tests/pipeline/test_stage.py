"""One thread of the live loop: stalls, ends, and is replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable

from avatarify.errors import CameraError
from avatarify.pipeline.report import Report
from avatarify.pipeline.stage import Patience, Stage
from avatarify.pipeline.status import StageState
from tests.fakes.live import PATIENCE_S, until

PATIENCE = Patience(stall_s=2, replace_s=5, open_s=15, retry_s=1, grace_s=0.02)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class ObedientRun:
    """Steps until it is stopped."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.closed = False
        self.abandoned = 0

    def step(self) -> bool:
        self.report.running()
        self.report.stopping.wait(0.001)
        return True

    def close(self) -> None:
        self.closed = True

    def abandon(self) -> None:
        self.abandoned += 1


class HangingRun(ObedientRun):
    """Hangs in its first step until the test lets go."""

    def __init__(self, report: Report, *, opens: bool = False) -> None:
        super().__init__(report)
        self.opens = opens
        self.hangs = threading.Event()
        self.go_on = threading.Event()

    def step(self) -> bool:
        with self.report.calling("The device", opens=self.opens):
            self.hangs.set()
            self.go_on.wait(PATIENCE_S)
        return super().step()


class DyingRun(ObedientRun):
    def step(self) -> bool:
        raise SystemExit("out of memory")


class Rig:
    """A stage whose runs are made in the given order, the last kind again and again."""

    def __init__(self, *kinds: Callable[[Report], ObedientRun], patience: Patience = PATIENCE) -> None:
        self.runs: list[ObedientRun] = []
        self.clock = Clock()

        def make(report: Report) -> ObedientRun:
            run = kinds[min(len(self.runs), len(kinds) - 1)](report)
            self.runs.append(run)
            return run

        self.stage = Stage("test", make, patience=patience, clock=self.clock)
        self.stage.start()

    @property
    def state(self) -> StageState:
        return self.stage.status().state

    def hanging(self, number: int) -> HangingRun:
        run = self.runs[number]
        assert isinstance(run, HangingRun)
        assert run.hangs.wait(PATIENCE_S)
        return run

    def end(self) -> None:
        for run in self.runs:
            if isinstance(run, HangingRun):
                run.go_on.set()
        self.stage.stop()
        assert self.stage.join(PATIENCE_S)


def test_life_of_a_stage() -> None:
    rig = Rig(ObedientRun)
    until(lambda: rig.state is StageState.RUNNING)
    rig.stage.stop()
    rig.stage.stop()
    assert rig.stage.join(PATIENCE_S)
    assert rig.state is StageState.STOPPED
    assert rig.runs[0].closed
    rig.clock.now += 100
    rig.stage.watch()
    assert len(rig.runs) == 1


def test_stall_is_told_before_the_thread_is_replaced() -> None:
    rig = Rig(HangingRun, ObedientRun)
    hanging = rig.hanging(0)
    rig.clock.now = 1.9
    rig.stage.watch()
    assert rig.state is StageState.OPENING
    rig.clock.now = 2.1
    rig.stage.watch()
    rig.stage.watch()
    status = rig.stage.status()
    assert (status.state, status.errors, status.left_behind) == (StageState.STALLED, 1, 0)
    assert "The device has not answered for 2.1 s." in status.error
    rig.clock.now = 5.1
    rig.stage.watch()
    until(lambda: rig.state is StageState.RUNNING)
    assert rig.stage.status().left_behind == 1
    assert hanging.abandoned == 1
    hanging.go_on.set()
    until(lambda: hanging.closed)
    until(lambda: rig.stage.status().left_behind == 0)
    assert rig.state is StageState.RUNNING
    rig.end()


def test_call_that_comes_back_in_time_is_not_replaced() -> None:
    rig = Rig(HangingRun)
    hanging = rig.hanging(0)
    rig.clock.now = 3
    rig.stage.watch()
    assert rig.state is StageState.STALLED
    hanging.opens = False
    hanging.go_on.set()
    until(lambda: rig.state is StageState.RUNNING)
    assert len(rig.runs) == 1
    rig.end()


def test_opening_may_take_longer() -> None:
    rig = Rig(lambda report: HangingRun(report, opens=True), ObedientRun)
    rig.hanging(0)
    rig.clock.now = 14
    rig.stage.watch()
    assert rig.state is StageState.OPENING
    rig.clock.now = 16
    rig.stage.watch()
    until(lambda: rig.state is StageState.RUNNING)
    rig.end()


def test_no_more_than_two_threads_are_left_behind() -> None:
    rig = Rig(HangingRun)
    for number in range(3):
        rig.hanging(number)
        rig.clock.now += 6
        rig.stage.watch()
    for _ in range(3):
        rig.clock.now += 6
        rig.stage.watch()
    assert len(rig.runs) == 3
    assert rig.stage.status().left_behind == 2
    rig.hanging(0).go_on.set()
    until(lambda: rig.stage.status().left_behind == 1)
    rig.stage.watch()
    assert len(rig.runs) == 4
    rig.hanging(3)
    rig.end()


def test_what_hangs_and_may_not_be_replaced_is_only_told() -> None:
    rig = Rig(HangingRun, patience=Patience(2, None, None, None, 0.02))
    rig.hanging(0)
    rig.clock.now = 1000
    rig.stage.watch()
    assert rig.state is StageState.STALLED
    assert len(rig.runs) == 1
    rig.end()


def test_death_is_told_and_followed_by_a_new_run_after_a_while() -> None:
    rig = Rig(DyingRun, ObedientRun)
    until(lambda: rig.state is StageState.FAILED)
    assert rig.runs[0].closed
    assert rig.stage.status().error == "SystemExit: out of memory"
    rig.clock.now = 0.9
    rig.stage.watch()
    assert len(rig.runs) == 1
    rig.clock.now = 1.1
    rig.stage.watch()
    until(lambda: rig.state is StageState.RUNNING)
    assert rig.stage.status().error == "SystemExit: out of memory"
    rig.end()


def test_without_a_retry_the_dead_stay_dead_until_somebody_asks() -> None:
    rig = Rig(DyingRun, ObedientRun, patience=Patience(2, None, None, None, 0.02))
    until(lambda: rig.state is StageState.FAILED)
    rig.clock.now = 1000
    rig.stage.watch()
    assert len(rig.runs) == 1
    rig.stage.start()
    until(lambda: rig.state is StageState.RUNNING)
    rig.end()


def test_a_new_run_waits_for_the_old_one_to_close() -> None:
    order: list[str] = []

    class Tidy(ObedientRun):
        def step(self) -> bool:
            if "open" not in order[-1:]:
                order.append("open")
            return super().step()

        def close(self) -> None:
            order.append("close")

    rig = Rig(Tidy, patience=Patience(2, 5, 15, 1, PATIENCE_S))
    until(lambda: order)
    rig.stage.start()
    until(lambda: len(order) == 3)
    assert order == ["open", "close", "open"]
    rig.end()


def test_nobody_listens_to_a_run_that_was_replaced() -> None:
    rig = Rig(ObedientRun)
    rig.stage.start()
    old = rig.runs[0].report
    delivered: list[int] = []
    assert not old.deliver(lambda: delivered.append(1))
    old.trouble(CameraError("late"))
    old.opening()
    assert delivered == []
    until(lambda: rig.state is StageState.RUNNING)
    assert rig.stage.status().error == ""
    assert rig.runs[1].report.deliver(lambda: delivered.append(2))
    rig.end()


def test_end_of_a_thread_that_hangs_is_not_waited_for() -> None:
    rig = Rig(HangingRun)
    run = rig.hanging(0)
    rig.stage.stop()
    assert not rig.stage.join(0.01)
    status = rig.stage.status()
    assert (status.state, status.left_behind) == (StageState.STOPPED, 1)
    assert "was left behind" in status.error
    assert run.abandoned == 1
    rig.end()

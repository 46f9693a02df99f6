"""A thread that repeats a step, and how it ends."""

from __future__ import annotations

import threading
import time

import pytest

from avatarify.pipeline.worker import Finished, FinishReason, Worker
from tests.fakes.live import until


class Ends:
    """Listens for ends, with the thread in which each was told."""

    def __init__(self) -> None:
        self.heard: list[Finished] = []
        self.threads: list[str] = []

    def __call__(self, finished: Finished) -> None:
        self.heard.append(finished)
        self.threads.append(threading.current_thread().name)

    @property
    def reasons(self) -> list[FinishReason]:
        return [finished.reason for finished in self.heard]


def test_step_that_is_done_completes() -> None:
    ends, left = Ends(), [1, 2, 3]

    def step() -> bool:
        left.pop()
        return bool(left)

    worker = Worker("count", step, on_finished=ends)
    worker.start()
    assert worker.join(5)
    assert left == []
    assert ends.reasons == [FinishReason.COMPLETED]
    assert ends.threads == ["avatarify count"]
    assert worker.finished == Finished(FinishReason.COMPLETED)


def test_stop_cancels_once_however_often_it_is_called() -> None:
    ends = Ends()
    worker = Worker("idle", lambda: not worker.stopping.wait(0.001) or True, on_finished=ends)
    worker.start()
    for _ in range(3):
        worker.stop()
    assert worker.join(5)
    worker.stop()
    assert ends.reasons == [FinishReason.CANCELED]


@pytest.mark.parametrize("error", [ValueError("bad frame"), SystemExit(2), KeyboardInterrupt()])
def test_what_a_step_raises_is_the_end_and_is_kept(error: BaseException) -> None:
    ends, closed = Ends(), []

    def step() -> bool:
        raise error

    worker = Worker("fails", step, close=lambda: closed.append(threading.current_thread().name), on_finished=ends)
    worker.start()
    assert worker.join(5)
    assert ends.heard == [Finished(FinishReason.ERRORED, error)]
    assert closed == ["avatarify fails"]


def test_what_a_step_raises_is_logged_where_nobody_listens(caplog: pytest.LogCaptureFixture) -> None:
    def step() -> bool:
        raise ValueError("bad frame")

    for ends in (Ends(), None):
        assert caplog.text == ""
        worker = Worker("fails", step, on_finished=ends)
        worker.start()
        assert worker.join(5)
    assert "fails has ended." in caplog.text
    assert "ValueError: bad frame" in caplog.text


def test_close_that_raises_is_told_but_does_not_hide_what_came_first() -> None:
    ends = Ends()

    def close() -> None:
        raise OSError("busy")

    def step() -> bool:
        raise ValueError("first")

    for body in (step, lambda: False):
        worker = Worker("closes badly", body, close=close, on_finished=ends)
        worker.start()
        assert worker.join(5)
    assert [str(finished.error) for finished in ends.heard] == ["first", "busy"]
    assert ends.reasons == [FinishReason.ERRORED] * 2


def test_stop_before_start_never_steps_but_closes() -> None:
    ends, done = Ends(), []
    worker = Worker("early", lambda: bool(done.append("step")), close=lambda: done.append("close"), on_finished=ends)
    worker.stop()
    assert worker.join(0)
    worker.start()
    assert worker.join(5)
    assert done == ["close"]
    assert ends.reasons == [FinishReason.CANCELED]


def test_thread_that_hangs_is_left_behind_within_the_limit() -> None:
    ends, hangs, go_on = Ends(), threading.Event(), threading.Event()

    def step() -> bool:
        hangs.set()
        return go_on.wait(10)

    worker = Worker("hangs", step, on_finished=ends)
    worker.start()
    assert hangs.wait(5)
    worker.stop()
    began = time.monotonic()
    assert not worker.join(0.02)
    assert time.monotonic() - began < 1
    assert worker.alive
    assert worker.finished is None
    assert ends.heard == []
    go_on.set()
    until(lambda: ends.heard)
    assert ends.reasons == [FinishReason.CANCELED]


def test_thread_does_not_keep_the_program_alive() -> None:
    daemons: list[bool] = []
    worker = Worker("daemon", lambda: bool(daemons.append(threading.current_thread().daemon)))
    worker.start()
    assert worker.join(5)
    assert daemons == [True]


def test_worker_does_not_wait_for_itself() -> None:
    joined: list[bool] = []

    def step() -> bool:
        joined.append(worker.join(5))
        return False

    worker = Worker("self", step)
    worker.start()
    assert worker.join(5)
    assert joined == [False]

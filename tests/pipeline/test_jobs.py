"""Work for the animate thread, between two frames."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError

import pytest

from avatarify.errors import AvatarifyError
from avatarify.pipeline.jobs import Jobs, no_engine


def test_jobs_run_in_order_with_the_engine() -> None:
    jobs: Jobs[list[int]] = Jobs()
    engine: list[int] = []
    futures = [jobs.submit(lambda e, n=n: e.append(n) or n * 2) for n in range(3)]
    assert not futures[0].done()
    jobs.run(engine)
    assert engine == [0, 1, 2]
    assert [future.result(0) for future in futures] == [0, 2, 4]


def test_what_a_job_raises_goes_to_its_future_and_the_next_one_runs() -> None:
    jobs: Jobs[int] = Jobs()
    bad, good = jobs.submit(lambda engine: engine / 0), jobs.submit(lambda engine: engine + 1)
    jobs.run(1)
    with pytest.raises(ZeroDivisionError):
        bad.result(0)
    assert good.result(0) == 2


def test_system_exit_is_heard_by_both() -> None:
    def exits(_engine: int) -> None:
        raise SystemExit(1)

    jobs: Jobs[int] = Jobs()
    future = jobs.submit(exits)
    with pytest.raises(SystemExit):
        jobs.run(1)
    with pytest.raises(SystemExit):
        future.result(0)


def test_close_cancels_what_waits_and_fails_what_comes_later() -> None:
    jobs: Jobs[int] = Jobs()
    waiting = jobs.submit(lambda engine: engine)
    jobs.close(no_engine("it was stopped."))
    jobs.close(no_engine("again."))
    with pytest.raises(CancelledError):
        waiting.result(0)
    with pytest.raises(AvatarifyError, match="it was stopped"):
        jobs.submit(lambda engine: engine).result(0)


def test_a_job_that_hangs_is_answered_and_its_late_result_is_dropped() -> None:
    jobs: Jobs[int] = Jobs()
    began, go_on = threading.Event(), threading.Event()

    def hangs(_engine: int) -> str:
        began.set()
        go_on.wait(10)
        return "late"

    future = jobs.submit(hangs)
    thread = threading.Thread(target=jobs.run, args=(1,))
    thread.start()
    assert began.wait(5)
    jobs.close(no_engine("it hangs."))
    with pytest.raises(AvatarifyError, match="it hangs"):
        future.result(0)
    go_on.set()
    thread.join(5)
    assert not thread.is_alive()
    assert isinstance(future.exception(0), AvatarifyError)


def test_a_cancelled_job_is_not_run() -> None:
    jobs: Jobs[list[int]] = Jobs()
    engine: list[int] = []
    future = jobs.submit(lambda e: e.append(1))
    assert future.cancel()
    jobs.run(engine)
    assert engine == []

"""One of the three stages: its present run in a worker of its own, and what is done when that hangs or dies.

A run that was replaced goes on to exist as long as its thread hangs, but nobody listens to it: it cannot deliver, tell or
show anything, and it closes what it opened once it wakes up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from avatarify.errors import AvatarifyError
from avatarify.pipeline.report import Ledger, Report
from avatarify.pipeline.status import StageState, StageStatus
from avatarify.pipeline.worker import Finished, FinishReason, Worker

_MOST_LEFT_BEHIND = 2  # threads that hang at once before no more are started


class Run(Protocol):
    """One life of a stage. Made by any thread without blocking; `step` and `close` belong to its worker."""

    def step(self) -> bool:
        """Once around; False: done. What it raises ends the run."""
        ...

    def close(self) -> None:
        """Called once in the same thread, whatever the end."""
        ...

    def abandon(self) -> None:
        """Nobody listens to it any more, perhaps because it hangs: answer for it where somebody waits. Any thread, must
        not block."""
        ...


@dataclass(frozen=True)
class Patience:
    """Seconds. stall_s: a call that takes longer is told. replace_s: its thread is left behind and another one started;
    None: only told. open_s: one limit for both, for calls that open. retry_s: until a run that died is started anew; None:
    only when asked. grace_s: how long a new run waits for the one before it to close its device."""

    stall_s: float
    replace_s: float | None
    open_s: float | None
    retry_s: float | None
    grace_s: float


class Stage:
    """Starts, watches, replaces and stops runs. Any thread may call any method; none blocks but `join`."""

    def __init__(
        self, name: str, make_run: Callable[[Report], Run], *, patience: Patience, clock: Callable[[], float]
    ) -> None:
        self._make_run = make_run
        self._patience = patience
        self._ledger = Ledger(name, clock)
        self._life: _Life | None = None
        self._left_behind: list[Worker] = []
        self._ended_at = 0.0

    def start(self) -> None:
        """A new run. The one before it gets the sign to stop and does not count any more; the new one waits a moment for
        its end, so that a device is closed before it is opened again."""
        with self._ledger.lock:
            before = self._let_go()
            self._begin(before)

    def stop(self) -> None:
        """Ask the present run to end; returns at once. Twice, and without a run, is fine."""
        with self._ledger.lock:
            if self._life is not None:
                self._life.worker.stop()

    def join(self, timeout_s: float) -> bool:
        """Wait for the present run's end. False: it hangs, and is left behind."""
        with self._ledger.lock:
            life = self._life
        if life is None or life.worker.join(timeout_s):
            return True
        with self._ledger.lock:
            if self._life is life:
                self._let_go()
                hangs = AvatarifyError(f"The {self._ledger.name} thread does not end and was left behind.")
                self._ledger.tell(StageState.STOPPED, hangs)
        return False

    def watch(self) -> None:
        """Called several times a second: tells a stall, replaces a thread that hangs, starts anew after a death."""
        with self._ledger.lock:
            life = self._life
            if life is None or life.report.stopping.is_set():
                return
            now = self._ledger.clock()
            if not life.worker.alive and life.worker.finished is None and self._ledger.state is not StageState.FAILED:
                self._ended(life.report, Finished(FinishReason.ERRORED, AvatarifyError("The thread has vanished.")))
            if self._ledger.state is StageState.FAILED:
                if self._patience.retry_s is not None and now - self._ended_at >= self._patience.retry_s:
                    self.start()
                return
            self._watch_call(life, now)

    def status(self) -> StageStatus:
        with self._ledger.lock:
            self._forget_ended()
            return self._ledger.status(len(self._left_behind))

    def _begin(self, before: Worker | None) -> None:
        report = Report(self._ledger)
        run = self._make_run(report)
        waits_for = [] if before is None else [before]

        def step() -> bool:
            while waits_for:
                waits_for.pop().join(self._patience.grace_s)
            return run.step()

        worker = Worker(
            self._ledger.name,
            step,
            close=run.close,
            on_finished=lambda finished: self._ended(report, finished),
            stopping=report.stopping,
        )
        self._life = _Life(report, run, worker)
        self._ledger.state = StageState.OPENING
        worker.start()

    def _watch_call(self, life: _Life, now: float) -> None:
        call = life.report.call
        if call is None:
            return
        lasts = now - call.since
        tell_s = self._patience.open_s if call.opens else self._patience.stall_s
        replace_s = self._patience.open_s if call.opens else self._patience.replace_s
        if tell_s is not None and lasts > tell_s and self._ledger.state is not StageState.STALLED:
            hint = "It goes on by itself when the answer comes."
            self._ledger.tell(
                StageState.STALLED, AvatarifyError(f"{call.what} has not answered for {lasts:.1f} s.", hint)
            )
        if replace_s is not None and lasts > replace_s:
            self._forget_ended()
            if len(self._left_behind) < _MOST_LEFT_BEHIND:
                self._let_go()
                self._begin(before=None)

    def _let_go(self) -> Worker | None:
        """Nobody listens to the present run any more. Returns its worker if that has not ended yet."""
        life, self._life = self._life, None
        if life is None:
            return None
        life.report.current = False
        life.worker.stop()
        life.run.abandon()
        if life.worker.finished is not None or not life.worker.alive:
            return None
        self._left_behind.append(life.worker)
        return life.worker

    def _forget_ended(self) -> None:
        self._left_behind = [worker for worker in self._left_behind if worker.alive and worker.finished is None]

    def _ended(self, report: Report, finished: Finished) -> None:
        with self._ledger.lock:
            if not report.current:
                return
            self._ended_at = self._ledger.clock()
            if finished.error is not None:
                self._ledger.tell(StageState.FAILED, finished.error)
            else:
                self._ledger.state = StageState.STOPPED


@dataclass(frozen=True, eq=False)
class _Life:
    report: Report
    run: Run
    worker: Worker

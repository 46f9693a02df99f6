"""The output stage: at a constant rate, whatever the gate allows goes to the virtual camera and to those who watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from avatarify.errors import VirtualCameraError
from avatarify.frame import Image
from avatarify.pipeline.capture import Valve
from avatarify.pipeline.fan_out import FanOut
from avatarify.pipeline.gate import Animated, Choice, Gate, Showing
from avatarify.pipeline.opener import Change, Opener
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.pacer import Pacer
from avatarify.pipeline.passthrough import Passthrough
from avatarify.pipeline.protocols import ReaderAware, Sink
from avatarify.pipeline.report import Report
from avatarify.pipeline.slot import LatestSlot
from avatarify.pipeline.stats import Stats

OpenSink = Callable[[], Sink]
_ASK_READER_S = 0.25


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture as the virtual camera gets it. image: uint8 [H,W,3] RGB, not to be written to. number: counts the moments
    since the start; a gap is one that was missed. shown_at: seconds on the pipeline's clock."""

    image: Image
    showing: Showing
    number: int
    shown_at: float


class Desk:
    """What all runs of the stage share. paused, resting, watched, rest_unread: as the pipeline says. shown: everybody who
    watches."""

    def __init__(
        self,
        *,
        gate: Gate,
        passthrough: Passthrough,
        valve: Valve,
        stats: Stats,
        options: PipelineOptions,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self.gate = gate
        self.passthrough = passthrough
        self.valve = valve
        self.stats = stats
        self.options = options
        self.clock = clock
        self.sleep = sleep
        self.shown: FanOut[Shown] = FanOut()
        self.results: LatestSlot[Animated] = LatestSlot()
        self.paused = False
        self.resting = False
        self.watched = False
        self.rest_unread = options.rest_unread
        self.untried = True  # no sink has been opened, or failed to, since the start

    def renew(self) -> None:
        """A slot for the next start."""
        self.results = LatestSlot()
        self.untried = True

    def set_valve(self) -> None:
        """The engine works only for somebody."""
        self.valve.shut = self.paused or self.resting

    def wake(self) -> None:
        """Somebody looks now."""
        self.resting = False
        self.set_valve()


class OutputRun:
    """One thread's life with one sink at a time. Watchers are served also while there is no sink."""

    def __init__(self, report: Report, *, opener: Opener[Sink], desk: Desk) -> None:
        self._report = report
        self._opener = opener
        self._desk = desk
        self._results = desk.results
        self._sink: Sink | None = None
        self._animated: Animated | None = None
        self._pacer = self._new_pacer(desk.options.fps)
        self._retry_at: float | None = None
        self._ask_at = 0.0
        self._number = 0
        self._changing: Change[Sink] | None = None
        self._refused = False  # the last change failed; told until the next one

    def step(self) -> bool:
        """Change the sink if asked, wait for the next moment, then show one picture."""
        desk = self._desk
        change = self._opener.asked()
        if change is not None and change.claim():
            self._change(change)
        if self._sink is None and (self._retry_at is None or desk.clock() >= self._retry_at):
            self._open()
        skipped = self._pacer.wait()
        if self._report.stopping.is_set():
            return True
        choice = self._choose()
        sent = self._send(choice)
        if not self._report.current:
            return False
        self._number += 1 + skipped
        desk.stats.shown(choice, sent=sent, skipped=skipped)
        desk.shown.put(Shown(choice.image, choice.showing, self._number, desk.clock()))
        self._look_for_readers()
        return True

    def close(self) -> None:
        self._give_up_change("its thread ended")
        self._part()

    def abandon(self) -> None:
        self._desk.passthrough.switch_off()
        self._give_up_change("opening it, or closing the other one, hangs")

    def _part(self) -> None:
        """The last picture that a program sees of us has no person in it."""
        if self._sink is not None and self._report.current:
            self._send(Choice(self._desk.gate.standby, Showing.STANDBY))
        self._drop()

    def _choose(self) -> Choice:
        desk = self._desk
        newest = self._results.take(0.0)
        if newest is not None:
            self._animated = newest
            if desk.options.align:
                self._pacer.arrived(desk.clock() - newest.made_at)
        unlocked = desk.passthrough.current()
        return desk.gate.choose(desk.clock(), paused=desk.paused, animated=self._animated, unlocked=unlocked)

    def _send(self, choice: Choice) -> bool:
        if self._sink is None or not self._report.current:
            return False
        try:
            with self._report.calling("The virtual camera"):
                self._sink.send(choice.image)
        except Exception as error:  # noqa: BLE001 - told, and opened again: a driver may raise anything
            self._lost(error)
            return False
        if not self._refused:
            self._report.running()
        return True

    def _open(self) -> None:
        try:
            with self._report.calling("Opening the virtual camera", opens=True):
                self._sink = self._opener.open_device()
            fps = self._sink.fps
        except Exception as error:  # noqa: BLE001 - as above
            self._lost(error)
            return
        if self._report.current:
            if not self._desk.untried:  # perhaps another device: whoever sees the camera picture is asked about anew
                self._desk.passthrough.switch_off()
            self._desk.untried = False
        self._refused = False
        self._keep_rate(fps)

    def _change(self, change: Change[Sink]) -> None:
        """The new one is opened beside the old one, which stays if that fails."""
        self._changing = change
        self._desk.passthrough.switch_off()
        try:
            with self._report.calling("Opening the virtual camera", opens=True):
                sink = change.open_device()
            fps = sink.fps
        except Exception as error:  # noqa: BLE001 - belongs to who asked; told as well
            self._changing = None
            self._refused = True
            self._report.trouble(error)
            change.answer(error)
            return
        if not self._report.current:
            self._drop()
            self._sink = sink  # closed at the end of this run
            return
        self._opener.settle(change)  # first: if parting hangs, the thread that replaces this one opens the new one
        if sink is not self._sink:
            self._part()
        self._desk.passthrough.switch_off()  # again: opening may have taken long
        self._desk.untried = False
        self._sink, self._refused, self._retry_at = sink, False, None
        self._desk.wake()
        self._ask_at = 0.0
        self._keep_rate(fps)
        self._changing = None
        change.answer()

    def _give_up_change(self, why: str) -> None:
        changing = self._changing
        if changing is not None:
            changing.answer(VirtualCameraError(f"The virtual camera was not changed: {why}.", "Try it again."))

    def _keep_rate(self, fps: float) -> None:
        if abs(fps * self._pacer.period_s - 1.0) > 1e-6:
            self._pacer = self._new_pacer(fps)

    def _lost(self, error: Exception) -> None:
        self._report.trouble(error)
        if self._report.current:
            self._desk.untried = False
            if self._sink is not None:
                self._desk.passthrough.switch_off()
        self._drop()
        self._desk.wake()
        self._retry_at = self._desk.clock() + self._desk.options.retry_s

    def _drop(self) -> None:
        sink, self._sink = self._sink, None
        if sink is None:
            return
        try:
            with self._report.calling("Closing the virtual camera"):
                sink.close()
        except Exception as error:  # noqa: BLE001 - it is gone in any case
            self._report.trouble(error)

    def _look_for_readers(self) -> None:
        desk = self._desk
        now = desk.clock()
        if now < self._ask_at:
            return
        self._ask_at = now + _ASK_READER_S
        sink: object = self._sink
        unread = isinstance(sink, ReaderAware) and sink.has_reader is False
        desk.resting = desk.rest_unread and unread and not desk.watched and not desk.shown.queues_open
        desk.set_valve()

    def _new_pacer(self, fps: float) -> Pacer:
        return Pacer(fps, clock=self._desk.clock, sleep=self._desk.sleep)

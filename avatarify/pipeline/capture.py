"""The capture stage: reads a camera, gets it back when it is lost, and hands each frame to those who may have it."""

from __future__ import annotations

from collections.abc import Callable

from avatarify.frame import Frame
from avatarify.pipeline.camera_change import CameraChange
from avatarify.pipeline.fan_out import FanOut
from avatarify.pipeline.opener import Opener
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.passthrough import Passthrough
from avatarify.pipeline.protocols import FrameSource
from avatarify.pipeline.report import Report
from avatarify.pipeline.slot import LatestSlot
from avatarify.pipeline.stats import Stats

OpenSource = Callable[[], FrameSource]
_LOOK_UP_S = 0.05


class Valve:
    """Which camera frames the engine gets: none while it is shut, else at most so many a second. One thread asks.

    Frames that come a little early for the rate are let through, so a camera's jitter does not halve it.
    """

    def __init__(self, most_fps: float | None) -> None:
        self.shut = False
        self.most_fps = most_fps
        self._due: float | None = None

    @property
    def most_fps(self) -> float | None:
        """None: every frame. Any thread may set it."""
        return 1.0 / self._period_s if self._period_s else None

    @most_fps.setter
    def most_fps(self, most_fps: float | None) -> None:
        self._period_s = 0.0 if most_fps is None else 1.0 / most_fps

    def lets_through(self, frame: Frame) -> bool:
        if self.shut:
            return False
        at, period_s = frame.captured_at, self._period_s
        due = None if self._due is None else min(self._due, at + period_s)  # the period may have become shorter
        if due is not None and at < due - period_s / 4:
            return False
        # On the old grid as long as frames keep to it, so that the rate is met on average.
        grid = at if due is None else max(due, at - period_s / 2)
        self._due = grid + period_s
        return True


class Road:
    """Where camera frames go, the same for all runs of the stage: the engine's slot, the pass-through switch, and those who
    show or examine the camera picture itself. None of these leads to the virtual camera but the switch."""

    def __init__(self, *, clock: Callable[[], float], stats: Stats, passthrough: Passthrough, valve: Valve) -> None:
        self.camera: FanOut[Frame] = FanOut()
        self.frames: LatestSlot[Frame] = LatestSlot()
        self.passthrough = passthrough
        self.valve = valve
        self._clock = clock
        self._stats = stats

    def renew(self) -> None:
        """A slot for the next start; the old one has been closed."""
        self.frames = LatestSlot()

    def deliver(self, frame: Frame) -> None:
        """To the engine and the switch."""
        self.passthrough.offer(frame, self._clock())
        if self.valve.lets_through(frame):
            self.frames.put(frame)
        self._stats.captured()


class CaptureRun:
    """One thread's life with one camera at a time."""

    def __init__(
        self,
        report: Report,
        *,
        opener: Opener[FrameSource],
        road: Road,
        options: PipelineOptions,
        clock: Callable[[], float],
    ) -> None:
        self._report = report
        self._opener = opener
        self._road = road
        self._options = options
        self._clock = clock
        self._source: FrameSource | None = None
        self._change: CameraChange | None = None
        self._former: CameraChange | None = None  # may still hold its device
        self._changing_since = 0.0

    def step(self) -> bool:
        """Change the camera if asked, as soon as the other one is open; open one if there is none, else read one frame."""
        self._look_for_change()
        if self._source is not None:
            self._read(self._source)
        elif self._change is not None:
            self._change.wait(_LOOK_UP_S)
        else:
            self._open()
        return True

    def close(self) -> None:
        if self._report.current:
            self._road.passthrough.switch_off()
        self._give_up_change("its thread ended")
        self._drop()

    def abandon(self) -> None:
        self._road.passthrough.switch_off()
        self._give_up_change("the present one hangs")

    def _give_up_change(self, why: str) -> None:
        change = self._change
        if change is not None:
            change.give_up(why)

    def _open(self) -> None:
        try:
            with self._report.calling("Opening the camera", opens=True):
                self._source = self._opener.open_device()
        except Exception as error:  # noqa: BLE001 - told, and tried again: a driver may raise anything
            self._lost(error)

    def _read(self, source: FrameSource) -> None:
        try:
            with self._report.calling("The camera"):
                frame = source.read()
        except Exception as error:  # noqa: BLE001 - as above
            self._lost(error)
            return
        if self._report.deliver(lambda: self._road.deliver(frame)):
            self._report.running()
            self._road.camera.put(frame)

    def _lost(self, error: Exception) -> None:
        self._report.trouble(error)
        if self._report.current:
            self._road.passthrough.switch_off()
        self._drop()
        if self._change is None:
            self._report.stopping.wait(self._options.retry_s)

    def _drop(self) -> None:
        source, self._source = self._source, None
        if source is None:
            return
        try:
            with self._report.calling("Closing the camera"):
                source.close()
        except Exception as error:  # noqa: BLE001 - it is gone in any case
            self._report.trouble(error)

    def _look_for_change(self) -> None:
        """The other camera is opened beside the present one, which is read meanwhile, and stays if that fails."""
        asked = self._opener.asked()
        if asked is not None:
            if self._change is not None:
                self._change.cancel()
                self._former = self._change
            self._change = CameraChange(asked, after=self._former, grace_s=self._options.grace_s)
            self._changing_since = self._clock()
            self._change.start()
        change = self._change
        if change is None:
            return
        source = change.take()
        if source is not None:
            self._take_over(change, source)
        elif self._clock() - self._changing_since > self._options.open_s:
            change.give_up("opening the other one hangs")
        if change.ended:
            self._change, self._former = None, change

    def _take_over(self, change: CameraChange, source: FrameSource) -> None:
        # First: if closing the present one hangs, the thread that replaces this one opens the new one.
        self._opener.settle(change.change)
        self._drop()
        if self._report.current:
            self._road.passthrough.switch_off()
        self._source = source  # of a thread that was replaced meanwhile: closed at its end
        change.change.answer()

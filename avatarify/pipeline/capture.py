"""The capture stage: reads a camera, gets it back when it is lost, and hands each frame to those who may have it."""

from __future__ import annotations

from collections.abc import Callable

from avatarify.errors import CameraError
from avatarify.frame import Frame
from avatarify.pipeline.fan_out import FanOut
from avatarify.pipeline.opener import Change, Opener
from avatarify.pipeline.passthrough import Passthrough
from avatarify.pipeline.protocols import FrameSource
from avatarify.pipeline.report import Report
from avatarify.pipeline.slot import LatestSlot
from avatarify.pipeline.stats import Stats

OpenSource = Callable[[], FrameSource]


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

    def __init__(self, report: Report, *, opener: Opener[FrameSource], road: Road, retry_s: float) -> None:
        self._report = report
        self._opener = opener
        self._road = road
        self._retry_s = retry_s
        self._source: FrameSource | None = None
        self._changing: Change[FrameSource] | None = None

    def step(self) -> bool:
        """Change the camera if asked, open it if there is none, else read one frame."""
        change = self._opener.asked()
        if change is not None:
            self._change(change)
        elif self._source is None:
            self._open()
        else:
            self._read(self._source)
        return True

    def close(self) -> None:
        if self._report.current:
            self._road.passthrough.switch_off()
        self._give_up_change("its thread ended")
        self._drop()

    def abandon(self) -> None:
        self._road.passthrough.switch_off()
        self._give_up_change("opening the other one hangs")

    def _give_up_change(self, why: str) -> None:
        changing = self._changing
        if changing is not None:
            changing.answer(CameraError(f"The camera was not changed: {why}.", "Try it again."))

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
        self._report.stopping.wait(self._retry_s)

    def _drop(self) -> None:
        source, self._source = self._source, None
        if source is None:
            return
        try:
            with self._report.calling("Closing the camera"):
                source.close()
        except Exception as error:  # noqa: BLE001 - it is gone in any case
            self._report.trouble(error)

    def _change(self, change: Change[FrameSource]) -> None:
        """The new camera is opened beside the old one, which stays if that fails."""
        self._changing = change
        try:
            with self._report.calling("Opening the other camera", opens=True):
                source = change.open_device()
        except Exception as error:  # noqa: BLE001 - belongs to who asked
            self._changing = None
            change.answer(error)
            return
        if not self._report.current:
            self._drop()
            self._source = source  # closed at the end of this run
            return
        self._road.passthrough.switch_off()
        self._drop()
        self._source = source
        self._opener.settle(change)
        self._changing = None
        change.answer()

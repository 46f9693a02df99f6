"""The live loop: camera -> engine -> virtual camera, each in a thread of its own, with the newest frame in between.

capture  --LatestSlot[Frame]-->  animate  --LatestSlot[Animated]-->  output --> sink, preview, recorder
    \\--> pass-through switch (off) ------------------------------------^
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Generic, TypeVar

from avatarify.frame import Frame, Image
from avatarify.pipeline.animate import AnimateRun
from avatarify.pipeline.capture import CaptureRun, OpenSource, Road, Valve
from avatarify.pipeline.fan_out import FanOut
from avatarify.pipeline.gate import Gate
from avatarify.pipeline.jobs import no_engine
from avatarify.pipeline.opener import Opener
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.output import Desk, OpenSink, OutputRun, Shown
from avatarify.pipeline.passthrough import Passthrough
from avatarify.pipeline.protocols import Engine, FrameSource, Sink
from avatarify.pipeline.report import Report
from avatarify.pipeline.slot import LatestSlot
from avatarify.pipeline.stage import Patience, Stage
from avatarify.pipeline.stats import Stats
from avatarify.pipeline.status import PipelineStatus
from avatarify.pipeline.worker import Worker

E = TypeVar("E", bound=Engine)
R = TypeVar("R")
_WATCH_EVERY_S = 0.1


class Pipeline(Generic[E]):
    """Runs between `start` and `stop`, again after that, or as a context manager. Any thread may call any method.

        stopped --start--> running --pause--> paused --resume--> running --stop--> stopped

    passthrough: the user's switch for camera pictures, off at every start. shown: subscribe to see what the virtual camera
    gets. preview: such a slot, ready made. camera: subscribe to see the camera picture itself (the user's own framing view,
    face detection); it leads nowhere else.
    """

    def __init__(
        self,
        open_source: OpenSource,
        make_engine: Callable[[], E],
        open_sink: OpenSink,
        *,
        standby: Image,
        pause: Image | None = None,
        options: PipelineOptions | None = None,
        on_preview: Callable[[], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """standby: uint8 [H,W,3] RGB, shown whenever there is no animated frame; pause: while paused, by default the same.
        on_preview: "something is new" in `preview`, from the output thread; it must return at once. clock, sleep: seconds.
        """
        options = options if options is not None else PipelineOptions()
        self._options = options
        self._make_engine = make_engine
        self._clock = clock
        self._lifecycle = threading.RLock()  # held while threads end: `status` and `submit` must not want it
        self._running = False
        self._run: AnimateRun[E] | None = None
        self._watcher: Worker | None = None
        self._stats = Stats(clock)
        self._dropped_before = 0
        self.passthrough = Passthrough()
        valve = Valve(options.engine_fps)
        gate = Gate(standby, pause if pause is not None else standby, options.hold_s)
        self._cameras: Opener[FrameSource] = Opener(open_source)
        self._sinks: Opener[Sink] = Opener(open_sink)
        self._road = Road(clock=clock, stats=self._stats, passthrough=self.passthrough, valve=valve)
        self._desk = Desk(
            gate=gate,
            passthrough=self.passthrough,
            valve=valve,
            stats=self._stats,
            options=options,
            clock=clock,
            sleep=sleep,
        )
        device = Patience(options.stall_s, options.replace_s, options.open_s, options.retry_s, options.grace_s)
        engine = Patience(options.stall_s, None, None, None, options.grace_s)
        self._capture = Stage("capture", self._capture_run, patience=device, clock=clock)
        self._animate = Stage("animate", self._animate_run, patience=engine, clock=clock)
        self._output = Stage("output", self._output_run, patience=device, clock=clock)
        self.preview: LatestSlot[Shown] = self._desk.shown.subscribe(on_preview)

    @property
    def camera(self) -> FanOut[Frame]:
        return self._road.camera

    @property
    def shown(self) -> FanOut[Shown]:
        return self._desk.shown

    def start(self) -> None:
        """Start all threads; returns at once. What cannot be opened is told in the status. When running: does nothing."""
        with self._lifecycle:
            if self._running:
                return
            self._running = True
            self.passthrough.switch_off()
            self._dropped_before += self._road.frames.dropped
            self._road.renew()
            self._desk.renew()
            self._desk.paused = self._desk.resting = False
            self._desk.set_valve()
            for stage in self._stages:
                stage.start()
            self._watcher = Worker("watch", self._watch)
            self._watcher.start()

    def stop(self) -> None:
        """End all threads and close what they opened; what hangs is left behind and told in the status. Takes at most
        `options.stop_s`. When stopped: does nothing. The slots of subscribers stay open for the next start.
        Not from a listener: its own thread cannot be waited for."""
        with self._lifecycle:
            if not self._running:
                return
            self._running = False
            until = time.monotonic() + self._options.stop_s
            self.passthrough.switch_off()
            if self._watcher is not None:
                self._watcher.stop()
            for stage in self._stages:
                stage.stop()
            self._road.frames.close()
            for stage in reversed(self._stages):  # the output first: its last picture is the stand-by picture
                stage.join(until - time.monotonic())
            if self._watcher is not None:
                self._watcher.join(until - time.monotonic())

    def pause(self) -> None:
        """Show the pause picture and give the engine nothing; the camera stays open. Twice, or stopped, is fine."""
        self._desk.paused = True
        self._desk.set_valve()

    def resume(self) -> None:
        """Back from `pause`."""
        self._desk.paused = False
        self._desk.set_valve()

    def submit(self, function: Callable[[E], R]) -> Future[R]:
        """Have `function(engine)` called in the animate thread, between two frames: while it runs no frame is animated.

        The Future gets its result or what it raised, is cancelled when the engine ends before, and has failed already with
        an AvatarifyError or the factory's own error when there is no engine. Waits while the engine is being made.
        """
        run = self._run
        if run is None:
            future: Future[R] = Future()
            future.set_exception(no_engine("the live loop has not been started."))
            return future
        future = run.jobs.submit(function)
        self._road.frames.nudge()
        return future

    def change_camera(self, open_source: OpenSource) -> Future[None]:
        """Open another camera, in a thread of its own; the present one goes on until that has worked, and stays if the
        Future fails or is cancelled, as by the next change. When stopped, the change is made at the next start."""
        return self._cameras.ask(open_source)

    def change_sink(self, open_sink: OpenSink) -> Future[None]:
        """Open another virtual camera, in the output thread; the present one goes on until that has worked, and stays if
        the Future fails, which the status then tells until the next change. The one that is left is shown the stand-by
        picture last; a factory may also give the present one again. Switches pass-through off. When stopped, the change
        is made at the next start."""
        self.passthrough.switch_off()
        return self._sinks.ask(open_sink)

    @property
    def engine_fps(self) -> float | None:
        """Most frames a second that the engine is given; None: all. May be set at any time."""
        return self._road.valve.most_fps

    @engine_fps.setter
    def engine_fps(self, most_fps: float | None) -> None:
        self._road.valve.most_fps = most_fps

    @property
    def paused(self) -> bool:
        """Between `pause` and `resume`."""
        return self._desk.paused

    @property
    def resting(self) -> bool:
        """The engine gets nothing because nobody looks."""
        return self._desk.resting

    @property
    def watched(self) -> bool:
        """Somebody looks at the preview: then the engine does not rest, whoever reads the virtual camera. Set by who shows
        the preview."""
        return self._desk.watched

    @watched.setter
    def watched(self, watched: bool) -> None:
        self._desk.watched = watched
        if watched:
            self._desk.wake()

    @property
    def rest_unread(self) -> bool:
        """See PipelineOptions; may be set at any time."""
        return self._desk.rest_unread

    @rest_unread.setter
    def rest_unread(self, rest: bool) -> None:
        self._desk.rest_unread = rest
        if not rest:
            self._desk.wake()

    def restart_engine(self) -> None:
        """Make the engine anew: after its factory failed, its thread died, or it hangs. Switches pass-through off. When
        stopped: does nothing."""
        with self._lifecycle:
            if self._running:
                self.passthrough.switch_off()
                self._animate.start()

    def status(self) -> PipelineStatus:
        """A snapshot; cheap enough for several a second."""
        return PipelineStatus(
            running=self._running,
            paused=self._desk.paused,
            passthrough=self.passthrough.on,
            resting=self._desk.resting,
            showing=self._stats.showing if self._running else None,
            capture=self._capture.status(),
            animate=self._animate.status(),
            output=self._output.status(),
            measured=self._stats.measured(
                dropped=self._dropped_before + self._road.frames.dropped,
                recorded_dropped=self._desk.shown.queue_dropped,
            ),
        )

    def __enter__(self) -> Pipeline[E]:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _stages(self) -> tuple[Stage, Stage, Stage]:
        return self._capture, self._animate, self._output

    def _watch(self) -> bool:
        for stage in self._stages:
            stage.watch()
        watcher = self._watcher
        if watcher is not None:
            watcher.stopping.wait(_WATCH_EVERY_S)
        return True

    def _capture_run(self, report: Report) -> CaptureRun:
        return CaptureRun(report, opener=self._cameras, road=self._road, options=self._options, clock=self._clock)

    def _animate_run(self, report: Report) -> AnimateRun[E]:
        self._run = AnimateRun(
            report,
            make_engine=self._make_engine,
            frames=self._road.frames,
            results=self._desk.results,
            stats=self._stats,
            clock=self._clock,
        )
        return self._run

    def _output_run(self, report: Report) -> OutputRun:
        return OutputRun(report, opener=self._sinks, desk=self._desk)

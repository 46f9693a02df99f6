"""A live loop on a clock that the test winds: one camera frame, one moment at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.pipeline import Pipeline
from avatarify.pipeline.status import StageState
from tests.fakes.live import PAUSE, STANDBY, GreenEngine, HandCamera, ManualClock, MemorySink, Port, picture, until

PERIOD_S = 1 / 30


class LiveLoop:
    """The threads are real; the output's moments come when the test advances the clock."""

    def __init__(
        self,
        make_engine: Callable[[], GreenEngine] = GreenEngine,
        *,
        sink: MemorySink | None = None,
        options: PipelineOptions | None = None,
        on_preview: Callable[[], None] | None = None,
    ) -> None:
        self.clock = ManualClock()
        self.camera = HandCamera(self.clock)
        self.sink = sink or MemorySink()
        self.sinks_opened = 0
        self.port = Port(self.camera)
        self.pipeline = Pipeline(
            self.port,
            make_engine,
            self._open_sink,
            standby=picture(STANDBY),
            pause=picture(PAUSE),
            options=options or PipelineOptions(retry_s=0.01, grace_s=0.05, stop_s=0.3, align=False),
            on_preview=on_preview,
            clock=self.clock,
            sleep=self.clock.sleep,
        )

    def _open_sink(self) -> MemorySink:
        self.sinks_opened += 1
        return self.sink

    def animate(self) -> None:
        """One camera frame, all the way to the output's slot."""
        before = self.pipeline.status().measured.animated_frames
        self.camera.give()
        until(lambda: self.pipeline.status().measured.animated_frames > before, "for an animated frame")

    def feed(self) -> None:
        """One camera frame, as far as the engine's slot."""
        before = self.pipeline.status().measured.camera_frames
        self.camera.give()
        until(lambda: self.pipeline.status().measured.camera_frames > before, "for a camera frame")

    def moments(self, count: int) -> list[tuple[int, int, int]]:
        """Let so many moments pass; the colours that the virtual camera was sent."""
        before = len(self.sink.sent)
        self.clock.advance(count * PERIOD_S + 1e-9)
        return self.sink.sent[before:]

    def animate_state(self, state: StageState) -> None:
        until(lambda: self.pipeline.status().animate.state is state, f"for the animate stage to be {state}")


@contextmanager
def live_loop(
    make_engine: Callable[[], GreenEngine] = GreenEngine,
    *,
    sink: MemorySink | None = None,
    options: PipelineOptions | None = None,
    on_preview: Callable[[], None] | None = None,
) -> Iterator[LiveLoop]:
    """A loop whose engine has been made; stopped at the end."""
    loop = LiveLoop(make_engine, sink=sink, options=options, on_preview=on_preview)
    loop.pipeline.start()
    try:
        until(lambda: loop.pipeline.status().animate.state is not StageState.OPENING, "for the engine")
        yield loop
    finally:
        loop.clock.release()
        loop.camera.unplug()  # or its thread would wait for the next frame
        loop.pipeline.stop()

"""The output thread: a constant rate, whatever the engine and the device do."""

from __future__ import annotations

import threading
import time

import numpy as np

from avatarify.pipeline.gate import Showing
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.pipeline import Pipeline
from avatarify.pipeline.status import StageState
from tests.fakes.live import (
    AVATAR,
    CAMERA,
    PATIENCE_S,
    STANDBY,
    FilmingCamera,
    GreenEngine,
    HangingSink,
    MemorySink,
    Port,
    SlowEngine,
    UnreadSink,
    VanishingSink,
    picture,
    until,
)
from tests.pipeline.live_loop import PERIOD_S, live_loop

NO_GLIDE = PipelineOptions(retry_s=0.01, align=False, rest_unread=True)


def test_constant_rate_whatever_the_engine_does() -> None:
    with live_loop() as loop:
        for _ in range(6):  # an engine at 5 frames a second for 6 frames, then nothing
            loop.animate()
            loop.moments(6)
        loop.moments(60)
        assert len(loop.sink.sent) == 96
        told = loop.pipeline.status().measured
        assert abs(told.output_fps - 30) < 0.5
        assert told.skipped_ticks == 0
        assert loop.sink.threads == {"avatarify output"}


def test_counters_tell_what_was_shown() -> None:
    with live_loop() as loop:
        loop.animate()
        loop.moments(60)
        told = loop.pipeline.status().measured
        assert told.sent == 60
        assert sum(count for _, count in told.shown) == 60
        assert told.shown_as(Showing.ANIMATED) in (7, 8)  # 0.25 s
        assert told.shown_as(Showing.HELD) in (22, 23)  # until 1 s
        assert told.shown_as(Showing.STANDBY) in (30, 31)
        assert loop.pipeline.status().showing is Showing.STANDBY


def test_a_sink_that_was_late_gets_no_burst() -> None:
    class LateSink(MemorySink):
        def send(self, image: np.ndarray) -> None:
            super().send(image)
            if len(self.sent) == 3:
                loop.clock.jump(1.0)

    with live_loop(sink=LateSink()) as loop:
        loop.moments(3)
        loop.moments(1)
        told = loop.pipeline.status().measured
        assert told.sent == 4
        assert told.skipped_ticks in (29, 30)


def test_vanished_sink_is_told_closed_and_opened_again() -> None:
    sink = VanishingSink(pictures=3)
    with live_loop(sink=sink) as loop:
        loop.moments(4)
        status = loop.pipeline.status()
        assert status.output.state is StageState.TROUBLE
        assert "/dev/video9 has vanished" in status.output.error
        assert sink.closed == 1
        loop.sink = MemorySink()
        loop.moments(3)
        assert loop.sinks_opened == 2
        assert loop.pipeline.status().output.state is StageState.RUNNING
        assert len(loop.sink.sent) == 2  # the first moment was waited for already when the time to try came
        assert loop.pipeline.status().measured.sent == 5


def test_passthrough_ends_with_the_sink_and_does_not_begin_with_the_next() -> None:
    with live_loop(sink=VanishingSink(pictures=3)) as loop:
        switch = loop.pipeline.passthrough
        loop.moments(1)
        switch.switch_on()
        loop.animate()
        assert loop.moments(1) == [CAMERA]
        loop.moments(2)
        assert not switch.on, "lost"
        switch.switch_on()  # while there is none, nobody sees it
        loop.animate()
        loop.sink = MemorySink()
        loop.moments(6)
        assert loop.sink.sent
        assert not switch.on
        assert CAMERA not in loop.sink.colours
        switch.switch_on()
        loop.animate()
        assert loop.moments(1) == [CAMERA], "asked for again"


def test_passthrough_that_was_switched_on_before_the_first_sink_stays() -> None:
    may_open, sink = threading.Event(), MemorySink(fps=200)

    def slow() -> MemorySink:
        may_open.wait(PATIENCE_S)
        return sink

    with Pipeline(Port(FilmingCamera()), GreenEngine, slow, standby=picture(STANDBY)) as pipeline:
        pipeline.passthrough.switch_on()
        may_open.set()
        until(lambda: CAMERA in sink.colours)


def test_a_working_sink_is_opened_once_also_over_a_pause() -> None:
    with live_loop() as loop:
        loop.moments(30)
        loop.pipeline.pause()
        loop.moments(90)
        loop.pipeline.resume()
        loop.moments(30)
        assert loop.sinks_opened == 1


def test_any_exception_of_a_sink_is_trouble() -> None:
    with live_loop(sink=VanishingSink(pictures=1, error=RuntimeError("write failed"))) as loop:
        loop.moments(3)
        assert loop.pipeline.status().output.error == "RuntimeError: write failed"


def test_preview_is_served_while_there_is_no_virtual_camera() -> None:
    def no_sink() -> MemorySink:
        raise OSError("no driver")

    port = Port(FilmingCamera())
    pipeline = Pipeline(port, GreenEngine, no_sink, standby=picture(STANDBY), options=PipelineOptions(retry_s=0.01))
    with pipeline:
        until(lambda: (shown := pipeline.preview.take(1)) is not None and shown.showing is Showing.ANIMATED)
        assert pipeline.status().output.state is StageState.TROUBLE
        assert pipeline.status().measured.sent == 0


def test_sink_that_hangs_is_left_behind_and_the_preview_goes_on() -> None:
    hanging, good = HangingSink(pictures=2), MemorySink(fps=200)
    sinks = [hanging, good]
    options = PipelineOptions(retry_s=0.005, stall_s=0.1, replace_s=0.2, stop_s=0.2)
    pipeline = Pipeline(
        Port(FilmingCamera()), GreenEngine, lambda: sinks.pop(0), standby=picture(STANDBY), options=options
    )
    with pipeline:
        until(lambda: AVATAR in good.sent)
        assert pipeline.status().output.left_behind == 1
        assert "The virtual camera has not answered" in pipeline.status().output.error
        hanging.go_on.set()
        until(lambda: hanging.closed)
        assert len(hanging.sent) <= 3  # the one that hung, and none after it
        until(lambda: pipeline.status().output.left_behind == 0)


def test_preview_sees_exactly_what_the_virtual_camera_gets() -> None:
    heard: list[int] = []
    with live_loop(on_preview=lambda: heard.append(1)) as loop:
        seen = []
        for number in range(40):
            if number == 2:
                loop.animate()
            loop.moments(1)
            shown = loop.pipeline.preview.take(0)
            assert shown is not None
            assert shown.number == number + 1
            seen.append(tuple(int(value) for value in shown.image[0, 0]))
        assert seen == loop.sink.sent
        assert {AVATAR, STANDBY} == set(seen)
        assert len(heard) == 40
        loop.moments(5)
        assert len(heard) == 41  # once, until somebody looks


def test_recorder_gets_every_picture_and_hears_what_had_no_place() -> None:
    with live_loop() as loop:
        tape = loop.pipeline.shown.subscribe_queue(10)
        loop.moments(8)
        numbers = [tape.take(0) for _ in range(8)]
        assert [shown.number for shown in numbers if shown] == list(range(1, 9))
        loop.moments(15)
        assert tape.dropped == 5
        assert loop.pipeline.status().measured.recorded_dropped == 5
        assert len(loop.sink.sent) == 23  # the call does not feel it


def test_engine_rests_while_nobody_reads_and_wakes_when_somebody_does() -> None:
    sink = UnreadSink()
    with live_loop(sink=sink, options=NO_GLIDE) as loop:
        loop.moments(1)
        assert loop.pipeline.status().resting
        loop.feed()
        assert loop.moments(1) == [STANDBY]
        sink.has_reader = True
        loop.moments(9)  # it asks four times a second
        assert not loop.pipeline.status().resting
        loop.animate()
        assert loop.moments(1) == [AVATAR]
        engine = loop.pipeline.submit(lambda engine: engine.steps)
        assert engine.result(5) == 1


def test_no_rest_while_somebody_records_or_when_it_is_unknown() -> None:
    sink = UnreadSink()
    with live_loop(sink=sink, options=NO_GLIDE) as loop:
        tape = loop.pipeline.shown.subscribe_queue(100)
        loop.moments(1)
        assert not loop.pipeline.status().resting
        tape.close()
        loop.moments(9)
        assert loop.pipeline.status().resting
        sink.has_reader = None
        loop.moments(9)
        assert not loop.pipeline.status().resting


def test_resting_is_off_unless_chosen() -> None:
    with live_loop(sink=UnreadSink()) as loop:
        loop.moments(10)
        assert not loop.pipeline.status().resting
        loop.animate()


def test_rate_is_the_sinks_own() -> None:
    with live_loop(sink=MemorySink(fps=15)) as loop:
        loop.moments(31)
        assert len(loop.sink.sent) in (15, 16)


def test_latency_is_measured_end_to_end() -> None:
    sink = MemorySink(fps=100)
    pipeline = Pipeline(
        Port(FilmingCamera()),
        lambda: SlowEngine(0.02),
        lambda: sink,
        standby=picture(STANDBY),
        options=PipelineOptions(),
    )
    with pipeline:
        began = time.monotonic()
        until(lambda: pipeline.status().measured.animated_frames >= 20)
        told = pipeline.status().measured
    assert told.latency is not None
    assert told.step is not None
    assert told.added is not None
    assert 20 <= told.step.p50_ms < (time.monotonic() - began) * 1000
    assert told.step.p50_ms < told.latency.p50_ms
    assert told.added.p50_ms > 0
    assert told.audio_delay_ms == round(told.latency.p50_ms)


def test_moments_are_on_the_grid_of_the_start() -> None:
    with live_loop() as loop:
        shown = loop.pipeline.shown.subscribe_queue(100)
        loop.moments(60)
        times = [item.shown_at for _ in range(60) if (item := shown.take(0))]
        assert np.allclose(np.diff(times), PERIOD_S)

"""The live loop from camera to virtual camera."""

from __future__ import annotations

import threading
import time
from concurrent.futures import CancelledError

import pytest

from avatarify.errors import AvatarifyError
from avatarify.pipeline import animate
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.pipeline import Pipeline
from avatarify.pipeline.status import StageState
from tests.fakes.live import (
    AVATAR,
    STANDBY,
    FilmingCamera,
    GreenEngine,
    HangingCamera,
    HangingEngine,
    HangingSink,
    MemorySink,
    Port,
    picture,
    until,
)
from tests.pipeline.live_loop import LiveLoop, live_loop

QUICK = PipelineOptions(retry_s=0.005, stop_s=0.3)


def live_threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("avatarify ")}


def make_pipeline(engine: GreenEngine | None = None, sink: MemorySink | None = None) -> Pipeline[GreenEngine]:
    made, shown = engine, sink or MemorySink(fps=200)
    return Pipeline(
        Port(FilmingCamera()),
        lambda: made or GreenEngine(),
        lambda: shown,
        standby=picture(STANDBY),
        options=QUICK,
    )


def test_frames_go_all_the_way_and_everything_is_closed_by_its_own_thread() -> None:
    before = live_threads()
    camera, sink, engines = FilmingCamera(), MemorySink(fps=200), []

    def make_engine() -> GreenEngine:
        engines.append(GreenEngine())
        return engines[0]

    with Pipeline(Port(camera), make_engine, lambda: sink, standby=picture(STANDBY)) as pipeline:
        until(lambda: sink.sent.count(AVATAR) > 10)
        status = pipeline.status()
        assert status.running
        assert {status.capture.state, status.animate.state, status.output.state} == {StageState.RUNNING}
        assert status.measured.latency is not None
    status = pipeline.status()
    assert not status.running
    assert status.showing is None
    assert {status.capture.state, status.animate.state, status.output.state} == {StageState.STOPPED}
    assert live_threads() == before
    assert camera.closed_by == "avatarify capture"
    assert engines[0].threads == {"avatarify animate"}
    assert sink.threads == {"avatarify output"}
    assert (engines[0].closed, sink.closed) == (1, 1)
    assert sink.sent[-1] == STANDBY


def test_stop_when_stopped_and_start_when_running_do_nothing() -> None:
    pipeline = make_pipeline()
    pipeline.stop()
    pipeline.pause()
    pipeline.resume()
    pipeline.restart_engine()
    assert not pipeline.status().running
    pipeline.start()
    threads = live_threads()
    pipeline.start()
    assert live_threads() == threads
    pipeline.stop()
    pipeline.stop()


def test_it_can_be_started_again() -> None:
    sink = MemorySink(fps=200)
    pipeline = make_pipeline(sink=sink)
    for round_number in range(1, 4):
        with pipeline:
            count = sink.sent.count(AVATAR)
            until(lambda count=count: sink.sent.count(AVATAR) > count + 3)
            assert pipeline.preview.take(5) is not None
        assert sink.closed == round_number


def test_shutdown_within_two_seconds_although_all_three_hang() -> None:
    camera, engine, sink = HangingCamera(), HangingEngine(frames=0), HangingSink(pictures=1)
    pipeline = Pipeline(Port(camera), lambda: engine, lambda: sink, standby=picture(STANDBY), options=QUICK)
    pipeline.start()
    # The engine hangs in a command: no frame ever comes.
    command = pipeline.submit(lambda engine: engine.go_on.wait(10))
    waiting = pipeline.submit(lambda engine: engine.steps)
    assert camera.stalled.wait(5)
    assert sink.hangs.wait(5)
    until(command.running)
    began = time.monotonic()
    pipeline.stop()
    took = time.monotonic() - began
    assert took < 2.0
    status = pipeline.status()
    for stage in (status.capture, status.animate, status.output):
        assert stage.left_behind == 1
        assert "does not end and was left behind" in stage.error
    with pytest.raises(AvatarifyError, match="left behind"):
        command.result(0)
    with pytest.raises(CancelledError):
        waiting.result(0)
    for event in (camera.go_on, engine.go_on, sink.go_on):
        event.set()
    until(lambda: camera.closed_by and engine.closed and sink.closed, "for the threads to close what they opened")


def test_default_limit_of_stopping_is_under_two_seconds_with_a_camera_that_hangs() -> None:
    camera = HangingCamera()
    options = PipelineOptions()
    pipeline = Pipeline(Port(camera), GreenEngine, MemorySink, standby=picture(STANDBY), options=options)
    pipeline.start()
    assert camera.stalled.wait(5)
    timer = threading.Timer(0.05, camera.go_on.set)
    timer.start()
    began = time.monotonic()
    pipeline.stop()
    assert time.monotonic() - began < 2
    assert pipeline.status().capture.left_behind == 0
    assert camera.closed_by


def test_status_and_submit_do_not_wait_for_a_stop_that_waits() -> None:
    camera = HangingCamera()
    pipeline = Pipeline(
        Port(camera), GreenEngine, MemorySink, standby=picture(STANDBY), options=PipelineOptions(stop_s=10)
    )
    pipeline.start()
    assert camera.stalled.wait(5)
    stopping = threading.Thread(target=pipeline.stop)
    stopping.start()
    until(lambda: not pipeline.status().running)
    assert stopping.is_alive()
    camera.go_on.set()
    stopping.join(5)
    assert not stopping.is_alive()


def test_submit_runs_in_the_animate_thread_at_once_although_no_frame_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animate, "_LOOK_UP_S", 60.0)
    with live_loop() as loop:
        assert loop.pipeline.submit(lambda _: threading.current_thread().name).result(5) == "avatarify animate"


def test_submit_sees_the_engine_and_its_exception_comes_back() -> None:
    def fails(_engine: GreenEngine) -> None:
        raise ValueError("no face in avatar.png")

    with live_loop() as loop:
        loop.animate()
        assert loop.pipeline.submit(lambda engine: engine.steps).result(5) == 1
        with pytest.raises(ValueError, match=r"avatar\.png"):
            loop.pipeline.submit(fails).result(5)
        loop.animate()
        assert loop.pipeline.status().animate.state is StageState.RUNNING


def test_submit_waits_for_the_engine_to_be_made() -> None:
    loads, go_on = threading.Event(), threading.Event()

    def slow() -> GreenEngine:
        loads.set()
        go_on.wait(10)
        return GreenEngine()

    loop = LiveLoop(slow)
    loop.pipeline.start()
    assert loads.wait(5)
    future = loop.pipeline.submit(lambda engine: engine.steps)
    assert loop.pipeline.status().animate.state is StageState.OPENING
    assert not future.done()
    go_on.set()
    assert future.result(5) == 0
    loop.clock.release()
    loop.camera.unplug()
    loop.pipeline.stop()


def test_submit_without_an_engine_says_why() -> None:
    def broken() -> GreenEngine:
        raise AvatarifyError("There is no model.", "Download it.")

    loop = LiveLoop(broken)
    with pytest.raises(AvatarifyError, match="has not been started"):
        loop.pipeline.submit(lambda engine: engine.steps).result(0)
    with live_loop(broken) as loop:
        until(lambda: loop.pipeline.status().animate.state is StageState.FAILED)
        with pytest.raises(AvatarifyError, match=r"There is no model\. Download it\."):
            loop.pipeline.submit(lambda engine: engine.steps).result(5)
    with pytest.raises(AvatarifyError):
        loop.pipeline.submit(lambda engine: engine.steps).result(0)


def test_engine_that_could_not_be_made_is_made_when_asked_and_only_then() -> None:
    made: list[int] = []

    def second_time() -> GreenEngine:
        made.append(1)
        if len(made) == 1:
            raise AvatarifyError("CUDA is out of memory.", "Close other programs.")
        return GreenEngine()

    with live_loop(second_time) as loop:
        loop.animate_state(StageState.FAILED)
        loop.moments(90)  # not so long that the camera, which gives nothing, is given up
        assert len(made) == 1
        assert loop.pipeline.status().animate.error == "CUDA is out of memory. Close other programs."
        loop.pipeline.restart_engine()
        loop.animate_state(StageState.RUNNING)
        loop.animate()
        assert loop.moments(1) == [AVATAR]


def test_engine_is_closed_before_the_next_one_is_made() -> None:
    order: list[str] = []

    class Noted(GreenEngine):
        def __init__(self) -> None:
            super().__init__()
            order.append("made")

        def close(self) -> None:
            order.append("closed")

    with live_loop(Noted, options=PipelineOptions(grace_s=10, align=False)) as loop:
        loop.pipeline.restart_engine()
        until(lambda: len(order) == 3)
        assert order == ["made", "closed", "made"]


def test_no_queue_grows_behind_a_slow_engine() -> None:
    """Behind an engine that takes the time of ten frames only the newest waits."""
    engine = HangingEngine(frames=0)
    with live_loop(lambda: engine) as loop:
        loop.feed()
        assert engine.hangs.wait(5)
        for _ in range(9):
            loop.feed()
        assert loop.pipeline.status().measured.dropped == 8
        engine.go_on.set()
        until(lambda: loop.pipeline.status().measured.animated_frames == 2)
        newest = loop.pipeline._desk.results.take(0)
        assert newest is not None
        assert newest.index == 9


def test_capped_engine_gets_fewer_frames() -> None:
    options = PipelineOptions(retry_s=0.01, engine_fps=10, align=False)
    with live_loop(options=options) as loop:
        for _ in range(30):
            loop.feed()
            until(lambda: not loop.pipeline._road.frames._items)
            loop.moments(1)
        until(lambda: loop.pipeline.status().measured.animated_frames >= 10)
        assert loop.pipeline.status().measured.animated_frames in (10, 11)
        assert loop.pipeline.status().measured.dropped == 0


def test_paused_engine_gets_no_frames_but_does_commands() -> None:
    with live_loop() as loop:
        loop.pipeline.pause()
        for _ in range(3):
            loop.feed()
        assert loop.pipeline.submit(lambda engine: engine.steps).result(5) == 0
        assert loop.pipeline.status().paused

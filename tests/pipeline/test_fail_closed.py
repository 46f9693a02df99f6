"""No camera pixel reaches the virtual camera, whatever breaks; and within a second there is the stand-by picture."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.pipeline import Pipeline
from avatarify.pipeline.status import StageState
from tests.fakes.live import (
    AVATAR,
    CAMERA,
    PAUSE,
    STANDBY,
    BrokenEngine,
    DyingEngine,
    FilmingCamera,
    GreenEngine,
    HangingEngine,
    LeakyEngine,
    MemorySink,
    UnpluggedCamera,
    picture,
    until,
)
from tests.pipeline.live_loop import LiveLoop, live_loop

SECOND = 30  # moments


def assert_standby_within_a_second(loop: LiveLoop) -> None:
    """From a moment at which an animated frame is a moment old."""
    colours = loop.moments(2 * SECOND)
    assert colours[: SECOND - 2] == [AVATAR] * (SECOND - 2)  # the last good frame is held ...
    assert colours[SECOND:] == [STANDBY] * SECOND  # ... and never poses as live for longer
    assert CAMERA not in loop.sink.colours


def test_before_the_first_animated_frame() -> None:
    with live_loop() as loop:
        assert loop.moments(3) == [STANDBY] * 3


def test_the_camera_frame_alone_shows_nothing() -> None:
    engine = HangingEngine(frames=0)
    with live_loop(lambda: engine) as loop:
        loop.feed()
        assert engine.hangs.wait(5)
        assert loop.moments(3) == [STANDBY] * 3
        engine.go_on.set()


def test_animate_thread_killed_mid_frame_by_system_exit() -> None:
    with live_loop(lambda: DyingEngine(frames=1)) as loop:
        loop.animate()
        assert loop.moments(1) == [AVATAR]
        loop.feed()
        loop.animate_state(StageState.FAILED)
        assert_standby_within_a_second(loop)
        assert "SystemExit: 3" in loop.pipeline.status().animate.error


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ends a thread through the C library")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_animate_thread_killed_mid_frame_by_the_operating_system() -> None:
    with live_loop(lambda: DyingEngine(frames=1, silently=True)) as loop:
        loop.animate()
        assert loop.moments(1) == [AVATAR]
        native = {thread.native_id for thread in threading.enumerate() if thread.name == "avatarify animate"}
        loop.feed()
        until(lambda: not native & _system_threads(), "for the thread's death")
        assert_standby_within_a_second(loop)
        loop.clock.advance(3)
        loop.animate_state(StageState.STALLED)  # nobody can hear of such a death: it looks like a call that hangs


def _system_threads() -> set[int]:
    from pathlib import Path

    return {int(path.name) for path in Path("/proc/self/task").iterdir()}


def test_engine_hangs_mid_frame_and_what_it_hands_over_later_is_only_its_own() -> None:
    engine = HangingEngine(frames=1)
    with live_loop(lambda: engine) as loop:
        loop.animate()
        assert loop.moments(1) == [AVATAR]
        loop.feed()
        assert engine.hangs.wait(5)
        assert_standby_within_a_second(loop)
        loop.clock.advance(1)
        loop.animate_state(StageState.STALLED)
        assert "The engine has not answered for" in loop.pipeline.status().animate.error
        engine.go_on.set()
        loop.animate_state(StageState.RUNNING)
        assert loop.moments(1) == [AVATAR]
        assert CAMERA not in loop.sink.colours


def test_engine_that_was_left_behind_cannot_show_anything() -> None:
    engines = [HangingEngine(frames=1), HangingEngine(frames=0)]
    hanging, second = engines
    with live_loop(lambda: engines.pop(0)) as loop:
        loop.animate()
        loop.feed()
        assert hanging.hangs.wait(5)
        loop.moments(2 * SECOND)
        loop.pipeline.restart_engine()
        until(lambda: not engines, "for the second engine")
        hanging.go_on.set()
        until(lambda: hanging.closed, "for the end of the first engine")
        assert loop.moments(3) == [STANDBY] * 3
        second.go_on.set()


def test_engine_raises_on_every_second_frame_and_the_loop_goes_on() -> None:
    with live_loop(BrokenEngine) as loop:
        loop.animate()  # frame 0
        assert loop.moments(1) == [AVATAR]
        loop.feed()  # frame 1
        loop.animate_state(StageState.TROUBLE)
        status = loop.pipeline.status()
        assert status.animate.error == "No face in frame 1. Come closer."
        assert status.measured.engine_errors == 1
        assert_standby_within_a_second(loop)
        loop.animate()  # frame 2
        assert loop.moments(1) == [AVATAR]
        assert loop.pipeline.status().animate.state is StageState.RUNNING


def test_engine_that_hands_the_camera_picture_on_is_refused() -> None:
    with live_loop(LeakyEngine) as loop:
        for _ in range(3):
            loop.feed()
            loop.moments(1)
        loop.animate_state(StageState.TROUBLE)
        assert "camera's own picture" in loop.pipeline.status().animate.error
        assert loop.sink.colours == {STANDBY}


def test_engine_that_cannot_be_made() -> None:
    def no_engine() -> GreenEngine:
        raise MemoryError("8 GB")

    with live_loop(no_engine) as loop:
        loop.animate_state(StageState.FAILED)
        loop.feed()
        assert loop.moments(3) == [STANDBY] * 3
        assert loop.pipeline.status().animate.error == "MemoryError: 8 GB"


def test_camera_unplugged() -> None:
    with live_loop() as loop:
        loop.animate()
        assert loop.moments(1) == [AVATAR]
        loop.camera.unplug()
        until(lambda: loop.pipeline.status().capture.state is StageState.TROUBLE)
        assert_standby_within_a_second(loop)


def test_pause_shows_the_pause_picture_and_nothing_of_before() -> None:
    with live_loop() as loop:
        loop.animate()
        assert loop.moments(1) == [AVATAR]
        loop.pipeline.pause()
        loop.pipeline.passthrough.switch_on()
        loop.feed()
        assert loop.moments(SECOND + 1) == [PAUSE] * (SECOND + 1)
        loop.pipeline.passthrough.switch_off()
        loop.pipeline.resume()
        assert loop.moments(1) == [STANDBY]
        loop.animate()
        assert loop.moments(1) == [AVATAR]


def test_camera_pictures_go_out_only_while_the_switch_is_on() -> None:
    with live_loop() as loop:
        loop.animate()
        assert not loop.pipeline.status().passthrough
        assert loop.moments(1) == [AVATAR]
        loop.pipeline.passthrough.switch_on()
        assert loop.moments(1) == [AVATAR]  # nothing has been let through yet
        loop.animate()
        assert loop.moments(1) == [CAMERA]
        assert loop.pipeline.status().passthrough
        loop.pipeline.passthrough.switch_off()
        assert loop.moments(1) == [AVATAR]


def test_a_let_through_picture_does_not_freeze_either() -> None:
    with live_loop() as loop:
        loop.pipeline.passthrough.switch_on()
        loop.animate()
        assert loop.moments(1) == [CAMERA]
        assert loop.moments(2 * SECOND)[SECOND:] == [STANDBY] * SECOND


def test_the_switch_is_off_after_every_kind_of_restart() -> None:
    with live_loop() as loop:
        switch = loop.pipeline.passthrough
        switch.switch_on()
        loop.pipeline.restart_engine()
        assert not switch.on
        switch.switch_on()
        loop.camera.unplug()
        until(lambda: not switch.on, "for the switch to fall when the camera is lost")
        switch.switch_on()
        loop.clock.release()
        loop.pipeline.stop()
        assert not switch.on
        switch.switch_on()
        loop.pipeline.start()
        assert not switch.on
        assert not loop.pipeline.status().passthrough


def test_the_switch_is_off_after_a_change_of_camera() -> None:
    with live_loop() as loop:
        loop.pipeline.passthrough.switch_on()
        other = FilmingCamera(clock=loop.clock)
        change = loop.pipeline.change_camera(lambda: other)
        until(lambda: loop.camera.give() or change.done())  # its thread looks up when it has read
        assert change.exception(0) is None
        assert not loop.pipeline.passthrough.on


def test_the_last_picture_of_all_is_the_standby_picture() -> None:
    with live_loop() as loop:
        loop.animate()
        assert loop.moments(1) == [AVATAR]
    assert loop.sink.sent[-1] == STANDBY
    assert loop.sink.closed == 1


def test_everything_breaks_at_once_in_real_time() -> None:
    """No clock of ours: cameras that go and come, an engine that fails and dies, a sink at 200 pictures a second."""
    cameras = (UnpluggedCamera(frames=frames) for frames in (1, 3, 5, 7, 10_000))
    engines = iter((BrokenEngine, LeakyEngine, lambda: DyingEngine(frames=2), BrokenEngine, GreenEngine))
    sink = MemorySink(fps=200)
    pipeline = Pipeline(
        lambda: next(cameras),
        lambda: next(engines)(),
        lambda: sink,
        standby=picture(STANDBY),
        options=PipelineOptions(retry_s=0.005, hold_s=0.02),
    )
    with pipeline:
        for _ in range(4):
            errors = pipeline.status().animate.errors
            until(lambda before=errors: pipeline.status().animate.errors > before, "for the engine's failure")
            pipeline.restart_engine()
        until(lambda: sink.sent.count(AVATAR) > 20)
        time.sleep(0.02)
    assert sink.colours == {AVATAR, STANDBY}

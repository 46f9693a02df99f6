"""The capture thread, on cameras that come, go and hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from avatarify.errors import CameraError
from avatarify.frame import Frame
from avatarify.pipeline.capture import Valve
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.pipeline import Pipeline
from avatarify.pipeline.status import StageState, StageStatus
from tests.fakes.live import (
    CAMERA,
    PATIENCE_S,
    STANDBY,
    FilmingCamera,
    GreenEngine,
    HandCamera,
    HangingCamera,
    MemorySink,
    Port,
    StallingCamera,
    UnpluggedCamera,
    picture,
    until,
)

QUICK = PipelineOptions(retry_s=0.005, stall_s=0.1, replace_s=0.2, open_s=0.2, grace_s=0.01, stop_s=0.2)


class Counted:
    """What comes of one camera after another."""

    def __init__(self, pipeline: Pipeline[GreenEngine], sink: MemorySink) -> None:
        self.pipeline = pipeline
        self.sink = sink

    @property
    def capture(self) -> StageStatus:
        return self.pipeline.status().capture

    @property
    def frames(self) -> int:
        return self.pipeline.status().measured.camera_frames

    def more_frames(self, count: int = 5) -> None:
        before = self.frames
        until(lambda: self.frames >= before + count, "for camera frames")


@contextmanager
def capturing(port: Port, options: PipelineOptions = QUICK) -> Iterator[Counted]:
    sink = MemorySink(fps=200)
    with Pipeline(port, GreenEngine, lambda: sink, standby=picture(STANDBY), options=options) as pipeline:
        yield Counted(pipeline, sink)
    assert CAMERA not in sink.colours


def test_no_camera_is_told_and_tried_again_until_there_is_one() -> None:
    port = Port(None, None, None, FilmingCamera())
    with capturing(port) as live:
        live.more_frames()
        status = live.capture
        assert (status.state, status.errors) == (StageState.RUNNING, 3)
        assert status.error == "There is no camera 0. Plug one in."
        assert port.opened == 4


def test_unplug_is_told_at_once_and_replug_needs_no_restart() -> None:
    unplugged, back = UnpluggedCamera(frames=3), FilmingCamera()
    with capturing(Port(unplugged, None, None, back)) as live:
        until(lambda: live.capture.errors)
        assert "The camera was unplugged" in live.capture.error or "no camera 0" in live.capture.error
        until(lambda: live.capture.state is StageState.RUNNING)
        live.more_frames()
        assert unplugged.closed_by == "avatarify capture"
    assert back.closed_by == "avatarify capture"


def test_stall_is_told_and_goes_on_by_itself_when_frames_come_back() -> None:
    camera = StallingCamera(frames=3)
    port = Port(camera)
    options = PipelineOptions(retry_s=0.005, stall_s=0.01, replace_s=60)
    with Pipeline(port, GreenEngine, MemorySink, standby=picture(STANDBY), options=options) as pipeline:
        until(lambda: pipeline.status().capture.state is StageState.STALLED)
        assert "The camera has not answered" in pipeline.status().capture.error
        camera.go_on.set()
        until(lambda: pipeline.status().capture.state is StageState.RUNNING)
        assert port.opened == 1


def test_camera_that_hangs_is_left_behind_and_the_next_one_taken() -> None:
    hanging, good = HangingCamera(), FilmingCamera()
    with capturing(Port(hanging, good)) as live:
        until(lambda: live.capture.state is StageState.RUNNING)
        live.more_frames()
        assert live.capture.left_behind == 1
        assert hanging.closed_by is None
        frames = live.pipeline.camera.subscribe()
        hanging.go_on.set()
        until(lambda: hanging.closed_by, "for the old thread to close its camera")
        until(lambda: live.capture.left_behind == 0)
        live.more_frames()
        newest = frames.take(5)
        assert newest is not None
        assert newest.index > 5  # not the frame 0 that the old camera gave at last


def test_opening_that_hangs_is_left_behind_too() -> None:
    go_on = threading.Event()
    good = FilmingCamera()
    opened: list[int] = []

    def open_source() -> FilmingCamera:
        opened.append(1)
        if len(opened) == 1:
            go_on.wait(10)
            return late
        return good

    late = FilmingCamera()
    pipeline = Pipeline(open_source, GreenEngine, MemorySink, standby=picture(STANDBY), options=QUICK)
    with pipeline:
        until(lambda: pipeline.status().measured.camera_frames > 3)
        assert "Opening the camera has not answered" in pipeline.status().capture.error
        go_on.set()
        until(lambda: late.closed_by)


def test_any_exception_of_a_driver_is_trouble_and_no_end() -> None:
    class OddCamera(FilmingCamera):
        def read(self) -> Frame:
            raise ZeroDivisionError("fps")

        def close(self) -> None:
            raise OSError("already closed")

    with capturing(Port(OddCamera(), FilmingCamera())) as live:
        until(lambda: live.capture.state is StageState.RUNNING)
        live.more_frames()
        assert live.capture.errors == 2


def test_a_camera_thread_that_exits_is_started_anew() -> None:
    class Exiting(FilmingCamera):
        def read(self) -> Frame:
            raise SystemExit

    with capturing(Port(Exiting(), FilmingCamera())) as live:
        live.more_frames()
        assert live.capture.state is StageState.RUNNING
        assert "SystemExit" in live.capture.error


def test_change_of_camera_keeps_the_old_one_until_the_new_one_works() -> None:
    first, second = FilmingCamera(), FilmingCamera()
    with capturing(Port(first)) as live:
        live.more_frames()
        with pytest.raises(CameraError, match="no camera 0"):
            live.pipeline.change_camera(Port(None)).result(5)
        assert first.closed_by is None
        live.more_frames()
        port = Port(second)
        live.pipeline.change_camera(port).result(5)
        assert first.closed_by == "avatarify capture"
        live.more_frames()
        assert port.opened == 1
        assert live.capture.state is StageState.RUNNING


def test_change_of_camera_that_hangs_is_answered() -> None:
    go_on = threading.Event()

    def hangs() -> FilmingCamera:
        go_on.wait(10)
        return late

    late, first = FilmingCamera(), FilmingCamera()
    with capturing(Port(first)) as live:
        live.more_frames()
        change = live.pipeline.change_camera(hangs)
        with pytest.raises(CameraError, match="hangs"):
            change.result(5)
        live.more_frames()
        go_on.set()
        until(lambda: late.closed_by)


class SlowPort(Port):
    """Opens its cameras when the test lets it."""

    def __init__(self, *cameras: FilmingCamera | None) -> None:
        super().__init__(*cameras)
        self.opening = threading.Event()
        self.may_open = threading.Event()

    def __call__(self) -> FilmingCamera | HandCamera:
        self.opening.set()
        self.may_open.wait(PATIENCE_S)
        return super().__call__()


UNHURRIED = PipelineOptions(retry_s=0.005, stop_s=0.5)


def test_frames_keep_coming_while_another_camera_opens() -> None:
    first, second = FilmingCamera(), FilmingCamera()
    slow = SlowPort(second)
    with capturing(Port(first), UNHURRIED) as live:
        change = live.pipeline.change_camera(slow)
        assert slow.opening.wait(PATIENCE_S)
        live.more_frames(20)
        assert live.capture.state is StageState.RUNNING
        assert not change.done()
        assert first.closed_by is None
        slow.may_open.set()
        change.result(PATIENCE_S)
        assert first.closed_by == "avatarify capture"
        live.more_frames()
        assert second.closed_by is None
    assert second.closed_by == "avatarify capture"


def test_a_change_of_camera_can_be_cancelled_while_it_opens() -> None:
    first, late = FilmingCamera(), FilmingCamera()
    slow = SlowPort(late)
    with capturing(Port(first), UNHURRIED) as live:
        change = live.pipeline.change_camera(slow)
        assert slow.opening.wait(PATIENCE_S)
        assert change.cancel()
        live.more_frames()
        slow.may_open.set()
        until(lambda: late.closed_by == "avatarify camera change")
        live.more_frames()
        assert first.closed_by is None


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_newer_change_of_camera_waits_for_the_one_before_to_let_go(cancelled: bool) -> None:
    first, late, third = FilmingCamera(), FilmingCamera(), FilmingCamera()
    slow, free_when_opened = SlowPort(late), list[bool]()

    def same_device() -> FilmingCamera:
        free_when_opened.append(late.closed_by is not None)
        return third

    with capturing(Port(first), PipelineOptions(retry_s=0.005, stop_s=0.5, grace_s=PATIENCE_S)) as live:
        before = live.pipeline.change_camera(slow)
        assert slow.opening.wait(PATIENCE_S)
        if cancelled:
            before.cancel()
            live.more_frames()
        change = live.pipeline.change_camera(same_device)
        until(before.cancelled)
        live.more_frames()
        assert not free_when_opened
        slow.may_open.set()
        change.result(PATIENCE_S)
        assert free_when_opened == [True]
        live.more_frames()
        assert first.closed_by == "avatarify capture"


def test_another_camera_is_waited_for_where_the_present_one_is_lost() -> None:
    hand, second = HandCamera(), FilmingCamera()
    port, slow = Port(hand), SlowPort(second)
    with capturing(port, PipelineOptions(retry_s=60.0, stop_s=0.5)) as live:
        change = live.pipeline.change_camera(slow)
        until(lambda: hand.give() or slow.opening.is_set())
        hand.unplug()
        until(lambda: hand.closed_by)
        assert not change.done()
        slow.may_open.set()
        change.result(PATIENCE_S)
        live.more_frames()
        assert port.opened == 1


def test_everybody_who_subscribes_sees_the_camera() -> None:
    with capturing(Port(FilmingCamera())) as live:
        frame = live.pipeline.camera.subscribe().take(5)
        assert frame is not None
        assert tuple(frame.image[0, 0]) == CAMERA


def at(times: list[float], valve: Valve) -> list[float]:
    image = picture(CAMERA)
    return [time for number, time in enumerate(times) if valve.lets_through(Frame(image, number, time))]


@pytest.mark.parametrize(("camera_fps", "most_fps"), [(30, 15), (30, 20), (30, 10), (60, 24), (30, 7)])
def test_valve_meets_the_rate_on_average(camera_fps: float, most_fps: float) -> None:
    times = [number / camera_fps + 0.002 * (number % 3) for number in range(int(camera_fps * 20))]
    assert len(at(times, Valve(most_fps))) == pytest.approx(most_fps * 20, abs=1.01 + 0.01 * most_fps * 20)


def test_valve_does_not_thin_out_a_camera_of_the_same_rate_that_jitters() -> None:
    times = [number / 30 + 0.006 * ((number * 7) % 3 - 1) for number in range(600)]
    assert len(at(times, Valve(30))) >= 595


def test_valve_after_a_pause_has_no_burst() -> None:
    valve = Valve(10)
    at([number / 30 for number in range(30)], valve)
    assert len(at([100 + number / 30 for number in range(30)], valve)) in (10, 11)


def test_valve_shut_or_without_limit() -> None:
    valve = Valve(None)
    times = [number / 30 for number in range(9)]
    assert at(times, valve) == times
    valve.shut = True
    assert at(times, valve) == []


def test_reading_does_not_wait_for_a_slow_engine() -> None:
    class Sleepy(GreenEngine):
        def step(self, frame: Frame) -> Frame:
            time.sleep(0.03)
            return super().step(frame)

    pipeline = Pipeline(Port(FilmingCamera()), Sleepy, MemorySink, standby=picture(STANDBY), options=QUICK)
    with pipeline:
        until(lambda: pipeline.status().measured.animated_frames >= 3)
        told = pipeline.status().measured
    assert told.dropped > told.animated_frames
    assert told.camera_frames >= told.dropped + told.animated_frames


def test_change_of_camera_whose_thread_exits_is_answered() -> None:
    def exits() -> FilmingCamera:
        raise SystemExit

    with capturing(Port(FilmingCamera())) as live:
        live.more_frames()
        with pytest.raises(CameraError, match="its thread ended"):
            live.pipeline.change_camera(exits).result(5)
        live.more_frames()


def test_trouble_is_told_all_the_time_until_a_frame_comes() -> None:
    seen: set[StageState] = set()
    port = Port(None, None, None, hanging := HangingCamera())
    pipeline = Pipeline(
        port, GreenEngine, MemorySink, standby=picture(STANDBY), options=PipelineOptions(retry_s=0.005, stop_s=0.05)
    )
    with pipeline:
        until(lambda: pipeline.status().capture.errors)
        while not hanging.stalled.is_set():
            seen.add(pipeline.status().capture.state)
        seen.add(pipeline.status().capture.state)
    hanging.go_on.set()
    assert seen == {StageState.TROUBLE}

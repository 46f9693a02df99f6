"""The virtual camera of a call: opened and closed while it goes on, recorded, and never a face where there should be none."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import MediaError, NotReadyError, VirtualCameraError
from avatarify.live.output import Output
from avatarify.live.request import LiveRequest
from avatarify.media.video_reader import VideoReader
from avatarify.media.video_writer import VideoWriter
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.status import StageState
from avatarify.virtual_camera.composition import Look
from avatarify.virtual_camera.memory_camera import MemoryVirtualCamera
from avatarify.virtual_camera.recorder import Recorder, RecorderStatus
from tests.fakes.devices import SIZE
from tests.fakes.live import PATIENCE_S, until
from tests.live.stage import Stage, standby


def animated(stage: Stage) -> bool:
    return bool(stage.outputs) and bool(stage.outputs[-1].pictures) and not np.array_equal(stage.picture(), standby())


def test_a_call_is_previewed_without_a_virtual_camera_until_it_is_opened(folder: Path) -> None:
    stage = Stage(folder, output=False)
    with stage.live as live:
        status = stage.wait_for(Showing.ANIMATED)
        assert status.virtual_camera is None
        assert stage.outputs == []
        assert not live.status().retries_output
        live.open_output().result(5)
        assert live.status().virtual_camera == "no output"
        until(lambda: live.status().retries_output)  # when it is lost
        until(lambda: animated(stage))


def test_closing_shows_the_standby_picture_last_and_the_call_goes_on(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    until(lambda: animated(stage))
    stage.live.close_output().result(5)
    closed = stage.outputs[-1]
    assert closed.closed, "nobody sees a camera in use"
    assert np.array_equal(closed.pictures[-1], standby())
    status = stage.live.status()
    assert status.virtual_camera is None
    until(lambda: not stage.live.status().retries_output)
    assert status.pipeline.output.state is not StageState.TROUBLE
    before = status.pipeline.measured.animated_frames
    until(lambda: stage.live.status().pipeline.measured.animated_frames > before + 3)
    sent = closed.sent
    stage.live.open_output().result(5)
    assert len(stage.outputs) == 2
    until(lambda: animated(stage))
    assert closed.sent == sent


def test_passthrough_is_off_after_opening_and_after_closing(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    for change in (stage.live.close_output, stage.live.open_output):
        stage.live.pipeline.passthrough.switch_on()
        change().result(5)
        assert not stage.live.status().pipeline.passthrough


def test_one_that_is_lost_is_opened_again_on_its_own_device_only(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    until(lambda: stage.outputs and stage.outputs[0].sent)
    stage.live.pipeline.passthrough.switch_on()
    stage.free_output = "another program's"  # and nothing else that is free
    stage.outputs[0].vanish()
    until(lambda: len(stage.outputs) == 2 and stage.outputs[1].sent)
    assert not stage.live.status().pipeline.passthrough
    assert [output.device for output in stage.outputs] == ["memory", "memory"]
    stage.live.close_output().result(5)
    stage.live.open_output().result(5)
    assert stage.outputs[-1].device == "another program's", "the user has chosen anew"


def test_opening_twice_opens_one_and_leaves_it_open(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.live.open_output().result(5)
    stage.live.open_output().result(5)
    assert len(stage.outputs) == 1
    assert not stage.outputs[0].closed
    sent = stage.outputs[0].sent
    until(lambda: stage.outputs[0].sent > sent + 2)


def test_what_cannot_be_opened_is_told_until_it_works(folder: Path) -> None:
    stage = Stage(folder, output=False)
    stage.driver_works = False
    with stage.live as live:
        stage.wait_for(Showing.ANIMATED)
        with pytest.raises(VirtualCameraError, match="no virtual camera"):
            live.open_output().result(5)
        sent = live.status().pipeline.measured.sent
        until(lambda: live.status().pipeline.measured.sent > sent + 3)
        status = live.status()
        assert status.virtual_camera is None
        assert status.pipeline.output.state is StageState.TROUBLE
        assert status.pipeline.output.error == "There is no virtual camera. Load v4l2loopback."
        stage.driver_works = True
        live.open_output().result(5)
        until(lambda: live.status().pipeline.output.state is StageState.RUNNING)


def test_closing_ends_the_attempts_to_open(folder: Path) -> None:
    stage = Stage(folder)
    stage.driver_works = False
    with stage.live as live:
        until(lambda: live.status().pipeline.output.state is StageState.TROUBLE)
        assert live.status().virtual_camera is None
        live.close_output().result(5)
        stage.driver_works = True
        until(lambda: live.status().pipeline.output.state is StageState.RUNNING)
        sent = live.status().pipeline.measured.sent
        until(lambda: live.status().pipeline.measured.sent > sent + 40, "more than the second after which it is tried")
        assert stage.outputs == []


def test_what_the_call_sees_is_recorded_over_opening_and_closing(stage: Stage, tmp_path: Path) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.live.record(tmp_path / "call.mp4")
    with pytest.raises(MediaError, match="going on"):
        stage.live.record(tmp_path / "other.mp4")

    def frames() -> int:
        recording = stage.live.status().recording
        return recording.frames if recording is not None else 0

    until(lambda: frames() > 5)
    stage.live.close_output().result(5)
    before = frames()
    until(lambda: frames() > before + 3)
    ended = stage.live.stop_recording()
    assert ended is not None
    assert ended.error is None
    with VideoReader(tmp_path / "call.mp4") as reader:
        assert (reader.info.width, reader.info.height) == SIZE
    assert stage.live.stop_recording() is None


def test_the_look_holds_for_the_next_virtual_camera(folder: Path) -> None:
    stage = Stage(folder, output=False)
    with stage.live as live:
        stage.wait_for(Showing.ANIMATED)
        live.change_look(Look(badge=False))
        live.open_output().result(5)
        until(lambda: animated(stage))
        sides = stage.picture()[:, :20]
        assert live.look == Look(badge=False)
        assert sides.std() > 0, "blurred ground"


def test_the_engine_rests_while_the_window_is_hidden_and_wakes_with_it(folder: Path) -> None:
    stage = Stage(folder, output=False, on_preview=lambda: None)
    with stage.live as live:
        stage.wait_for(Showing.ANIMATED)
        assert not live.status().pipeline.resting, "somebody looks"
        live.watch(watching=False)
        until(lambda: live.status().pipeline.resting)
        stage.wait_for(Showing.STANDBY)
        with pytest.raises(NotReadyError, match="at rest, since nobody looks"):
            live.calibrate().result(0)
        live.watch(watching=True)
        assert not live.status().pipeline.resting
        stage.wait_for(Showing.ANIMATED)


def test_it_does_not_rest_before_it_is_calibrated(folder: Path) -> None:
    stage = Stage(folder, output=False)
    live = stage.live
    live.watch(watching=False)
    with live:
        until(lambda: live.status().session.calibrated)
        until(lambda: live.status().pipeline.resting)


def test_a_call_that_only_the_terminal_sees_does_not_rest(folder: Path) -> None:
    stage = Stage(folder, output=False)
    with stage.live as live:
        stage.wait_for(Showing.ANIMATED)
        before = live.status().pipeline.measured.sent
        until(lambda: live.status().pipeline.measured.sent > before + 20, "it asks four times a second")
        assert not live.status().pipeline.resting


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell who has a camera open")
def test_it_is_told_whether_a_program_has_the_virtual_camera_open(tmp_path: Path) -> None:
    device = tmp_path / "video9"
    device.write_bytes(b"")
    output = Output(
        LiveRequest(model=tmp_path / "none", size=SIZE), lambda *_: MemoryVirtualCamera(str(device), size=SIZE)
    )
    assert output.in_use is None
    output.open()
    until(lambda: output.in_use is False)
    with subprocess.Popen(["tail", "-f", device]) as reader:
        try:
            until(lambda: output.in_use is True)
            assert output.reader == "tail"
        finally:
            reader.kill()
    output.open_none()
    assert output.in_use is None
    assert output.reader is None


def test_one_that_came_too_late_and_was_closed_again_is_not_the_one_in_use(folder: Path) -> None:
    """Whoever waited for it has gone on with another; the window must not say that the virtual camera is off."""
    request = LiveRequest(folder / "x", size=SIZE)
    output = Output(request, lambda *_: MemoryVirtualCamera(size=SIZE))
    used, late = output.open(), output.open_none()
    assert output.virtual_camera is None
    late.close()
    assert output.virtual_camera == "no output"
    assert output.open() is used
    mirrored = Look(mirror=True)
    output.look = mirrored
    assert used.look == mirrored
    used.close()
    assert output.virtual_camera is None


def test_a_recording_that_takes_long_to_begin_keeps_nobody_waiting_at_the_end(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, may_open = threading.Event(), threading.Event()

    class SlowWriter(VideoWriter):
        def __init__(self, path: Path, *, size: tuple[int, int], fps: float, crf: int, live: bool) -> None:
            opening.set()
            may_open.wait(PATIENCE_S)
            super().__init__(path, size=size, fps=fps, crf=crf, live=live)

    monkeypatch.setattr("avatarify.virtual_camera.recorder.VideoWriter", SlowWriter)
    stage.wait_for(Showing.ANIMATED)
    refused: list[MediaError] = []

    def record() -> None:
        try:
            stage.live.record(tmp_path / "film.mp4")
        except MediaError as error:
            refused.append(error)

    recording = threading.Thread(target=record)
    recording.start()
    assert opening.wait(PATIENCE_S)
    with pytest.raises(MediaError, match="going on"):
        stage.live.record(tmp_path / "other.mp4")
    stage.live.stop()
    assert stage.let_go
    assert recording.is_alive(), "the file is still being opened"
    may_open.set()
    recording.join(PATIENCE_S)
    assert [error.message for error in refused] == ["The recording was ended before it had begun."]
    assert stage.live.ended_recording is None
    until(lambda: not list(tmp_path.glob("*.mp4")), "for the empty film to be thrown away")


def test_a_recording_that_takes_long_to_finish_keeps_no_camera_open(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cameras_closed: list[bool] = []
    stop = Recorder.stop

    def watched(recorder: Recorder) -> RecorderStatus:
        cameras_closed.append(stage.outputs[-1].closed)
        return stop(recorder)

    monkeypatch.setattr(Recorder, "stop", watched)
    stage.wait_for(Showing.ANIMATED)
    path = tmp_path / "film.mp4"
    stage.live.record(path)
    until(lambda: (recording := stage.live.status().recording) is not None and recording.frames > 2)
    stage.live.stop()
    assert cameras_closed == [True]
    with VideoReader(path) as film:
        pictures = list(film)
    assert not np.allclose(pictures[-1].image, standby(), atol=12), "the end of the call is not in the film"

"""The whole live call on real parts, but for the devices."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from avatarify.avatars import Avatar, Avatars, FaceTools
from avatarify.camera.camera import Camera
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import CameraError, MediaError, NotReadyError, RuntimeUnavailableError, SettingsError
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.live.engine import LiveEngine
from avatarify.live.request import EngineRequest, LiveRequest
from avatarify.media.images import read_image
from avatarify.paths import AVATARS
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.status import StageState
from avatarify.runtime.base import Runtime
from avatarify.session import CalibratedBy, Session
from avatarify.settings import MotionSettings, Settings
from avatarify.virtual_camera.composition import Look
from tests.fakes.disks import HangingDisk
from tests.fakes.live import PATIENCE_S, until
from tests.live.stage import BY_HAND, LOW, Lowered, Stage, pause_picture, standby


def test_a_call_calibrates_itself_and_shows_the_avatar(stage: Stage) -> None:
    status = stage.wait_for(Showing.ANIMATED)
    assert status.avatar == "ilse"
    assert status.session.calibrated_by is CalibratedBy.ITSELF
    assert status.runtime is not None
    assert status.virtual_camera == "no output"
    assert (status.camera, status.model) == ("a test", stage.model("tiny"))
    until(lambda: not np.array_equal(stage.picture(), standby()))
    assert stage.picture().shape == (480, 640, 3)


def test_before_the_calibration_the_call_sees_the_standby_picture(folder: Path) -> None:
    stage = Stage(folder, BY_HAND)
    with stage.live:
        until(lambda: stage.live.status().pipeline.measured.engine_errors > 2)
        assert np.array_equal(stage.picture(), standby())
        until(lambda: stage.live.calibrate().exception() is None)
        stage.wait_for(Showing.ANIMATED)


def test_avatars_are_chosen_by_name_number_and_in_turn(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.live.show_avatar(2).result(5)
    assert stage.live.status().avatar == "kofi"
    stage.live.next_avatar().result(5)
    assert stage.live.status().avatar == "ilse", "the one that cannot be used is passed over"
    stage.live.next_avatar(-1).result(5)
    assert stage.live.status().avatar == "kofi"
    with pytest.raises(MediaError, match="no avatar 'nobody'"):
        stage.live.show_avatar("nobody")
    with pytest.raises(MediaError, match="'wall' cannot be used"):
        stage.live.show_avatar("wall")
    assert stage.live.status().avatar == "kofi"


def test_all_avatars_are_encoded_ahead(stage: Stage) -> None:
    until(lambda: all(avatar.source is not None for avatar in stage.live.avatars.all if avatar.usable))
    shutil.copy(AVATARS / "zola.png", stage.live.request.folders[0])
    assert "zola" in [avatar.name for avatar in stage.live.reload_avatars()]
    until(lambda: stage.live.avatars.find("zola").source is not None)


def test_a_lost_camera_ends_in_the_standby_picture_and_comes_back(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.plugged = False
    status = stage.wait_for(Showing.STANDBY)
    assert "unplugged" in status.pipeline.capture.error
    until(lambda: np.array_equal(stage.picture(), standby()))
    stage.plugged = True
    stage.wait_for(Showing.ANIMATED)


def test_pause_shows_its_own_picture_and_no_face(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.live.pipeline.pause()
    stage.wait_for(Showing.PAUSED)
    until(lambda: np.array_equal(stage.picture(), pause_picture()))
    assert not np.array_equal(pause_picture(), standby())
    with pytest.raises(NotReadyError, match="is paused"):
        stage.live.calibrate().result(0)  # there is no newest frame
    stage.live.pipeline.resume()
    stage.wait_for(Showing.ANIMATED)


def test_settings_and_look_change_at_once(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.live.change(Settings(motion=MotionSettings(strength=0.0))).result(5)
    stage.live.change_look(Look(mirror=True))
    assert stage.live.look.mirror


def test_the_newest_look_at_the_face_can_be_drawn(stage: Stage) -> None:
    assert Stage(stage.folder).live.face() is None
    until(lambda: (state := stage.live.face()) is not None and not state.lost, "for a face")
    state = stage.live.face()
    assert state is not None
    assert state.mesh is not None
    assert state.mesh.points.shape == (468, 2)
    inside = (state.mesh.points > -20) & (state.mesh.points < (180, 140))
    assert inside.all(), "in pixels of the camera's picture, 160x120"


def test_a_still_is_what_the_call_sees(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    still = stage.live.still()
    assert still.shape == (480, 640, 3)
    assert not np.array_equal(still, standby())
    stage.live.pipeline.pause()
    until(lambda: np.array_equal(stage.picture(), pause_picture()))
    still = stage.live.still()
    assert np.array_equal(still, pause_picture())
    still[:] = 0
    assert np.array_equal(stage.live.still(), pause_picture()), "the caller's own"


def test_before_the_start_a_still_is_the_standby_picture(folder: Path) -> None:
    assert np.array_equal(Stage(folder).live.still(), standby())


def test_a_calibration_is_remembered_for_the_next_call(folder: Path) -> None:
    first = Stage(folder)
    with first.live:
        first.wait_for(Showing.ANIMATED)
    second = Stage(folder, BY_HAND)
    with second.live:
        assert second.wait_for(Showing.ANIMATED).session.calibrated_by is CalibratedBy.MEMORY


def test_an_avatar_that_is_not_there_is_told_and_nothing_runs_on(folder: Path) -> None:
    stage = Stage(folder, avatar="nobody")
    with pytest.raises(MediaError, match="nobody"):
        stage.live.start()
    assert not stage.live.status().pipeline.running
    assert all(output.closed for output in stage.outputs)
    stage.live.stop()


def test_looks_while_the_model_is_loaded_count(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []
    monkeypatch.setattr(Session, "looked_before", lambda _, seconds: told.append(seconds))
    stage = Stage(folder)
    stage.may_load.clear()
    began = time.monotonic()
    with stage.live:
        until(lambda: (state := stage.live.face()) is not None and not state.lost)
        stage.may_load.set()
        stage.wait_for(Showing.ANIMATED)
    assert len(told) == 1
    assert 0 < told[0] < time.monotonic() - began


def test_a_call_begins_without_what_reads_and_writes_films() -> None:
    """It takes a tenth of a second to import, for which the first picture would wait."""
    code = "import sys, avatarify.live.live; print('av' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert ran.stdout == "False\n"


class SlowShelf(Avatars):
    """Its pictures are read only when the test lets them be."""

    def __init__(self, folder: Path) -> None:
        super().__init__((folder,), read_image, FaceTools(FaceSearch(), FaceMesh()), size=128)
        self.may_read = threading.Event()

    def reload(self) -> tuple[Avatar, ...]:
        self.may_read.wait(30)
        return super().reload()


def test_the_model_is_loaded_and_the_face_looked_for_while_the_avatars_are_read(folder: Path) -> None:
    shelf = SlowShelf(folder / "avatars")
    stage = Stage(folder, avatars=shelf)
    starting = threading.Thread(target=stage.live.start)
    starting.start()
    until(lambda: stage.runtimes and stage.live.face() is not None)
    assert stage.live.status().avatar is None
    shelf.may_read.set()
    starting.join(30)
    try:
        assert stage.wait_for(Showing.ANIMATED).avatar == "ilse"
    finally:
        stage.live.stop()


def test_a_camera_that_opens_too_late_is_not_the_one_in_use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    may_open, opened = threading.Event(), threading.Event()

    def slow(_: str) -> Camera:
        may_open.wait(30)
        opened.set()
        return SyntheticCamera(size=(160, 120))

    monkeypatch.setattr("avatarify.live.live.open_camera", slow)
    stage = Stage(folder, pipeline=PipelineOptions(stall_s=0.2, replace_s=1.0, open_s=0.3))
    with stage.live:
        until(lambda: stage.live.status().pipeline.measured.camera_frames)
        with pytest.raises(CameraError):
            stage.live.change_camera("late").result(30)
        may_open.set()
        until(opened.is_set)
        until(lambda: stage.live.status().pipeline.capture.left_behind == 0)
        assert stage.live.status().camera == "a test"
        stage.live.change_camera("in time").result(30)
        assert stage.live.status().camera == "in time"


def test_a_recording_that_goes_on_when_the_call_ends_is_told_afterwards(folder: Path) -> None:
    stage = Stage(folder)
    with stage.live:
        stage.wait_for(Showing.ANIMATED)
        stage.live.record(folder / "film.mp4")
        until(lambda: (film := stage.live.status().recording) is not None and film.frames > 2)
        assert stage.live.ended_recording is None
    ended = stage.live.ended_recording
    assert ended is not None
    assert ended.path == folder / "film.mp4"
    assert ended.path.exists()


def test_it_ends_within_two_seconds_and_leaves_the_standby_picture(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    began = time.monotonic()
    stage.live.stop()
    assert time.monotonic() - began < 3.5, "two seconds on an idle machine"
    assert np.array_equal(stage.picture(), standby())
    assert stage.outputs[-1].closed
    stage.live.stop()


def test_camera_and_virtual_camera_are_let_go_before_anything_is_written(
    stage: Stage, hanging_disk: HangingDisk
) -> None:
    stage.wait_for(Showing.ANIMATED)
    hanging_disk.stuck = True
    stopping = threading.Thread(target=stage.live.stop)
    stopping.start()
    until(lambda: stage.let_go)
    assert hanging_disk.hangs.wait(PATIENCE_S)
    assert stopping.is_alive()
    hanging_disk.go_on.set()
    stopping.join(PATIENCE_S)


def test_recording_before_there_is_a_picture_is_told(folder: Path) -> None:
    with pytest.raises(NotReadyError, match="nothing to record"):
        Stage(folder).live.record(folder / "early.mp4")


@pytest.mark.parametrize("fps", [0.5, 1000.0, float("nan")])
def test_a_cap_out_of_range_is_refused(fps: float) -> None:
    with pytest.raises(SettingsError, match=f"fps_cap is {fps}"):
        LiveRequest(Path("x"), fps_cap=fps)


def test_doing_less_is_told_reaches_every_part_and_leaves_no_gap(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    assert stage.live.status().governor.level.number == 0
    seen = stage.live.pipeline.shown.subscribe_queue(2000)

    def lower(engine: LiveEngine) -> None:
        engine.pace = Lowered((engine.pace.level,), on=True)

    stage.live.pipeline.submit(lower).result(5)
    until(lambda: stage.live.status().governor.level is LOW)
    source = stage.live.pipeline.submit(lambda engine: engine.session.scene.source).result(5)
    assert source is not None
    assert source.image.shape[0] == LOW.portrait_size
    assert stage.live.pipeline.engine_fps == LOW.engine_fps
    frames = stage.live.status().pipeline.measured.animated_frames
    until(lambda: stage.live.status().pipeline.measured.animated_frames > frames + 2)
    while (picture := seen.take(0.0)) is not None:
        assert picture.showing is not Showing.STANDBY


class FailingStage(Stage):
    """Its engine cannot be made a second time, for a reason that only the driver knows."""

    def load(self, wanted: EngineRequest) -> Runtime:
        if self.runtimes:
            raise RuntimeError("out of memory")
        return super().load(wanted)


def test_a_call_whose_engine_has_failed_ends_all_the_same(folder: Path) -> None:
    stage = FailingStage(folder)
    stage.live.start()
    stage.wait_for(Showing.ANIMATED)
    stage.live.pipeline.restart_engine()
    until(lambda: stage.live.status().pipeline.animate.state is StageState.FAILED)
    stage.live.stop()
    assert not stage.live.status().pipeline.running
    assert stage.outputs[-1].closed


def test_an_avatar_that_cannot_be_shown_is_not_the_one_that_is(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.wait_for(Showing.ANIMATED)

    def refuse(*_: object) -> None:
        raise RuntimeUnavailableError("out of memory", "Choose a smaller one.")

    monkeypatch.setattr(LiveEngine, "_source", refuse)
    with pytest.raises(RuntimeUnavailableError):
        stage.live.show_avatar("kofi").result(5)
    assert stage.live.status().avatar == "ilse"


def test_an_avatar_that_is_given_up_before_its_turn_is_not_the_one_that_is_shown(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    go_on = threading.Event()
    busy = stage.live.pipeline.submit(lambda _: go_on.wait(10))
    wanted = stage.live.show_avatar("kofi")
    assert stage.live.status().avatar == "kofi"
    assert wanted.cancel()
    assert stage.live.status().avatar == "ilse"
    go_on.set()
    busy.result(10)

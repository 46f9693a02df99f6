"""The whole live call on real parts, but for the devices: a drawn performer, a tiny network, a virtual camera in memory."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.errors import CameraError, MediaError, NotReadyError
from avatarify.frame import Frame, Image
from avatarify.live.live import Live
from avatarify.live.request import LiveRequest, LiveStatus
from avatarify.media.images import write_image
from avatarify.media.video_reader import VideoReader
from avatarify.paths import AVATARS
from avatarify.pipeline.gate import Showing
from avatarify.runtime.base import Runtime
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from avatarify.session import CalibratedBy
from avatarify.settings import CalibrationSettings, MotionSettings, Settings
from avatarify.virtual_camera.composition import Look
from avatarify.virtual_camera.memory_camera import MemoryVirtualCamera
from avatarify.virtual_camera.standby import load_standby
from tests.fakes.live import until
from tests.fakes.models import tiny_model

SIZE = (640, 480)


class PluggedCamera(SyntheticCamera):
    """A film of the performer, until somebody pulls the plug of its stage."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(size=(160, 120), fps=15)
        self._stage = stage

    def read(self) -> Frame:
        if not self._stage.plugged:
            raise CameraError("The camera was unplugged.", "Plug it in.")
        return super().read()


class Stage:
    """A live call and what stands in for its devices."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.outputs: list[MemoryVirtualCamera] = []
        request = LiveRequest(
            folder / "tiny.safetensors",
            camera="a test",
            folders=(folder / "avatars",),
            size=SIZE,
            portrait_size=128,
            settings=settings or Settings(calibration=CalibrationSettings(first_s=0.1)),
        )
        self.live = Live(request, open_source=self.film, open_output=self.output, load=self.runtime)
        self.plugged = True

    def film(self) -> SyntheticCamera:
        return PluggedCamera(self)

    def output(self, standby: Image) -> MemoryVirtualCamera:
        self.outputs.append(MemoryVirtualCamera(size=SIZE, fps=30))
        return self.outputs[-1]

    @staticmethod
    def runtime() -> Runtime:
        return EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test"))

    def wait_for(self, showing: Showing) -> LiveStatus:
        until(lambda: self.live.status().pipeline.showing is showing, f"for {showing}: {self.live.status()}")
        return self.live.status()

    def picture(self) -> Image:
        return self.outputs[-1].pictures[-1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "avatars").mkdir()
    for name in ("ilse", "kofi"):
        shutil.copy(AVATARS / f"{name}.png", tmp_path / "avatars")
    write_image(tmp_path / "avatars" / "wall.png", np.full((64, 64, 3), 99, np.uint8))
    return tmp_path


@pytest.fixture
def stage(folder: Path) -> Iterator[Stage]:
    stage = Stage(folder)
    with stage.live:
        yield stage


def standby() -> Image:
    return load_standby(SIZE).image


def test_a_call_calibrates_itself_and_shows_the_avatar(stage: Stage) -> None:
    status = stage.wait_for(Showing.ANIMATED)
    assert status.avatar == "ilse"
    assert status.session.calibrated_by is CalibratedBy.ITSELF
    assert status.runtime is not None
    assert status.virtual_camera == "no output"
    until(lambda: not np.array_equal(stage.picture(), standby()))
    assert stage.picture().shape == (480, 640, 3)


def test_before_the_calibration_the_call_sees_the_standby_picture(folder: Path) -> None:
    stage = Stage(folder, Settings(calibration=CalibrationSettings(automatic=False)))
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


def test_pause_shows_no_face(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.live.pipeline.pause()
    stage.wait_for(Showing.PAUSED)
    until(lambda: np.array_equal(stage.picture(), standby()))
    stage.live.pipeline.resume()
    stage.wait_for(Showing.ANIMATED)


def test_settings_and_look_change_at_once(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.live.change(Settings(motion=MotionSettings(strength=0.0))).result(5)
    stage.live.change_look(Look(mirror=True))
    assert stage.live.look.mirror


def test_what_the_call_sees_is_recorded(stage: Stage, tmp_path: Path) -> None:
    stage.wait_for(Showing.ANIMATED)
    stage.live.record(tmp_path / "call.mp4")
    with pytest.raises(MediaError, match="going on"):
        stage.live.record(tmp_path / "other.mp4")
    until(lambda: (recording := stage.live.status().recording) is not None and recording.frames > 5)
    ended = stage.live.stop_recording()
    assert ended is not None
    assert ended.error is None
    with VideoReader(tmp_path / "call.mp4") as reader:
        assert (reader.info.width, reader.info.height) == SIZE
    assert stage.live.stop_recording() is None


def test_recording_before_there_is_a_picture_is_told(folder: Path) -> None:
    with pytest.raises(NotReadyError, match="nothing to record"):
        Stage(folder).live.record(folder / "early.mp4")


def test_a_calibration_is_remembered_for_the_next_call(folder: Path) -> None:
    first = Stage(folder)
    with first.live:
        first.wait_for(Showing.ANIMATED)
    second = Stage(folder, Settings(calibration=CalibrationSettings(automatic=False)))
    with second.live:
        assert second.wait_for(Showing.ANIMATED).session.calibrated_by is CalibratedBy.MEMORY


def test_an_avatar_that_is_not_there_is_told_before_anything_starts(folder: Path) -> None:
    live = Live(LiveRequest(folder / "x", avatar="nobody", folders=(folder / "avatars",)))
    with pytest.raises(MediaError, match="nobody"):
        live.start()
    live.stop()


def test_it_ends_within_two_seconds_and_leaves_the_standby_picture(stage: Stage) -> None:
    stage.wait_for(Showing.ANIMATED)
    began = time.monotonic()
    stage.live.stop()
    assert time.monotonic() - began < 3.5, "two seconds on an idle machine"
    assert np.array_equal(stage.picture(), standby())
    assert stage.outputs[-1].closed
    stage.live.stop()

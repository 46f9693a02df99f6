"""A whole call: a camera on the rig, the live loop with a slow engine, the real pyvirtualcam, and a page in a real browser."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import pytest

from avatarify.camera.open_camera import open_camera
from avatarify.frame import Frame
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.pipeline import Pipeline
from avatarify.virtual_camera import coded_frame
from avatarify.virtual_camera.framed_camera import FramedCamera
from avatarify.virtual_camera.standby import load_standby
from avatarify.virtual_camera.virtual_camera import PyVirtualCamera
from tests.fakes.live import until
from tests.rig.browser import Seen, look
from tests.rig.fake_devices import FakeDevices
from tests.virtual_camera.test_in_browser import browser, number_in

__all__ = ["browser"]
pytest.importorskip("pyvirtualcam")
pytestmark = [pytest.mark.rig, pytest.mark.browser]

SIZE = (1280, 720)
DEVICE = "/dev/video58"  # a page only sees cameras in /dev
ENGINE_FPS = 5
_TRIES = 3  # a loop that is wrong fails each time; a machine that is busy does not


class FiveFramesASecond:
    """An engine that takes 200 ms and shows the camera frame's number instead of a face."""

    def step(self, frame: Frame) -> Frame:
        time.sleep(1 / ENGINE_FPS)
        return Frame(coded_frame.encode(frame.index, SIZE), frame.index, frame.captured_at)

    def close(self) -> None:
        pass


def test_a_page_sees_thirty_frames_a_second_of_an_engine_that_makes_five(browser: None) -> None:
    name = Path(DEVICE).name
    # The webcam is not in /dev: a page that asks for permission opens the first camera there, and this one is taken.
    with (
        FakeDevices("video0=camera:640x480@30:YUYV") as webcam,
        FakeDevices(f"{name}=loopback:Avatarify", link=True) as rig,
    ):
        pipeline = Pipeline(
            lambda: open_camera(webcam.path("video0")),
            FiveFramesASecond,
            lambda: FramedCamera(PyVirtualCamera(DEVICE, size=SIZE)),
            standby=load_standby(SIZE).image,
        )
        with pipeline:
            until(lambda: pipeline.status().showing is Showing.ANIMATED)
            call = watched(rig, pipeline)
            for _ in range(_TRIES - 1):
                if call.at_ease:
                    break
                call = watched(rig, pipeline)
    assert call.seen.rate == pytest.approx(30, abs=0.5)
    assert call.written == pytest.approx(30, rel=0.05)
    assert call.engine_fps == pytest.approx(ENGINE_FPS, abs=1)
    assert call.numbers == sorted(call.numbers), "frame numbers rise"
    assert len(set(call.numbers)) >= 8, "three seconds at five a second"
    assert len(call.numbers) > 2 * len(set(call.numbers)), "each is shown several times"


class Watched(NamedTuple):
    """What a page saw in three seconds. written: pictures a second that reached the device meanwhile."""

    seen: Seen
    written: float
    engine_fps: float
    numbers: list[int]

    @property
    def at_ease(self) -> bool:
        """The machine had time for both the call and the browser."""
        return self.written > 29 and len(set(self.numbers)) >= 8


def watched(rig: FakeDevices, pipeline: Pipeline[FiveFramesASecond]) -> Watched:
    name = Path(DEVICE).name
    before, began = rig.state(name).writes, time.monotonic()
    seen = look("Avatarify", size=SIZE, seconds=3.0)
    written = (rig.state(name).writes - before) / (time.monotonic() - began)
    numbers = [number for frame in seen.frames if (number := number_in(frame.levels)) is not None]
    return Watched(seen, written, pipeline.status().measured.engine_fps, numbers)

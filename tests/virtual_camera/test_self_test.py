"""The self-test finds a working camera to work, and every way of not working."""

from __future__ import annotations

import math
import time

import cv2
import numpy as np
import pytest

from avatarify.errors import VirtualCameraError
from avatarify.frame import Image
from avatarify.virtual_camera import coded_frame
from avatarify.virtual_camera.memory_camera import MemoryVirtualCamera
from avatarify.virtual_camera.self_test import run_loopback_test
from avatarify.virtual_camera.virtual_camera import PyVirtualCamera
from tests.rig.fake_devices import FakeDevices

SIZE = (320, 240)
FRAMES = 12


class MemoryReader:
    """Reads what a memory camera shows. change: what happens to a picture on the way."""

    def __init__(self, camera: MemoryVirtualCamera) -> None:
        self._camera = camera
        self._read = 0
        self.closed = False

    def read(self) -> Image | None:
        deadline = time.monotonic() + 0.5
        while self._camera.sent == self._read:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.001)
        self._read = self._camera.sent
        return self.change(self._camera.pictures[-1])

    def change(self, image: Image) -> Image:
        return image

    def close(self) -> None:
        self.closed = True


class BlueReader(MemoryReader):
    def change(self, image: Image) -> Image:
        return image[:, :, ::-1]


class SmallReader(MemoryReader):
    def change(self, image: Image) -> Image:
        return np.asarray(cv2.resize(image, (160, 120)), np.uint8)


class DamagingReader(MemoryReader):
    def change(self, image: Image) -> Image:
        number = coded_frame.decode(image)
        return np.full_like(image, 60) if number == 5 else image


class LateReader(MemoryReader):
    """Something else is in the device first."""

    def change(self, image: Image) -> Image:
        number = coded_frame.decode(image)
        return np.full_like(image, 60) if number is not None and number < 3 else image


def memory() -> MemoryVirtualCamera:
    return MemoryVirtualCamera(size=SIZE, fps=60)


def test_camera_that_works() -> None:
    camera = memory()
    reader = MemoryReader(camera)
    result = run_loopback_test(camera, open_reader=lambda device: reader, frames=FRAMES)
    assert result.works, result
    assert (result.problem, result.device, result.sent, result.size) == ("", "memory", FRAMES, SIZE)
    assert result.seen >= FRAMES // 2
    assert 0 < result.delay_ms <= result.delay_p95_ms < 100
    assert 15 < result.fps < 90
    assert result.color_error < 1
    assert reader.closed


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (BlueReader, "Colours came back wrong"),
        (SmallReader, "came back as 160 x 120"),
        (DamagingReader, "Damaged pictures came back: 1 of 12"),
        (LateReader, ""),
    ],
)
def test_what_is_wrong_is_told(kind: type[MemoryReader], problem: str) -> None:
    camera = memory()
    result = run_loopback_test(camera, open_reader=lambda device: kind(camera), frames=FRAMES)
    assert result.works == (not problem)
    assert problem in result.problem


def test_nothing_comes_back() -> None:
    silent = memory()
    result = run_loopback_test(memory(), open_reader=lambda device: MemoryReader(silent), frames=FRAMES)
    assert not result.works
    assert "No picture" in result.problem
    assert (result.sent, result.seen) == (FRAMES, 0)
    assert math.isnan(result.delay_ms)


def test_camera_that_cannot_be_read() -> None:
    def refuse(device: str) -> MemoryReader:
        raise OSError(f"{device} cannot be opened for reading")

    result = run_loopback_test(memory(), open_reader=refuse)
    assert (result.works, result.problem, result.sent) == (False, "memory cannot be opened for reading", 1)


def test_camera_that_vanishes_meanwhile() -> None:
    class VanishingCamera(MemoryVirtualCamera):
        def send(self, image: Image) -> None:
            if self.sent == 6:
                self.vanish()
            super().send(image)

    camera = VanishingCamera(size=SIZE, fps=60)
    result = run_loopback_test(camera, open_reader=lambda device: MemoryReader(camera), frames=FRAMES)
    assert (result.works, "has gone" in result.problem) == (False, True)


def test_camera_that_is_gone_from_the_start() -> None:
    camera = memory()
    camera.vanish()
    with pytest.raises(VirtualCameraError):
        camera.send(coded_frame.encode(0, SIZE))
    result = run_loopback_test(camera, open_reader=lambda device: MemoryReader(camera))
    assert (result.works, "has gone" in result.problem) == (False, True)


@pytest.mark.rig
@pytest.mark.parametrize("size", [(1280, 720), (640, 480)])
def test_real_reader_on_a_virtual_camera(v4l2: FakeDevices, size: tuple[int, int]) -> None:
    with PyVirtualCamera(v4l2.path("video10"), size=size) as camera:
        result = run_loopback_test(camera)
    assert result.works, result
    assert result.size == size
    assert result.color_error < 6
    assert 0 < result.delay_ms < 150


@pytest.mark.rig
def test_real_reader_on_a_camera_that_is_not_there(v4l2: FakeDevices) -> None:
    with PyVirtualCamera(v4l2.path("video10"), size=(640, 480)) as camera:
        result = run_loopback_test(camera, open_reader=lambda device: refused(v4l2))
    assert "cannot be opened" in result.problem


def refused(v4l2: FakeDevices) -> MemoryReader:
    from avatarify.virtual_camera.self_test import OpenCvReader

    OpenCvReader(v4l2.path("video11"))
    raise AssertionError("it was opened")

"""Modes of a camera, and which one is taken."""

from __future__ import annotations

import pytest

from avatarify.v4l2.camera_modes import CameraMode, choose_mode, is_busy, list_modes
from tests.rig.fake_devices import FakeDevices

USB_2_WEBCAM = (
    CameraMode("MJPG", 640, 480, 30),
    CameraMode("MJPG", 1280, 720, 30),
    CameraMode("YUYV", 640, 480, 30),
    CameraMode("YUYV", 1280, 720, 10),
    CameraMode("H264", 1920, 1080, 30),
)


@pytest.mark.parametrize(
    ("size", "fps", "chosen"),
    [
        ((640, 480), 30, ("YUYV", 640, 480)),  # both give the rate: the sharper one
        ((1280, 720), 30, ("MJPG", 1280, 720)),  # only MJPG gives it
        ((1280, 720), 10, ("YUYV", 1280, 720)),
        ((1280, 720), 60, ("MJPG", 1280, 720)),  # none gives it: the fastest
        ((1920, 1080), 30, ("MJPG", 1280, 720)),  # H.264 is no pixel format for us
        ((600, 400), 29.97, ("YUYV", 640, 480)),
    ],
)
def test_choice(size: tuple[int, int], fps: float, chosen: tuple[str, int, int]) -> None:
    mode = choose_mode(USB_2_WEBCAM, size=size, fps=fps)
    assert mode is not None
    assert mode[:3] == chosen


def test_nothing_that_can_be_decoded() -> None:
    assert choose_mode(USB_2_WEBCAM[-1:], size=(640, 480), fps=30) is None
    assert choose_mode((), size=(640, 480), fps=30) is None


@pytest.mark.rig
def test_modes_of_a_device() -> None:
    with FakeDevices("video0=camera:1280x720@30:YUYV@10,MJPG") as devices:
        path = devices.path("video0")
        modes = list_modes(path)
        assert modes[:2] == (CameraMode("YUYV", 1280, 720, 10), CameraMode("YUYV", 320, 240, 10))
        assert modes[2:] == (CameraMode("MJPG", 1280, 720, 30), CameraMode("MJPG", 320, 240, 30))
        assert not is_busy(path)
        devices.unplug("video0")
        with pytest.raises(OSError, match="No such"):
            list_modes(path)

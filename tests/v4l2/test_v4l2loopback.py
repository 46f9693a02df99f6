"""What the driver says, on fake devices that answer as the real driver does."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from avatarify.v4l2.v4l2loopback import Capability, carried_size, has_producer, query, repair
from tests.fakes.clocks import SteppedClock
from tests.rig.fake_devices import FakeDevices

pyvirtualcam = pytest.importorskip("pyvirtualcam")
GREY = np.full((480, 640, 3), 128, np.uint8)


def test_a_stuck_device_is_one_of_the_driver_that_can_do_nothing() -> None:
    assert Capability("v4l2 loopback", "", "", capture=False, output=False).is_stuck
    assert not Capability("v4l2 loopback", "", "", capture=True, output=False).is_stuck
    assert not Capability("uvcvideo", "", "", capture=False, output=False).is_stuck


@pytest.mark.rig
def test_output_turns_into_camera_with_the_first_frame(v4l2: FakeDevices) -> None:
    device = v4l2.path("video10")
    before = query(device)
    assert (before.label, before.output, before.capture) == ("Avatar Camera", True, False)
    with pyvirtualcam.Camera(640, 480, 30, device=device) as camera:
        camera.send(GREY)
        during = query(device)
    assert (during.output, during.capture) == (False, True)
    assert query(device).output


@pytest.mark.rig
def test_a_webcam_is_no_loopback(v4l2: FakeDevices) -> None:
    assert not query(v4l2.path("video0")).is_loopback


@pytest.mark.rig
def test_size_that_readers_get(v4l2: FakeDevices) -> None:
    device = v4l2.path("video10")
    with pyvirtualcam.Camera(1280, 720, 30, device=device) as camera:
        camera.send(np.zeros((720, 1280, 3), np.uint8))
        assert carried_size(device) == (1280, 720)


@pytest.mark.rig
def test_old_driver_is_stuck_after_a_producer_and_repaired() -> None:
    with FakeDevices("video10=loopback12") as devices:
        device = devices.path("video10")
        with pyvirtualcam.Camera(640, 480, 30, device=device) as camera:
            camera.send(GREY)
            assert not query(device).is_stuck
        assert query(device).is_stuck
        repair(device)
        assert query(device).output


@pytest.mark.rig
def test_device_that_has_gone(v4l2: FakeDevices) -> None:
    v4l2.unplug("video10")
    with pytest.raises(OSError) as told:  # noqa: PT011 - the number is checked
        query(v4l2.path("video10"))
    assert told.value.errno in (errno.ENOENT, errno.ENODEV)


def test_ordinary_file_is_no_device(tmp_path: Path) -> None:
    file = tmp_path / "video9"
    file.touch()
    with pytest.raises(OSError):  # noqa: PT011 - which number depends on the file system
        query(file)


@pytest.mark.parametrize(
    ("frames_at", "alive"),
    [
        ([], False),
        ([0.0], False),  # the last one of a producer that was killed
        ([0.0, 0.5], False),  # and the driver's own picture, once a second
        ([0.0, 0.1, 0.2, 0.3], True),
        ([0.0, 0.33, 0.66], True),
    ],
)
def test_producer_is_known_by_its_frames(tmp_path: Path, frames_at: list[float], alive: bool) -> None:
    file = tmp_path / "video9"
    file.touch()
    clock, waiting = SteppedClock(0.0), list(frames_at)

    def read(handle: int, count: int) -> bytes:
        if not waiting or waiting[0] > clock.now:
            raise BlockingIOError
        waiting.pop(0)
        return b"x"

    def sleep(seconds: float) -> None:
        clock.now += seconds

    assert has_producer(file, read=read, clock=clock, sleep=sleep) is alive

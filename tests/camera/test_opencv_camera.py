"""The real OpenCV capture on fake devices that behave like real ones, also when they misbehave."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatarify.camera.camera import measure_fps
from avatarify.camera.devices import device_at
from avatarify.camera.live_camera import Patience
from avatarify.camera.opencv_camera import OpenCvCamera
from avatarify.errors import CameraError
from avatarify.frame import Frame
from tests.fakes.live import until
from tests.rig import numbered_frames
from tests.rig.fake_devices import PROJECT, FakeDevices

pytestmark = pytest.mark.rig
QUICK = Patience(opening=2.0, stall=0.3, closing=0.5)


def open_device(
    devices: FakeDevices,
    name: str = "video0",
    *,
    size: tuple[int, int] = (640, 480),
    fps: float = 30,
    patience: Patience | None = None,
) -> OpenCvCamera:
    return OpenCvCamera(device_at(Path(devices.path(name)), ()), size=size, fps=fps, patience=patience)


def read_on(camera: OpenCvCamera) -> None:
    """Frames that are on their way may still come before the trouble."""
    for _ in range(9):
        camera.read()


def gives(camera: OpenCvCamera) -> bool:
    """A picture, and not an error."""
    try:
        camera.read()
    except CameraError:
        return False
    return True


def number_in(frame: Frame) -> int:
    return numbered_frames.read(frame.image)


@pytest.mark.parametrize("pixel_format", ["YUYV", "MJPG"])
def test_frames_are_consecutive_at_the_full_rate_and_red_is_red(pixel_format: str) -> None:
    with FakeDevices(f"video0=camera:640x480@30:{pixel_format}") as devices, open_device(devices) as camera:
        assert str(camera.format) == f"640x480 at 30 frames/s, {pixel_format} (V4L2)"
        frames = [camera.read() for _ in range(30)]
        assert camera.fps_measured == pytest.approx(30, rel=0.25)  # on a busy machine
    numbers = [number_in(frame) for frame in frames]
    first = frames[0].index
    assert [number - numbers[0] for number in numbers] == [frame.index - first for frame in frames], "none is lost"
    assert numbers[-1] - numbers[0] < 35, "a reader that keeps up gets nearly all of them"
    image = frames[-1].image
    assert image.shape == (480, 640, 3)
    assert image.dtype == np.uint8
    np.testing.assert_allclose(image[-20:, -20:].mean((0, 1)), numbered_frames.make(numbers[-1])[-1, -1], atol=4)


def test_frame_is_young_after_a_time_in_which_nobody_read(v4l2: FakeDevices) -> None:
    with open_device(v4l2) as camera:
        first, filmed = number_in(camera.read()), v4l2.state("video0").frames
        until(lambda: v4l2.state("video0").frames >= filmed + 9, "for the camera to film on")
        assert number_in(camera.read()) >= first + 6, "more than the driver's four buffers hold"
        ages = [-camera.read().captured_at + time.monotonic() for _ in range(5)]  # read first, then look at the clock
        assert 0 <= min(ages) < 4 / 30, "older where it comes out of the driver's buffers"


def test_unplugged_is_told_at_once_and_replugged_works(v4l2: FakeDevices) -> None:
    with open_device(v4l2) as camera:
        camera.read()
        v4l2.unplug("video0")
        began = time.monotonic()
        with pytest.raises(CameraError, match="is gone") as told:
            read_on(camera)
        assert time.monotonic() - began < Patience().stall, "it is not the silence that is told"
        assert told.value.hint == "Plug it in again."
    with pytest.raises(CameraError, match="is gone"):
        open_device(v4l2)
    v4l2.plug("video0")
    with open_device(v4l2) as camera:
        assert camera.read().image.shape == (480, 640, 3)


def test_stall_is_told_and_ends_by_itself(v4l2: FakeDevices) -> None:
    with open_device(v4l2, patience=QUICK) as camera:
        camera.read()
        v4l2.stall("video0")
        began = time.monotonic()
        with pytest.raises(CameraError, match="has given no picture"):
            read_on(camera)
        assert time.monotonic() - began < 5, "the driver blocks for ten seconds"
        v4l2.go("video0")
        until(lambda: gives(camera), "for the camera to go on")
    v4l2.stall("video0")
    v4l2.go("video0")
    with open_device(v4l2) as camera:  # the driver was let go at once
        camera.read()


def test_camera_without_pictures_is_told_when_it_is_opened(v4l2: FakeDevices) -> None:
    v4l2.stall("video0")
    with pytest.raises(CameraError, match=r"no picture for 0\.2 s after it was opened"):
        open_device(v4l2, patience=Patience(opening=0.2, closing=0.05))
    v4l2.unplug("video0")  # wakes the driver


def test_size_asked_for_is_not_the_size_given(v4l2: FakeDevices) -> None:
    with open_device(v4l2, size=(700, 500), fps=60) as camera:
        assert (camera.format.width, camera.format.height, camera.format.fps_claimed) == (640, 480, 30)
        assert camera.read().image.shape == (480, 640, 3)


def test_mjpg_is_taken_where_it_gives_the_rate() -> None:
    with FakeDevices("video0=camera:1280x720@30:YUYV@10,MJPG") as devices:
        with open_device(devices, size=(1280, 720)) as camera:
            assert str(camera.format) == "1280x720 at 30 frames/s, MJPG (V4L2)"
        with open_device(devices, size=(1280, 720), fps=10) as camera:
            assert str(camera.format) == "1280x720 at 10 frames/s, YUYV (V4L2)"


def test_damaged_frame_is_not_the_end() -> None:
    with FakeDevices("video0=camera:640x480@30:MJPG") as devices, open_device(devices) as camera:
        camera.read()
        devices.spoil("video0")
        numbers = [number_in(camera.read()) for _ in range(8)]
    assert numbers == sorted(numbers)
    assert set(range(numbers[0], numbers[-1] + 1)) - set(numbers), "the damaged one"


def test_camera_that_claims_more_than_it_gives() -> None:
    with FakeDevices("video0=camera:640x480@30/12:YUYV") as devices, open_device(devices) as camera:
        assert camera.format.fps_claimed == 30
        assert measure_fps(camera, seconds=0.5) == pytest.approx(12, rel=0.25)


def test_busy_camera_names_the_program_that_has_it(v4l2: FakeDevices) -> None:
    code = f"""
import cv2, sys
capture = cv2.VideoCapture({v4l2.path("video0")!r}, cv2.CAP_V4L2)
print(capture.read()[0], flush=True)
sys.stdin.read()
"""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        with pytest.raises(CameraError, match=rf"is in use by another program: .*{other.pid}"):
            open_device(v4l2)
        other.communicate("")


def test_camera_that_is_open_here_already(v4l2: FakeDevices) -> None:
    with open_device(v4l2), pytest.raises(CameraError, match="already open in this program"):
        open_device(v4l2)
    with open_device(v4l2) as camera:
        camera.read()


def test_virtual_camera_to_which_nobody_sends(v4l2: FakeDevices) -> None:
    with pytest.raises(CameraError, match="virtual camera to which no program sends"):
        open_device(v4l2, "video10")


def test_missing_permission_is_told(v4l2: FakeDevices) -> None:
    code = f"""
import os
from pathlib import Path
from avatarify.errors import CameraError
from avatarify.camera.devices import device_at
from avatarify.camera.opencv_camera import OpenCvCamera
os.setuid(65534)
try:
    OpenCvCamera(device_at(Path({v4l2.path("video0")!r}), ()))
except CameraError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "You may not open" in done.stdout
    assert "usermod -aG video" in done.stdout


def test_silence_on_stderr_and_no_word_of_qt(v4l2: FakeDevices, capfd: pytest.CaptureFixture[str]) -> None:
    os.environ["QT_QPA_FONTDIR"] = str(Path(cv2.__file__).parent / "qt" / "fonts")
    with open_device(v4l2) as camera:
        camera.read()
        v4l2.unplug("video0")
        with pytest.raises(CameraError, match="gone"):
            open_device(v4l2)
    assert capfd.readouterr().err == ""
    assert "QT_QPA_FONTDIR" not in os.environ


def test_format_is_logged(v4l2: FakeDevices, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), open_device(v4l2, size=(800, 600)):
        assert "gives 640x480 at 30 frames/s" in caplog.text
        assert "asked for 800x600" in caplog.text

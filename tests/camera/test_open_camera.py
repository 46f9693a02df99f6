"""One word opens every kind of camera."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.camera.devices import CameraDevice
from avatarify.camera.network_camera import NetworkCamera
from avatarify.camera.open_camera import open_camera, shown_name
from avatarify.camera.opencv_camera import OpenCvCamera
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.camera.video_camera import VideoCamera
from avatarify.errors import CameraError
from tests.media.clips import Clip, write_clip
from tests.rig.fake_devices import FakeDevices
from tests.rig.mjpeg_server import MjpegServer

WEBCAM = CameraDevice(3, "Logi C920", "/dev/v4l/by-id/usb-Logi", "/dev/video3", "V4L2")


def no_devices() -> tuple[CameraDevice, ...]:
    return ()


def one_device() -> tuple[CameraDevice, ...]:
    return (WEBCAM,)


def test_drawn_camera() -> None:
    with open_camera("synthetic", size=(64, 48), fps=200) as camera:
        assert isinstance(camera, SyntheticCamera)
        assert (camera.format.width, camera.format.fps_claimed) == (64, 200)


def test_video_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_clip(tmp_path / "me.mp4", Clip(times=(0.0, 0.04)))
    monkeypatch.chdir(tmp_path)
    for text in (str(path), "me.mp4"):
        with open_camera(text, devices=no_devices) as camera:
            assert isinstance(camera, VideoCamera)
    path.rename(tmp_path / "performance")
    with open_camera("performance", devices=no_devices) as camera:
        assert isinstance(camera, VideoCamera)


def test_network_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with MjpegServer() as server, open_camera(server.url(), devices=no_devices) as camera:
        assert isinstance(camera, NetworkCamera)


@pytest.mark.rig
def test_device_by_number_name_id_and_path(v4l2: FakeDevices, tmp_path: Path) -> None:
    link = tmp_path / "usb-Fake-video-index0"
    link.symlink_to(v4l2.path("video0"))
    device = CameraDevice(5, "Fake HD Webcam", str(link), v4l2.path("video0"), "V4L2")
    for text in ("5", "fake", str(link), v4l2.path("video0")):
        with open_camera(text, size=(320, 240), devices=lambda: (device,)) as camera:
            assert isinstance(camera, OpenCvCamera)
            assert (camera.device, camera.format.width) == (device, 320)
    with open_camera(v4l2.path("video0"), devices=no_devices) as camera:
        assert isinstance(camera, OpenCvCamera)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "No camera was named"),
        ("  ", "No camera was named"),
        ("2", "There is no camera number 2"),
        ("Brio", 'number, name, id or path "Brio"'),
        ("holiday.mp4", "no video file and no camera at holiday.mp4"),
        ("/dev/v4l/by-id/usb-Gone", "There is no camera at /dev/v4l/by-id/usb-Gone"),
        ("ftp://me:s3cret@cam/x", "ftp://cam/x is not the address of a camera"),
    ],
)
def test_error_tells_what_was_understood(text: str, message: str) -> None:
    with pytest.raises(CameraError, match=message) as told:
        open_camera(text, devices=one_device)
    assert told.value.hint
    assert "s3cret" not in str(told.value)
    assert ("Logi C920" in told.value.hint) == ("There is no" in told.value.message)


def test_an_id_is_taken_as_it_is_written() -> None:
    device = CameraDevice(0, "Odd camera", "usb//odd/", "/dev/video77", "V4L2")
    with pytest.raises(CameraError, match=r"^Odd camera is gone"):
        open_camera("usb//odd/", devices=lambda: (device,))


def test_folder_is_no_camera(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="is a folder"):
        open_camera(str(tmp_path), devices=one_device)


def test_name_to_show() -> None:
    assert shown_name(" http://me:s3cret@cam/x ") == "http://cam/x"
    assert shown_name("Logi C920") == "Logi C920"

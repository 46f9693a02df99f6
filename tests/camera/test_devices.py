"""Cameras by number, name, id or path, and what there is instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
import pyvirtualcam

from avatarify.camera.devices import (
    CameraDevice,
    EnumeratedCamera,
    LinuxFolders,
    device_at,
    find_camera,
    first_camera,
    is_video_device,
    list_cameras,
    list_enumerated,
    list_linux,
)
from avatarify.errors import CameraError
from tests.rig import numbered_frames
from tests.rig.fake_devices import FakeDevices

LOGI = CameraDevice(0, "Logi C920", "/dev/v4l/by-id/usb-Logi_C920_123-video-index0", "/dev/video0", "V4L2")
BUILT_IN = CameraDevice(2, "Integrated Camera", "/dev/video2", "/dev/video2", "V4L2")
OTHER = CameraDevice(4, "Logi Brio", "/dev/video4", "/dev/video4", "V4L2")
ALL = (LOGI, BUILT_IN, OTHER)


class Seen(NamedTuple):
    """As the enumeration package tells it."""

    index: int
    name: str
    path: str | None


@pytest.fixture
def folders(tmp_path: Path, v4l2: FakeDevices) -> LinuxFolders:
    """The fake devices as the kernel and udev would tell of them, and a device that is in /sys only."""
    for name, label in (("video0", "Fake HD Webcam"), ("video10", "Avatar Camera"), ("video3", "Just unplugged")):
        (tmp_path / "sys" / name).mkdir(parents=True)
        (tmp_path / "sys" / name / "name").write_text(f"{label}\n")
    (tmp_path / "sys" / "v4l-touch0").mkdir()
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    (by_id / "usb-Fake_Webcam_42-video-index0").symlink_to(v4l2.path("video0"))
    return LinuxFolders(tmp_path / "sys", v4l2.mount, by_id)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0", LOGI),
        (" 2 ", BUILT_IN),
        ("Logi C920", LOGI),
        ("integrated", BUILT_IN),
        ("brio", OTHER),
        ("/dev/video4", OTHER),
        ("/dev/../dev/video4", OTHER),
        (LOGI.id, LOGI),
    ],
)
def test_ways_to_name_a_camera(text: str, found: CameraDevice) -> None:
    assert find_camera(text, ALL) is found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1", "There is no camera number 1"),
        ("Sony", 'with the number, name, id or path "Sony"'),
        ("", 'path ""'),
        ("logi", '"logi" fits 2 cameras'),
    ],
)
def test_what_does_not_fit_is_told_with_what_there_is(text: str, message: str) -> None:
    with pytest.raises(CameraError, match=message) as told:
        find_camera(text, ALL)
    assert '0 "Logi C920" (/dev/v4l/by-id/usb-Logi_C920_123-video-index0)' in told.value.hint
    assert ("Integrated" in told.value.hint) == ("fits" not in message)


def test_no_camera_at_all_is_told() -> None:
    with pytest.raises(CameraError, match="has none") as told:
        find_camera("0", ())
    assert "synthetic" in told.value.hint


def test_index_of_a_backend_is_not_the_number() -> None:
    windows = (CameraDevice(0, "A", "usb#a", 3, "DSHOW"), CameraDevice(1, "B", "usb#b", 0, "DSHOW"))
    assert find_camera("0", windows).name == "A"
    with pytest.raises(CameraError):
        find_camera("3", windows)


def test_camera_of_two_backends_is_listed_once() -> None:
    def enumerate_(backend: str) -> Sequence[EnumeratedCamera]:
        usual = [Seen(0, "Webcam", r"\\?\usb#vid_1"), Seen(1, "OBS Virtual Camera", None)]
        return usual if backend == "DSHOW" else [Seen(0, "IP Camera", None), Seen(1, "Webcam", r"\\?\usb#vid_1")]

    webcam, obs, ip = list_enumerated(("DSHOW", "MSMF"), enumerate_)
    assert webcam == CameraDevice(0, "Webcam", r"\\?\usb#vid_1", 0, "DSHOW")
    assert obs == CameraDevice(1, "OBS Virtual Camera", "OBS Virtual Camera", 1, "DSHOW", virtual=True)
    assert ip == CameraDevice(2, "IP Camera", "IP Camera", 0, "MSMF")


def test_this_computer_can_be_asked() -> None:
    assert all(isinstance(camera, CameraDevice) for camera in list_cameras())


def test_computer_without_video(tmp_path: Path) -> None:
    assert list_linux(LinuxFolders(sys=tmp_path / "absent")) == ()


def test_file_is_no_device(tmp_path: Path) -> None:
    (tmp_path / "video0").write_bytes(b"")
    assert not is_video_device(tmp_path / "video0")
    assert not is_video_device(tmp_path / "absent")
    assert device_at(Path("/dev/video4"), ALL) is OTHER
    assert device_at(Path("/dev/video9"), ALL).address == "/dev/video9"


@pytest.mark.rig
def test_devices_with_their_stable_ids(folders: LinuxFolders, v4l2: FakeDevices) -> None:
    stable = str(folders.by_id / "usb-Fake_Webcam_42-video-index0")
    path = v4l2.path("video0")
    assert list_linux(folders) == (CameraDevice(0, "Fake HD Webcam", stable, path, "V4L2"),)
    assert find_camera(stable, list_linux(folders)).address == path
    v4l2.unplug("video0")
    assert list_linux(folders) == ()


@pytest.mark.rig
def test_loopback_is_listed_while_a_program_sends(folders: LinuxFolders, v4l2: FakeDevices) -> None:
    with pyvirtualcam.Camera(640, 480, 30, device=v4l2.path("video10"), print_fps=False) as camera:
        assert [device.number for device in list_linux(folders)] == [0]
        camera.send(numbered_frames.make(1))
        webcam, loopback = list_linux(folders)
        assert (loopback.number, loopback.name, loopback.virtual) == (10, "Avatar Camera", True)
        assert not webcam.virtual
    assert [device.number for device in list_linux(folders)] == [0]
    assert is_video_device(Path(v4l2.path("video10")))


def test_the_first_camera_is_still_the_same_when_it_has_another_number() -> None:
    first = first_camera((LOGI, OTHER))
    again = replace(LOGI, number=7, address="/dev/video7")
    newcomer = replace(OTHER, number=LOGI.number)
    assert find_camera(first, (newcomer, again)) is again


def test_the_first_camera_is_a_real_one_that_works() -> None:
    virtual = CameraDevice(0, "Avatarify", "/dev/video0", "/dev/video0", "V4L2", virtual=True)
    taken = CameraDevice(1, "Logi Brio", "/dev/video1", "/dev/video1", "V4L2", problem="It is in use.")
    assert first_camera((virtual, taken, LOGI, OTHER)) == LOGI.id
    with pytest.raises(CameraError, match="Logi Brio: It is in use") as told:
        first_camera((virtual, taken))
    assert "--camera synthetic" in told.value.hint
    with pytest.raises(CameraError, match="no camera here"):
        first_camera((virtual,))

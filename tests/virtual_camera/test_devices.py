"""Virtual cameras are found and described, from folders like /sys and devices that answer as the driver does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.virtual_camera.devices import (
    State,
    VirtualCameraDevice,
    _exclusive_caps,
    find_virtual_cameras,
)
from tests.rig.fake_devices import FakeDevices

pyvirtualcam = pytest.importorskip("pyvirtualcam")


def sys_folder(folder: Path, labels: dict[str, str], *, version: str = "", exclusive: str = "Y,N,N") -> Path:
    """A folder like /sys with these loopbacks."""
    for name, label in labels.items():
        (folder / "class/video4linux" / name).mkdir(parents=True)
        (folder / "class/video4linux" / name / "name").write_text(label + "\n")
        (folder / "devices/virtual/video4linux" / name).mkdir(parents=True)
        (folder / "devices/virtual/video4linux" / name / "max_openers").write_text("10\n")
    module = folder / "module/v4l2loopback"
    (module / "parameters").mkdir(parents=True)
    (module / "parameters/exclusive_caps").write_text(exclusive + "\n")
    if version:
        (module / "version").write_text(version + "\n")
    return folder


@pytest.mark.rig
def test_loopbacks_are_listed_ours_first_and_webcams_not(tmp_path: Path) -> None:
    labels = {"video0": "Fake", "video2": "OBS Camera", "video10": "Avatarify"}
    sys = sys_folder(tmp_path, labels, version="0.15.4")
    with FakeDevices(
        "video0=camera:640x480@30:YUYV", "video2=loopback:OBS Camera", "video10=loopback:Avatarify"
    ) as devices:
        found = find_virtual_cameras(system="Linux", dev=devices.mount, sys=sys)
    assert [(camera.label, camera.device) for camera in found] == [
        ("Avatarify", str(devices.mount / "video10")),
        ("OBS Camera", str(devices.mount / "video2")),
    ]
    assert {camera.state for camera in found} == {State.FREE}
    assert found[0].driver_version == "0.15.4"
    assert found[0].max_openers == 10


@pytest.mark.rig
def test_states_follow_what_the_device_does(tmp_path: Path) -> None:
    sys = sys_folder(tmp_path, {"video10": "Old"})
    with FakeDevices("video10=loopback12:Old") as devices:

        def state() -> State:
            (camera,) = find_virtual_cameras(system="Linux", dev=devices.mount, sys=sys)
            return camera.state

        assert state() is State.FREE
        with pyvirtualcam.Camera(640, 480, 30, device=devices.path("video10")) as camera:
            camera.send(np.zeros((480, 640, 3), np.uint8))
            assert state() is State.SENDING
        assert state() is State.STUCK


def test_device_that_may_not_be_opened_is_known_by_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(device: object) -> None:
        raise PermissionError(13, "Permission denied", str(device))

    monkeypatch.setattr("avatarify.v4l2.v4l2loopback.query", refuse)
    sys = sys_folder(tmp_path, {"video9": "Avatarify"})
    (camera,) = find_virtual_cameras(system="Linux", dev=tmp_path, sys=sys)
    assert (camera.state, camera.label) == (State.NO_RIGHTS, "Avatarify")
    assert "usermod -aG video" in camera.advice


def test_vanished_and_foreign_entries_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "class/video4linux/video0").mkdir(parents=True)
    assert find_virtual_cameras(system="Linux", dev=tmp_path, sys=tmp_path) == ()


def test_computer_without_any_video(tmp_path: Path) -> None:
    assert find_virtual_cameras(system="Linux", dev=tmp_path, sys=tmp_path) == ()


def test_device_that_browsers_do_not_list_is_told() -> None:
    shared = VirtualCameraDevice("/dev/video9", "Avatarify", "v4l2loopback", State.FREE, exclusive_caps=False)
    assert "exclusive_caps=1" in shared.advice
    assert "Chrome" in shared.advice
    fine = VirtualCameraDevice("/dev/video9", "Avatarify", "v4l2loopback", State.FREE, exclusive_caps=True)
    assert fine.advice == ""


@pytest.mark.parametrize(
    ("bus", "values", "expected"),
    [
        ("platform:v4l2loopback-000", "Y,N,N", True),
        ("platform:v4l2loopback-001", "Y,N,N", False),
        ("platform:v4l2loopback-007", "Y,N,N", None),
        ("platform:video10", "Y,N,N", None),
        ("platform:v4l2loopback-000", "", None),
    ],
)
def test_setting_of_each_device_is_its_place_in_the_modules_list(
    tmp_path: Path, bus: str, values: str, expected: bool | None
) -> None:
    sys = sys_folder(tmp_path, {}, exclusive=values)
    assert _exclusive_caps(sys / "module/v4l2loopback", bus) is expected

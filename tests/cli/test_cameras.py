"""The verb `cameras`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from avatarify.camera import devices as camera_devices
from avatarify.camera.devices import CameraDevice
from avatarify.cli import cameras
from avatarify.errors import CameraError, SettingsError
from tests.rig.fake_devices import FakeDevices


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cameras.add_arguments(parser)
    return cameras.run(parser.parse_args(words))


def has(monkeypatch: pytest.MonkeyPatch, *devices: CameraDevice) -> None:
    monkeypatch.setattr(camera_devices, "list_cameras", lambda: devices)


@pytest.fixture
def webcam(v4l2: FakeDevices, monkeypatch: pytest.MonkeyPatch) -> CameraDevice:
    device = CameraDevice(0, "Fake HD Webcam", "usb-Fake-index0", v4l2.path("video0"), "V4L2")
    has(monkeypatch, device)
    return device


def test_no_camera(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    has(monkeypatch)
    assert run() == 1
    assert "No camera was found" in capsys.readouterr().out
    assert run("--json") == 1
    assert json.loads(capsys.readouterr().out) == []


def test_camera_without_permission(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    has(
        monkeypatch, CameraDevice(1, "Shy", "/dev/video1", "/dev/video1", "V4L2", virtual=True, problem="no permission")
    )
    assert run() == 0
    assert capsys.readouterr().out.splitlines() == [
        "1  Shy (virtual)",
        "   id       /dev/video1",
        "   problem  no permission",
    ]


@pytest.mark.rig
def test_list(webcam: CameraDevice, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert capsys.readouterr().out.splitlines() == [
        "0  Fake HD Webcam",
        "   id       usb-Fake-index0",
        "   YUYV     640x480@30 320x240@30 1280x720@30",
        "   MJPG     640x480@30 320x240@30 1280x720@30",
    ]
    with pytest.raises(CameraError, match="number 7"):
        run("7")


@pytest.mark.rig
def test_probe_measures(webcam: CameraDevice, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--probe", "--seconds", "0.4", "--size", "320x240", "--json") == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry["device"]["id"] == "usb-Fake-index0"
    assert entry["modes"][0] == {"pixel_format": "YUYV", "width": 640, "height": 480, "fps": 30.0}
    probe = entry["probe"]
    assert (probe["format"]["width"], probe["format"]["pixel_format"]) == (320, "YUYV")
    assert probe["fps_measured"] == pytest.approx(30, rel=0.25)
    assert 0 < probe["opened_in_s"] < 2


@pytest.mark.rig
def test_probe_of_a_lost_camera(webcam: CameraDevice, v4l2: FakeDevices, capsys: pytest.CaptureFixture[str]) -> None:
    v4l2.unplug("video0")
    assert run("--probe") == 1
    assert "   probe    Fake HD Webcam is gone" in capsys.readouterr().out


def test_probe_of_what_is_no_device(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("synthetic", "--probe", "--size", "64x48", "--fps", "100", "--seconds", "0.1") == 0
    line = capsys.readouterr().out
    assert line.startswith("synthetic: 64x48 at 100 frames/s, RGB (drawn); ")
    assert "frames/s measured" in line
    assert run("http://me:s3cret@127.0.0.1:9/x?pwd=s3cret", "--probe", "--json") == 1
    probe = json.loads(capsys.readouterr().out)
    assert probe["camera"] == "http://127.0.0.1:9/x?..."
    assert "Nothing answers" in probe["problem"]
    assert "s3cret" not in str(probe)


@pytest.mark.parametrize("size", ["640", "640x", "x480", "0x480", "640x480x3", "wide"])
def test_size_that_is_none(size: str) -> None:
    with pytest.raises(SettingsError, match="picture size"):
        run("--size", size)


def test_measuring_for_ever() -> None:
    with pytest.raises(SettingsError, match="seconds"):
        run("--seconds", "3600")

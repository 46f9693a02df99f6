"""The verb `doctor` on sound machines and on others."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

import pytest
import torch

from avatarify.camera import devices as cameras
from avatarify.camera.devices import CameraDevice
from avatarify.cli.doctor import examine
from avatarify.face import nets
from avatarify.runtime import checks
from avatarify.virtual_camera import devices as virtual_cameras
from avatarify.virtual_camera.devices import State, VirtualCameraDevice
from tests.cli.conftest import Type
from tests.rig.fake_devices import FakeDevices


def test_a_sound_machine_has_no_failures(type_: Type) -> None:
    ended = type_("doctor")
    assert ended.code == 0, ended.out
    for name in ("python", "packages", "device", "runtimes", "model lite", "disk"):
        assert f" {name}: " in ended.out


def test_a_runtime_that_cannot_work_here_is_no_sound_one(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(checks.CHECKS, "cuda-graph", lambda: "there is no GPU")
    monkeypatch.setitem(checks.CHECKS, "compiled", lambda: None)
    lines = type_("doctor").out.splitlines()
    assert "ok    runtimes: openvino, compiled, eager" in lines
    assert "note  runtime cuda-graph: cannot work here: there is no GPU" in lines


def test_a_torch_without_cuda_comes_with_the_command(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", None)
    lines = type_("doctor").out.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("note  device: not cuda: "))
    assert "pip install --upgrade --force-reinstall" in lines[place + 1]


def test_a_camera_without_rights_comes_with_the_command(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    shy = CameraDevice(1, "Shy", "/dev/video1", "/dev/video1", "V4L2", problem="no permission")
    monkeypatch.setattr(cameras, "list_cameras", lambda: (shy,))
    lines = type_("doctor").out.splitlines()
    place = lines.index("note  camera: 1 Shy (/dev/video1): no permission")
    assert lines[place + 1].strip() == "sudo usermod -aG video $USER, then log out and in again."


def test_an_altered_face_network_fails(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = nets.SHORT_RANGE._replace(sha256="0" * 64)
    monkeypatch.setattr(nets, "SHIPPED", (altered, nets.LANDMARKS))
    ended = type_("doctor")
    assert ended.code == 1
    assert f"FAIL  face network {altered.name}: " in ended.out
    assert "git checkout -- models/face" in ended.out
    assert f"ok    face network {nets.LANDMARKS.name}: sha256 {nets.LANDMARKS.sha256[:12]} as shipped" in ended.out


def test_json_says_the_same(type_: Type) -> None:
    findings = json.loads(type_("doctor", "--json").out)
    assert {"name", "state", "detail", "remedy"} == set(findings[0])
    assert [finding["name"] for finding in findings] == [finding.name for finding in examine()]


def test_a_missing_and_an_old_package_fail_with_a_remedy(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    really = importlib.metadata.version

    def version(name: str) -> str:
        if name == "av":
            raise importlib.metadata.PackageNotFoundError(name)
        return "1.0" if name == "pillow" else really(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    ended = type_("doctor")
    assert ended.code == 1
    assert "FAIL  av: not installed" in ended.out
    assert "FAIL  pillow: 1.0, wanted" in ended.out


@pytest.mark.rig
def test_cameras_and_virtual_cameras_are_told_and_tested(
    type_: Type, monkeypatch: pytest.MonkeyPatch, v4l2: FakeDevices
) -> None:
    path = v4l2.path("video10")
    webcam = CameraDevice(0, "A webcam", "id", v4l2.path("video0"), "V4L2")
    monkeypatch.setattr(cameras, "list_cameras", lambda: (webcam,))
    found = (VirtualCameraDevice(path, "Avatarify", "v4l2loopback", State.FREE, "0.12.7", exclusive_caps=False),)
    monkeypatch.setattr(virtual_cameras, "find_virtual_cameras", lambda: found)
    ended = type_("doctor", "--self-test", "--device", path)
    assert "camera: 0 A webcam" in ended.out
    assert "up to YUYV 1280x720@30, MJPG 1280x720@30" in ended.out
    assert "exclusive_caps=0" in ended.out
    assert "will not list it" in ended.out
    assert f"pictures read back from {path}: 1280x720, delay" in ended.out, ended.out


@pytest.mark.rig
def test_a_virtual_camera_that_is_not_there_fails_the_self_test(type_: Type, tmp_path: Path) -> None:
    ended = type_("doctor", "--self-test", "--device", tmp_path / "video99")
    assert ended.code == 1
    assert "FAIL  self-test" in ended.out

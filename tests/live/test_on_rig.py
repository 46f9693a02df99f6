"""A call on virtual cameras in user space, through the real pyvirtualcam: opened and closed on a driver that lets a program in
only once, and at rest while no other program reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from avatarify.errors import VirtualCameraError
from avatarify.live.output import OpenCamera, Output
from avatarify.live.request import LiveRequest
from avatarify.pipeline.gate import Showing
from avatarify.virtual_camera.devices import State, VirtualCameraDevice
from avatarify.virtual_camera.virtual_camera import PyVirtualCamera
from tests.fakes.devices import SIZE
from tests.fakes.live import until
from tests.live.stage import Stage
from tests.rig.fake_devices import FakeDevices

pytest.importorskip("pyvirtualcam")
pytestmark = pytest.mark.rig

READER = (
    "import cv2, sys; reader = cv2.VideoCapture(sys.argv[1], cv2.CAP_V4L2); print(reader.isOpened(), flush=True);"
    "sys.stdin.read()"
)


def real(device: str) -> OpenCamera:
    return lambda standby, _: PyVirtualCamera(device, size=SIZE, standby=standby)


def test_the_old_driver_lets_the_call_in_again_and_again(folder: Path) -> None:
    with FakeDevices("video10=loopback12:Old driver") as devices:
        stage = Stage(folder, output=False, on_preview=lambda: None, camera=real(devices.path("video10")))
        with stage.live as live:
            stage.wait_for(Showing.ANIMATED)
            for _ in range(3):
                live.open_output().result(10)
                assert live.status().virtual_camera == "Old driver"
                writes = devices.state("video10").writes
                until(lambda writes=writes: devices.state("video10").writes > writes + 2)
                live.close_output().result(10)
                assert live.status().virtual_camera is None
                until(lambda: devices.state("video10").opened == 0, "for the system to release it")
            assert live.status().pipeline.showing is Showing.ANIMATED


def test_a_device_that_has_gone_is_asked_for_again_and_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeDevices("video10=loopback:Avatarify", "video11=loopback:Other") as devices:
        found = [
            VirtualCameraDevice(devices.path(name), name, "v4l2loopback", State.FREE) for name in ("video10", "video11")
        ]
        monkeypatch.setattr("avatarify.virtual_camera.virtual_camera.find_virtual_cameras", lambda: tuple(found))
        output = Output(LiveRequest(folder / "none", size=SIZE))
        output.open().close()
        devices.unplug("video10")
        del found[0]
        with pytest.raises(VirtualCameraError, match="close this one and open it again"):
            output.open()
        devices.plug("video10")
        again = output.open()
        assert again.camera.device == devices.path("video10")
        again.close()
        output.open_none()
        other = output.open()
        assert other.camera.device == devices.path("video11"), "chosen anew"
        other.close()


def test_it_rests_until_a_program_reads(folder: Path) -> None:
    with FakeDevices("video10=loopback:Avatarify") as devices:
        device = devices.path("video10")
        stage = Stage(folder, camera=real(device))
        with stage.live as live:
            until(lambda: live.status().session.calibrated)
            until(lambda: live.status().pipeline.resting, "nobody reads")
            pipe = subprocess.PIPE
            with subprocess.Popen([sys.executable, "-c", READER, device], stdin=pipe, stdout=pipe) as reader:
                assert reader.stdout is not None
                assert reader.stdout.readline() == b"True\n"
                until(lambda: not live.status().pipeline.resting, "somebody reads")
                stage.wait_for(Showing.ANIMATED)
                reader.communicate(b"")

"""The fake devices themselves: what the real clients of real drivers make of them, and that they leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
import pyvirtualcam

from tests.rig import numbered_frames
from tests.rig.fake_devices import PROJECT, FakeDevices

pytestmark = pytest.mark.rig


def mounts() -> str:
    return Path("/proc/self/mounts").read_text()


def is_gone(process: int) -> bool:
    return not Path(f"/proc/{process}").exists()


def open_output(path: str) -> pyvirtualcam.Camera:
    return pyvirtualcam.Camera(640, 480, 30, device=path, print_fps=False)


def number_of(reader: cv2.VideoCapture) -> int:
    return numbered_frames.read(np.asarray(reader.read()[1], np.uint8))


def test_frame_sent_is_what_the_other_program_gets(v4l2: FakeDevices) -> None:
    sent = numbered_frames.make(4242)
    with open_output(v4l2.path("video10")) as camera:
        camera.send(sent)
        got = cv2.cvtColor(v4l2.last_i420("video10", width=640, height=480), cv2.COLOR_YUV2RGB_I420)
        assert v4l2.state("video10").writes == 1
    assert numbered_frames.read(np.asarray(got, np.uint8)) == 4242
    assert np.abs(got.astype(int) - sent).mean() < 2


def test_output_is_a_camera_only_after_the_first_frame(v4l2: FakeDevices) -> None:
    path = v4l2.path("video10")
    with open_output(path) as camera:
        assert not cv2.VideoCapture(path, cv2.CAP_V4L2).isOpened()
        camera.send(numbered_frames.make(1))
        assert cv2.VideoCapture(path, cv2.CAP_V4L2).isOpened()
    assert not cv2.VideoCapture(path, cv2.CAP_V4L2).isOpened()


def test_old_v4l2loopback_opens_once() -> None:
    with FakeDevices("video10=loopback12") as devices:
        with open_output(devices.path("video10")) as camera:
            camera.send(numbered_frames.make(1))
        with pytest.raises(RuntimeError, match="not a video output device"):
            open_output(devices.path("video10"))


def test_clip_plays_in_a_loop(tmp_path: Path) -> None:
    clip = str(tmp_path / "clip.avi")
    writer = cv2.VideoWriter(clip, cv2.VideoWriter.fourcc(*"MJPG"), 30, (320, 240))
    for number in range(3):
        writer.write(numbered_frames.make(number, width=320, height=240))
    writer.release()
    with FakeDevices(f"video0=camera:320x240@100:YUYV:{clip}") as devices:
        reader = cv2.VideoCapture(devices.path("video0"), cv2.CAP_V4L2)
        numbers = [number_of(reader) for _ in range(7)]
        reader.release()
    assert numbers == [(numbers[0] + n) % 3 for n in range(7)]


def test_nothing_is_left_behind_by_a_failed_test() -> None:
    opened: list[tuple[FakeDevices, cv2.VideoCapture]] = []

    def fails() -> None:
        with FakeDevices("video0=camera:320x240@30:YUYV") as devices:
            opened.append((devices, cv2.VideoCapture(devices.path("video0"), cv2.CAP_V4L2)))
            assert str(devices.mount) in mounts()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    devices, reader = opened[0]
    assert str(devices.mount) not in mounts()
    assert not devices.mount.parent.exists()
    assert is_gone(devices.process_id)
    reader.release()


def test_nothing_is_left_behind_by_a_killed_server() -> None:
    with FakeDevices("video10=loopback") as devices:
        os.kill(devices.process_id, signal.SIGKILL)
    assert str(devices.mount) not in mounts()
    assert not devices.mount.parent.exists()


def test_nothing_is_left_behind_by_killed_tests() -> None:
    code = (
        "import sys; from tests.rig.fake_devices import FakeDevices;"
        "devices = FakeDevices('video10=loopback'); print(devices.process_id, devices.mount, flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, stdin=pipe, stdout=pipe, text=True) as tests:
        assert tests.stdout is not None
        server, mount = tests.stdout.readline().split()
        tests.kill()
    deadline = time.monotonic() + 5
    while not is_gone(int(server)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert mount not in mounts()
    Path(mount).parent.rmdir()


def test_unknown_kind_of_device_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="video0=scanner"):
        FakeDevices("video0=scanner:A4")
    assert "camera, loopback or loopback12" in capfd.readouterr().err

"""The real pyvirtualcam on virtual cameras in user space: what is sent arrives, and nothing that goes wrong stays silent."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatarify.errors import VirtualCameraError
from avatarify.frame import Image
from avatarify.v4l2.v4l2loopback import query
from avatarify.virtual_camera import coded_frame
from avatarify.virtual_camera.devices import State, VirtualCameraDevice
from avatarify.virtual_camera.virtual_camera import PyVirtualCamera
from tests.fakes.clocks import SteppedClock
from tests.rig.fake_devices import FakeDevices

pytest.importorskip("pyvirtualcam")
pytestmark = pytest.mark.rig

PROJECT = Path(__file__).parents[2]
SMALL = (640, 480)


def portrait(size: tuple[int, int]) -> Image:
    """Smooth colours, as in a picture of a person: video colours are stored at half the resolution."""
    width, height = size
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return (np.stack((x, y, 1 - x * y), axis=2) * 200 + 28).astype(np.uint8)


@contextlib.contextmanager
def other_program(device: str, *size: int) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that sends to the device."""
    command = [sys.executable, "-m", "tests.rig.producer", device, *map(str, size)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"sending\n"
        try:
            yield process
        finally:
            if process.poll() is None:
                process.communicate(b"")


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (1920, 1080)])
def test_picture_arrives_as_it_was_sent(v4l2: FakeDevices, size: tuple[int, int]) -> None:
    sent = portrait(size)
    with PyVirtualCamera(v4l2.path("video10"), size=size) as camera:
        camera.send(sent)
        got = cv2.cvtColor(v4l2.last_i420("video10", width=size[0], height=size[1]), cv2.COLOR_YUV2RGB_I420)
    difference = np.abs(got.astype(int) - sent)
    assert difference.max() <= 6
    assert difference.mean() < 1.5


def test_it_says_what_it_is(v4l2: FakeDevices) -> None:
    with PyVirtualCamera(v4l2.path("video10")) as camera:
        assert (camera.size, camera.fps) == ((1280, 720), 30.0)
        assert (camera.name, camera.device) == ("Avatar Camera", v4l2.path("video10"))
        assert camera.notes == ()


def test_pictures_keep_the_rate_that_they_are_sent_at(v4l2: FakeDevices) -> None:
    with PyVirtualCamera(v4l2.path("video10"), size=SMALL) as camera:
        camera.send(coded_frame.encode(0, SMALL))
        reader = cv2.VideoCapture(v4l2.path("video10"), cv2.CAP_V4L2)
        stop = threading.Event()
        sender = threading.Thread(target=send_at_30, args=(camera, stop))
        sender.start()
        times, numbers = [], []
        for _ in range(31):
            arrived, image = reader.read()
            times.append(time.monotonic())
            assert arrived
            numbers.append(coded_frame.decode(image))
        stop.set()
        sender.join()
        reader.release()
    assert numbers == sorted(numbers, key=lambda number: -1 if number is None else number)
    assert 30 / (times[-1] - times[0]) == pytest.approx(30, rel=0.2)


def send_at_30(camera: PyVirtualCamera, stop: threading.Event) -> None:
    started = time.monotonic()
    for number in range(1, 1000):
        if stop.wait(max(0.0, started + number / 30 - time.monotonic())):
            return
        camera.send(coded_frame.encode(number, camera.size))


def test_second_producer_is_told_by_name(v4l2: FakeDevices) -> None:
    device = v4l2.path("video10")
    with other_program(device) as process:
        with pytest.raises(VirtualCameraError, match=r"is in use by tests\.rig\.producer") as told:
            PyVirtualCamera(device, size=SMALL)
        assert f"(process {process.pid})" in told.value.message
    PyVirtualCamera(device, size=SMALL).close()


def test_device_of_a_killed_producer_is_taken_over_while_a_reader_stays(
    v4l2: FakeDevices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Driver 0.12 goes on refusing producers then; the fake one is made to by a producer that stays."""
    device, repaired = v4l2.path("video10"), []
    monkeypatch.setattr("avatarify.v4l2.v4l2loopback.has_producer", lambda device: False)
    with other_program(device) as process:
        monkeypatch.setattr(
            "avatarify.v4l2.v4l2loopback.repair", lambda device: repaired.append(process.communicate(b""))
        )
        PyVirtualCamera(device, size=SMALL).close()
    assert len(repaired) == 1


def test_camera_of_this_program_cannot_be_opened_twice(v4l2: FakeDevices) -> None:
    with (
        PyVirtualCamera(v4l2.path("video10")),
        pytest.raises(VirtualCameraError, match="already open in this program"),
    ):
        PyVirtualCamera(v4l2.path("video10"))


def test_webcam_is_refused(v4l2: FakeDevices) -> None:
    with pytest.raises(VirtualCameraError, match="is a real camera"):
        PyVirtualCamera(v4l2.path("video0"))


def test_device_that_is_not_there_comes_with_the_command(v4l2: FakeDevices) -> None:
    with pytest.raises(VirtualCameraError, match="There is no virtual camera") as told:
        PyVirtualCamera(v4l2.path("video11"))
    assert "modprobe v4l2loopback exclusive_caps=1" in told.value.hint


def test_vanishing_device_is_told_within_a_second_and_comes_back(
    v4l2: FakeDevices, capfd: pytest.CaptureFixture[str]
) -> None:
    device, clock = v4l2.path("video10"), SteppedClock()
    camera = PyVirtualCamera(device, size=SMALL, clock=clock)
    picture = portrait(SMALL)
    camera.send(picture)
    v4l2.unplug("video10")
    gone_at = clock.now
    with pytest.raises(VirtualCameraError, match=r"Avatar Camera .* has gone"):
        send_for(5, camera, picture, clock)
    assert clock.now - gone_at <= 1.0 + 1 / 30
    with pytest.raises(VirtualCameraError, match="has gone"):
        camera.send(picture)
    camera.close()
    with pytest.raises(VirtualCameraError):
        PyVirtualCamera(device, size=SMALL)
    v4l2.plug("video10")
    with PyVirtualCamera(device, size=SMALL) as again:
        again.send(picture)
    capfd.readouterr()


def send_for(seconds: float, camera: PyVirtualCamera, picture: Image, clock: SteppedClock) -> None:
    for _ in range(round(seconds * 30)):
        clock.now += 1 / 30
        camera.send(picture)


def test_first_write_error_is_told_at_once_and_not_printed(
    v4l2: FakeDevices, capfd: pytest.CaptureFixture[str]
) -> None:
    with PyVirtualCamera(v4l2.path("video10"), size=SMALL) as camera:
        v4l2.unplug("video10")
        with pytest.raises(VirtualCameraError, match="has gone"):
            camera.send(portrait(SMALL))
    assert "error writing frame" not in capfd.readouterr().err


def test_old_driver_is_opened_again_through_the_repair() -> None:
    with FakeDevices("video10=loopback12:Old driver") as devices:
        device = devices.path("video10")
        PyVirtualCamera(device, size=SMALL).close()
        with other_program(device):
            pass
        assert query(device).is_stuck, "the other program leaves it so"
        with PyVirtualCamera(device, size=SMALL) as camera:
            camera.send(portrait(SMALL))
            assert devices.state("video10").writes == 2
        assert query(device).output, "we leave it fit for the next program"


def test_notes_tell_that_this_driver_has_no_picture_of_its_own(v4l2: FakeDevices) -> None:
    with PyVirtualCamera(v4l2.path("video10"), size=SMALL, standby=portrait(SMALL)) as camera:
        camera.send(portrait(SMALL))
        (note,) = camera.notes
    assert "cannot show a stand-by picture by itself" in note


def test_reader_is_seen(v4l2: FakeDevices) -> None:
    code = (
        "import cv2, sys; reader = cv2.VideoCapture(sys.argv[1], cv2.CAP_V4L2); print(reader.isOpened(), flush=True);"
        "sys.stdin.read()"
    )
    with PyVirtualCamera(v4l2.path("video10"), size=SMALL) as camera:
        camera.send(portrait(SMALL))
        assert camera.in_use is False
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", code, camera.device]
        with subprocess.Popen(command, stdin=pipe, stdout=pipe) as reader:
            assert reader.stdout is not None
            assert reader.stdout.readline() == b"True\n"
            assert camera.in_use is True
            assert [holder.process for holder in camera.readers] == [reader.pid]
            reader.communicate(b"")


def test_wrong_pictures_are_refused_and_closed_cameras_say_so(v4l2: FakeDevices) -> None:
    camera = PyVirtualCamera(v4l2.path("video10"), size=SMALL)
    with pytest.raises(ValueError, match=r"expected uint8 \[480, 640, 3\]"):
        camera.send(portrait((1280, 720)))
    with pytest.raises(ValueError, match="float64"):
        camera.send(np.zeros((480, 640, 3)))  # type: ignore[arg-type]
    camera.close()
    camera.close()
    with pytest.raises(VirtualCameraError, match="is closed"):
        camera.send(portrait(SMALL))
    with pytest.raises(ValueError, match="is none of"):
        PyVirtualCamera(v4l2.path("video10"), size=(512, 512))


def listed(device: str, state: State) -> tuple[VirtualCameraDevice, ...]:
    return (VirtualCameraDevice(device, "Avatarify", "v4l2loopback", state),)


def test_without_a_name_the_first_free_one_is_taken_and_named(
    v4l2: FakeDevices, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = v4l2.path("video10")
    full = (*listed("/dev/video8", State.SENDING), *listed(device, State.FREE))
    monkeypatch.setattr("avatarify.virtual_camera.virtual_camera.find_virtual_cameras", lambda: full)
    with PyVirtualCamera(size=SMALL) as camera:
        assert camera.device == device


@pytest.mark.parametrize(
    ("state", "message"), [(State.SENDING, "is in use by"), (State.NO_RIGHTS, "no rights"), (None, "no virtual camera")]
)
def test_without_a_name_and_without_a_free_one_it_is_told(
    monkeypatch: pytest.MonkeyPatch, state: State | None, message: str
) -> None:
    found = () if state is None else listed("/dev/video8", state)
    monkeypatch.setattr("avatarify.virtual_camera.virtual_camera.find_virtual_cameras", lambda: found)
    with pytest.raises(VirtualCameraError, match=message):
        PyVirtualCamera()


def test_device_held_at_another_size_is_told(v4l2: FakeDevices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatarify.v4l2.v4l2loopback.carried_size", lambda device: (640, 360))
    with (
        PyVirtualCamera(v4l2.path("video10")) as camera,
        pytest.raises(VirtualCameraError, match="held at 640 x 360 by another program, so 1280 x 720 cannot be sent"),
    ):
        camera.send(portrait((1280, 720)))

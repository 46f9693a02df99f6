"""The real OpenCV and FFmpeg against a network camera with the faults of real ones."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from avatarify.camera.live_camera import Patience
from avatarify.camera.network_camera import NetworkCamera, shown_address
from avatarify.errors import CameraError
from avatarify.frame import Frame
from tests.fakes.live import until
from tests.rig import numbered_frames
from tests.rig.mjpeg_server import MjpegServer, Mode

LIMIT_S = 0.4
FFMPEG_S = 15.0
"""Half of what FFmpeg waits for by itself."""
QUICK = Patience(opening=LIMIT_S + 1, stall=LIMIT_S, closing=0.5)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MjpegServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with MjpegServer() as running:
        yield running


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A computer that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def connect(url: str, *, hastily: bool = False) -> NetworkCamera:
    return NetworkCamera(url, limit_s=LIMIT_S, patience=QUICK) if hastily else NetworkCamera(url)


def number_in(frame: Frame) -> int:
    return numbered_frames.read(frame.image)


def read_on(camera: NetworkCamera) -> None:
    """Frames that are on their way may still come before the trouble."""
    for _ in range(99):
        camera.read()


def test_frames_come_in_order_and_young(server: MjpegServer) -> None:
    with connect(server.url()) as camera:
        assert (camera.format.width, camera.format.height, camera.format.backend) == (640, 480, "FFMPEG")
        assert camera.format.pixel_format == "MJPG"
        frames, behind = [], []
        for _ in range(8):
            frames.append(camera.read())
            behind.append(len(server.born) - 1 - number_in(frames[-1]))
    numbers = [number_in(frame) for frame in frames]
    assert numbers == sorted(set(numbers))
    assert all(frame.captured_at > server.born[number_in(frame)] for frame in frames)
    assert sorted(behind)[4] <= 2, "frames that the server has sent since"
    red, green, blue = frames[0].image[-20, -20].tolist()
    assert green < red < blue


def test_frames_kept_by_the_server_are_dropped() -> None:
    with MjpegServer(backlog=25) as server, connect(server.url()) as camera:
        frame = camera.read()
        assert number_in(frame) >= 20
        assert time.monotonic() - server.born[number_in(frame)] < 1.0, "as old as what was kept"


def test_frame_after_a_pause_is_young(server: MjpegServer) -> None:
    with connect(server.url()) as camera:
        before = number_in(camera.read())
        until(lambda: len(server.born) > before + 50)
        frame = camera.read()
        assert number_in(frame) > before + 40, "two seconds have gone by"


def test_silence_in_the_stream_is_told_within_the_limit(server: MjpegServer) -> None:
    with connect(server.url(), hastily=True) as camera:
        camera.read()
        server.mode = Mode.HANG
        began = time.monotonic()
        with pytest.raises(CameraError, match="has given no picture for"):
            read_on(camera)
        assert time.monotonic() - began < FFMPEG_S
        closing = time.monotonic()
    assert time.monotonic() - closing < FFMPEG_S


def test_silence_at_the_beginning_is_told_within_the_limit(server: MjpegServer) -> None:
    server.mode = Mode.HANG
    began = time.monotonic()
    with pytest.raises(CameraError, match=r"has not answered for 0\.4 s"):
        connect(server.url(), hastily=True)
    assert time.monotonic() - began < FFMPEG_S


def test_late_answer_within_the_limit_is_fine() -> None:
    with MjpegServer(mode=Mode.LATE, late_s=0.2) as server, connect(server.url()) as camera:
        camera.read()


def test_server_that_closes_is_told_and_can_be_connected_again(server: MjpegServer) -> None:
    with connect(server.url()) as camera:
        camera.read()
        server.mode = Mode.CLOSE
        with pytest.raises(CameraError, match="sends no video, or has stopped"):
            read_on(camera)
    with pytest.raises(CameraError, match="sends no video"):
        connect(server.url())
    server.mode = Mode.OK
    with connect(server.url()) as camera:
        camera.read()
    assert server.streams >= 2


def test_server_that_refuses_is_told(server: MjpegServer) -> None:
    server.mode = Mode.REFUSE
    with pytest.raises(CameraError, match="answers with error 503"):
        connect(server.url())


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_nobody_listens(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(CameraError, match="Nothing answers at"):
        connect(f"{scheme}://127.0.0.1:{port}/live")


def test_rtsp_server_that_stays_silent(silent_port: int) -> None:
    began = time.monotonic()
    with pytest.raises(CameraError, match=r"has not answered for 0\.4 s"):
        connect(f"rtsp://127.0.0.1:{silent_port}/live", hastily=True)
    assert time.monotonic() - began < FFMPEG_S


def test_password_works_and_is_never_shown(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    with MjpegServer(credentials="me:s3cret") as server:
        with connect(server.url("me:s3cret")) as camera:
            camera.read()
            told.append(camera.name)
            server.mode = Mode.CLOSE
            with pytest.raises(CameraError) as error:
                read_on(camera)
            told.append(str(error.value))
        server.mode = Mode.OK
        for credentials, message in (
            ("me:s3cretive", "refuses this name and password"),
            ("", "wants a name and a password"),
        ):
            with pytest.raises(CameraError, match=message) as error:
                connect(server.url(credentials) + "?token=s3cret")
            told.append(str(error.value))
    told += [thread.name for thread in threading.enumerate()]
    seen = " ".join([*told, caplog.text, *capfd.readouterr()])
    assert "127.0.0.1" in caplog.text
    assert "s3cret" not in seen


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://cam.local:8080/video", "http://cam.local:8080/video"),
        ("rtsp://me:p%40ss@10.0.0.7/live?pwd=x&user=me", "rtsp://10.0.0.7/live?..."),
        ("http://me:p@ss@cam/", "http://cam/"),
        ("http://me:pass@[::1]:80/", "http://[::1]:80/"),
    ],
)
def test_address_is_shown_without_secrets(url: str, shown: str) -> None:
    assert shown_address(url) == shown


@pytest.mark.parametrize("url", ["ftp://cam/", "http:///video", "http://cam:http/", "http://s3cret:s3cret@:99999/"])
def test_unusable_address_is_told(url: str) -> None:
    with pytest.raises(CameraError, match="cannot be used") as told:
        NetworkCamera(url)
    assert "s3cret" not in str(told.value)

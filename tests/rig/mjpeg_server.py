"""A network camera on 127.0.0.1: numbered frames as MJPEG over HTTP, with the faults of real ones."""

from __future__ import annotations

import base64
import contextlib
import functools
import itertools
import threading
import time
from collections.abc import Callable
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2

from tests.rig import numbered_frames

_HEAD = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n"


@functools.lru_cache(maxsize=100)
def _jpeg(number: int) -> bytes:
    rgb = numbered_frames.make(number)
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1])


class Mode(Enum):
    """What the server does. It can be changed at any time, also in the middle of a stream."""

    OK = "sends its frames"
    HANG = "accepts and stays silent, also in the middle of a stream"
    CLOSE = "ends the stream, and every new one at once"
    REFUSE = "answers 503"
    LATE = "hangs for `late_s` before it answers, then sends"


class MjpegServer(ThreadingHTTPServer):
    """Context manager. born[n] is the time.monotonic() at which frame n was taken. credentials: "user:password".

    backlog: frames taken before, which are sent at once at the start of each stream, as a server with a buffer does.
    """

    daemon_threads = True

    def __init__(
        self, *, fps: float = 25, credentials: str = "", backlog: int = 0, mode: Mode = Mode.OK, late_s: float = 0.3
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fps, self.mode, self.backlog, self.late_s = fps, mode, backlog, late_s
        self.credentials = credentials
        self.born: dict[int, float] = {}
        self.streams = 0
        """Streams begun so far."""
        for number in range(backlog):  # encoded before anybody waits for them
            _jpeg(number)
        self._closing = threading.Event()
        self._numbers = itertools.count()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def url(self, credentials: str = "") -> str:
        """The camera's address, with "user:password" in it where given."""
        return f"http://{credentials and credentials + '@'}127.0.0.1:{self.server_port}/video.mjpg"

    @property
    def authorization(self) -> str:
        """The header that it wants, or ""."""
        return self.credentials and "Basic " + base64.b64encode(self.credentials.encode()).decode()

    def wait_while_hanging(self) -> None:
        while self.mode is Mode.HANG and not self._closing.wait(0.01):
            pass

    def stream(self, write: Callable[[bytes], int]) -> None:
        """Send frames at the rate until told otherwise. Numbers go on from stream to stream."""
        self.streams += 1
        now = time.monotonic()
        write(b"".join(self._part(now - age / self.fps) for age in range(self.backlog, 0, -1)))
        due = time.monotonic()
        while self.mode is not Mode.CLOSE and not self._closing.is_set():
            write(self._part(time.monotonic()))
            due += 1 / self.fps
            self._closing.wait(max(0.0, due - time.monotonic()))
            if self.mode is Mode.HANG:
                self.wait_while_hanging()
                due = time.monotonic()

    def pause(self, seconds: float) -> None:
        self._closing.wait(seconds)

    def _part(self, born: float) -> bytes:
        """The next frame as it goes over the wire, taken at `born`."""
        number = next(self._numbers)
        jpeg = _jpeg(number)
        self.born[number] = born
        return _HEAD % len(jpeg) + jpeg + b"\r\n"

    def __exit__(self, *reason: object) -> None:
        self._closing.set()
        self.shutdown()
        self._thread.join(5)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: MjpegServer

    def do_GET(self) -> None:
        server = self.server
        if server.mode is Mode.LATE:
            server.pause(server.late_s)
        server.wait_while_hanging()
        if server.authorization and self.headers.get("Authorization") != server.authorization:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        if server.mode is Mode.REFUSE:
            self.send_response(503)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        with contextlib.suppress(OSError):  # the client went away
            server.stream(self.wfile.write)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Stay silent."""

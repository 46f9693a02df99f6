"""A real HTTP server on 127.0.0.1 that misbehaves on request."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from avatarify.catalog.transfer import Limits

DATA = bytes(range(256)) * 3000  # three reads of the downloader
ETAG = '"first"'
QUICK = Limits(timeout_s=0.25, window_s=0.1, window_bytes=1000, attempts=2, pause_s=0.0, max_redirects=3)


class Seen(NamedTuple):
    """One request as it came in: the two headers are "" where absent."""

    path: str
    range: str
    if_range: str


class Handler(BaseHTTPRequestHandler):
    server: LoopbackServer

    def do_GET(self) -> None:
        self.server.seen.append(Seen(self.path, self.headers.get("Range", ""), self.headers.get("If-Range", "")))
        script = self.server.scripts[self.path]
        answer = script.pop(0) if len(script) > 1 else script[0]
        answer(self)

    def head(self, status: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def asked_from(self) -> int:
        """First byte of the range that was asked for; 0 without one."""
        text = self.headers.get("Range", "")
        return int(text.removeprefix("bytes=").rstrip("-")) if text else 0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Stay silent."""


Answer = Callable[[Handler], None]


class LoopbackServer(ThreadingHTTPServer):
    """Answers each request for a path with the next answer of its script; the last one stays for good."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.scripts: dict[str, list[Answer]] = {}
        self.seen: list[Seen] = []
        self.released = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def play(self, *answers: Answer, path: str = "/model.bin") -> str:
        """Set the script of a path; returns its address."""
        self.scripts[path] = list(answers)
        return f"http://127.0.0.1:{self.server_port}{path}"

    def __exit__(self, *reason: object) -> None:
        self.released.set()
        self.shutdown()
        self._thread.join(5)
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """The client hangs up on misbehaviour: that is what is being tested."""


def whole(data: bytes = DATA, *, etag: str = ETAG) -> Answer:
    """A good server: ranges, If-Range, 416 beyond the end."""

    def answer(handler: Handler) -> None:
        start = handler.asked_from()
        headers = {"ETag": etag} if etag else {}
        if handler.headers.get("If-Range", etag) != etag:
            start = 0
        if start >= len(data):
            handler.head(416, Content_Range=f"bytes */{len(data)}")
            return
        if start:
            span = f"bytes {start}-{len(data) - 1}/{len(data)}"
            handler.head(206, Content_Range=span, Content_Length=len(data) - start, **headers)
        else:
            handler.head(200, Content_Length=len(data), **headers)
        handler.wfile.write(data[start:])

    return answer


def blind_range(data: bytes = DATA, *, etag: str = ETAG) -> Answer:
    """Sends the range it was asked for whatever If-Range says."""

    def answer(handler: Handler) -> None:
        start = handler.asked_from()
        span = f"bytes {start}-{len(data) - 1}/{len(data)}"
        handler.head(206 if start else 200, Content_Range=span, Content_Length=len(data) - start, ETag=etag)
        handler.wfile.write(data[start:])

    return answer


def drops_after(count: int, data: bytes = DATA, *, etag: str = ETAG) -> Answer:
    """Promises the rest of the file and hangs up after `count` bytes of it."""

    def answer(handler: Handler) -> None:
        start = handler.asked_from()
        headers: dict[str, object] = {"ETag": etag} if etag else {}
        if start:
            headers["Content_Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        handler.head(206 if start else 200, Content_Length=len(data) - start, **headers)
        handler.wfile.write(data[start : start + count])

    return answer


def no_ranges(data: bytes = DATA) -> Answer:
    def answer(handler: Handler) -> None:
        handler.head(200, Content_Length=len(data))
        handler.wfile.write(data)

    return answer


def claims(length: int | None, data: bytes = DATA, **headers: object) -> Answer:
    """Says that the file has `length` bytes, or nothing about it, and sends `data`."""

    def answer(handler: Handler) -> None:
        if length is not None:
            headers["Content_Length"] = length
        handler.head(200, **headers)
        handler.wfile.write(data)

    return answer


def stalls_after(count: int, data: bytes = DATA) -> Answer:
    """Sends `count` bytes, then nothing until the server is released, then the rest."""

    def answer(handler: Handler) -> None:
        handler.head(200, Content_Length=len(data), ETag=ETAG)
        handler.wfile.write(data[:count])
        handler.wfile.flush()
        handler.server.released.wait(20)
        handler.wfile.write(data[count:])

    return answer


def dribbles(handler: Handler) -> None:
    """One byte every 20 ms: never silent long enough for a socket timeout."""
    handler.head(200, Content_Length=len(DATA))
    for index in range(len(DATA)):
        handler.wfile.write(DATA[index : index + 1])
        if handler.server.released.wait(0.02):
            return


def fails(status: int) -> Answer:
    return lambda handler: handler.head(status, Content_Length=0)


def redirects(place: str, status: int = 302) -> Answer:
    return lambda handler: handler.head(status, Location=place, Content_Length=0)


def page(handler: Handler) -> None:
    """A log-in page under the file's name, as drives and hotels serve it."""
    body = b"\n <!DOCTYPE html><html><title>Virus scan warning</title></html>"
    handler.head(200, Content_Length=len(body), Content_Type="application/octet-stream")
    handler.wfile.write(body)

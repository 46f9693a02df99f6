"""A real browser, headless Chromium, that opens a camera through getUserMedia and tells what it sees."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

PAGE = Path(__file__).with_name("browser.html")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",  # answers the permission question only: the camera stays the real one
)


class SeenFrame(NamedTuple):
    """at: when it was presented, in milliseconds. levels: brightness 0..255 of each cell of a coded picture."""

    at: float
    levels: list[int]


class Seen(NamedTuple):
    """What the page saw. rate: frames a second as the browser took the camera to have. corner: RGB at (24, 24)."""

    label: str
    width: int
    height: int
    rate: float
    frames: list[SeenFrame]
    corner: list[int]
    png: bytes


def find_browser() -> str | None:
    """Chromium or Chrome, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def look(label: str, *, size: tuple[int, int], seconds: float, limit_s: float = 60.0) -> Seen:
    """Opens the page, lets it look at the camera whose name has `label` in it for `seconds`, and closes the browser."""
    browser = find_browser()
    assert browser is not None
    asked = urlencode({"label": label, "width": size[0], "height": size[1], "seconds": seconds})
    with _page_server() as (port, results), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser, *FLAGS, f"--user-data-dir={profile}", f"http://127.0.0.1:{port}/?{asked}"]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        try:
            return _parse(json.loads(results.get(timeout=limit_s)))
        except queue.Empty:
            raise TimeoutError(f"no answer from the page in {limit_s:.0f} s") from None
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait(10)


def _parse(answer: dict[str, object]) -> Seen:
    if "error" in answer:
        raise RuntimeError(f"the page: {answer['error']}")
    answer["frames"] = [SeenFrame(**frame) for frame in answer["frames"]]  # type: ignore[attr-defined]
    answer["png"] = base64.b64decode(str(answer["png"]))
    return Seen(**answer)  # type: ignore[arg-type]


@contextlib.contextmanager
def _page_server() -> Iterator[tuple[int, queue.Queue[bytes]]]:
    """Serves the page on loopback; yields its port and the queue of what is posted."""
    results: queue.Queue[bytes] = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
            pass

        def _answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            known = self.path.startswith("/?")
            self._answer(200 if known else 404, PAGE.read_bytes() if known else b"")

        def do_POST(self) -> None:
            results.put(self.rfile.read(int(self.headers["content-length"])))
            self._answer(200)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_port, results
        finally:
            server.shutdown()
            thread.join()

"""A camera in the network: MJPEG over http(s), or rtsp, through OpenCV's FFmpeg."""

from __future__ import annotations

import base64
import http.client
import logging
import socket
import time
from functools import partial
from urllib.parse import SplitResult, unquote, urlsplit

import cv2

from avatarify.camera.live_camera import LiveCamera, Patience
from avatarify.camera.opencv_source import OpenCvSource, settle_opencv
from avatarify.errors import CameraError

SCHEMES = ("http", "https", "rtsp", "rtsps")
_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
_DEFAULT_FPS = 25.0
_LONGEST_BACKLOG_S = 2.0
_WAITS_IN_A_ROW = 2
_ASKING_S = 2.0

logger = logging.getLogger(__name__)


class NetworkCamera(LiveCamera):
    """See camera.Camera. Frames that the server or the socket has kept are dropped at the beginning and never gather
    later. A camera that has raised is finished; opening it again connects again.
    """

    def __init__(self, url: str, *, limit_s: float = 5.0, patience: Patience | None = None) -> None:
        """url: with "user:password@" where the camera wants it; the server sets size and rate. limit_s: for connecting,
        and for the server's silence later.

        Raises CameraError: no such address, no answer, wrong password, not a video. No message shows a secret.
        """
        parts = _split(url)
        shown = shown_address(url)
        patience = patience or Patience(opening=limit_s + 1)
        super().__init__(partial(_open, url, parts, shown, limit_s), name=f"The camera at {shown}", patience=patience)
        logger.info("%s gives %s", shown, self.format)


def shown_address(url: str) -> str:
    """The address without what may be secret: name and password, and the values of the query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}" + ("?..." if parts.query else "")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # the port is no number
        usable = False
    if not usable:
        raise CameraError(
            "The address of the network camera cannot be used.",
            "Write it as http://HOST:PORT/PATH or rtsp://USER:PASSWORD@HOST/PATH.",
        )
    return parts


def _open(url: str, parts: SplitResult, shown: str, limit_s: float) -> OpenCvSource:
    settle_opencv()
    trouble = partial(_trouble, parts, shown)
    limit_ms = int(limit_s * 1000)
    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, limit_ms, cv2.CAP_PROP_READ_TIMEOUT_MSEC, limit_ms]
    began = time.monotonic()
    capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits)
    if not capture.isOpened():
        capture.release()
        if time.monotonic() - began > limit_s * 0.9:
            raise CameraError(
                f"The camera at {shown} has not answered for {limit_s:g} s.",
                "See that it is switched on and that this computer reaches it.",
            )
        raise trouble()
    source = OpenCvSource(capture, trouble=trouble)
    _drop_backlog(source, capture.get(cv2.CAP_PROP_FPS))
    return source


def _drop_backlog(source: OpenCvSource, fps: float) -> None:
    """Frames that lie ready come at once; one after the other that had to be waited for are new. One alone may be a
    hiccup of this computer.
    """
    interval = 1 / fps if 1 <= fps <= 120 else 1 / _DEFAULT_FPS
    began = before = time.monotonic()
    waits = 0
    while waits < _WAITS_IN_A_ROW and before - began < _LONGEST_BACKLOG_S and source.skip():
        now = time.monotonic()
        waits = waits + 1 if now - before > interval / 2 else 0
        before = now


def _trouble(parts: SplitResult, shown: str) -> CameraError:
    """Asks the server what is the matter. FFmpeg does not tell."""
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    try:
        with socket.create_connection((host, port), timeout=_ASKING_S):
            pass
        status = _status(parts, host, port) if parts.scheme == "http" else None
    except socket.gaierror:
        return CameraError(f"There is no computer named {host} ({shown}).", "Check the address and the network.")
    except ConnectionRefusedError:
        return CameraError(f"Nothing answers at {shown}.", "See that the camera's app is running, and check the port.")
    except (OSError, http.client.HTTPException) as error:
        # Not str(error): it may quote the address.
        reason = (error.strerror if isinstance(error, OSError) else None) or "it did not answer in time"
        return CameraError(f"The camera at {shown} cannot be reached: {reason}.", "See that it is switched on.")
    if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
        given = "refuses this name and password" if parts.username else "wants a name and a password"
        return CameraError(f"The camera at {shown} {given}.", "Write them as http://USER:PASSWORD@HOST/PATH.")
    if status is not None and status >= http.client.BAD_REQUEST:
        return CameraError(f"The camera at {shown} answers with error {status}.", "Check the path of the address.")
    return CameraError(
        f"The camera at {shown} sends no video, or has stopped.",
        "Check name, password and path; a browser should show it.",
    )


def _status(parts: SplitResult, host: str, port: int) -> int:
    headers = {}
    if parts.username:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(secret).decode()
    connection = http.client.HTTPConnection(host, port, timeout=_ASKING_S)
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()

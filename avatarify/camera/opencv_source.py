"""One opened cv2.VideoCapture: pictures with their time of arrival, BGR turned into RGB, and no word on stderr."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import cv2
import numpy as np

from avatarify.camera.camera import CameraFormat
from avatarify.camera.live_camera import Picture
from avatarify.errors import CameraError

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_SLICE_S = 0.25
_SLICE_NS = int(_SLICE_S * 1e9)


def settle_opencv() -> None:
    """Undo what OpenCV does to the process that imports it, and keep it and its FFmpeg quiet: what goes wrong is told as an
    exception, and their own lines may hold addresses. Cheap; before every opening.

    OpenCV points Qt at the plugins of its own Qt 5, for this process and all that it starts.
    """
    for variable in _QT_VARIABLES:
        if f"{os.sep}cv2{os.sep}" in os.environ.get(variable, ""):
            del os.environ[variable]
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # Asking for permission needs the main thread on macOS; without this the system itself asks at the first opening.
    os.environ.setdefault("OPENCV_AVFOUNDATION_SKIP_AUTH", "1")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class OpenCvSource:
    """A live_camera.PictureSource. VideoCapture.isOpened() goes on saying True after an unplug, so only pictures count.

    waits_in_slices: the backend (V4L2 only) can wait for a picture with a limit, so the thread can look up every 250 ms.
    trouble: says why no picture comes.
    """

    def __init__(
        self, capture: cv2.VideoCapture, *, trouble: Callable[[], CameraError], waits_in_slices: bool = False
    ) -> None:
        self._capture = capture
        self._trouble = trouble
        self._waits_in_slices = waits_in_slices
        self._format: CameraFormat | None = None

    @property
    def format(self) -> CameraFormat:
        """Size of the first picture; the rest as the backend reads it back."""
        assert self._format is not None, "set by the first picture"
        return self._format

    def read(self) -> Picture | None:
        """See PictureSource.read."""
        try:
            return self._read()
        except cv2.error as error:  # V4L2's way to say that the device has gone
            raise self._trouble() from error

    def skip(self) -> bool:
        """Drop the next picture. False where there is none."""
        return self._capture.grab()

    def close(self) -> None:
        """Twice is fine."""
        self._capture.release()

    def _read(self) -> Picture | None:
        # The first grab starts the stream; there is nothing to wait for before it.
        if self._waits_in_slices and self._format is not None:
            there, _ = cv2.VideoCapture.waitAny([self._capture], _SLICE_NS)
            if not there:
                return None
        elif not self._capture.grab():
            raise self._trouble()
        arrived = time.monotonic()
        there, bgr = self._capture.retrieve()
        if not there:  # a damaged frame; where none is whole, the stall is told
            return None
        if bgr.ndim == 2:
            bgr = cv2.cvtColor(bgr, cv2.COLOR_GRAY2BGR)
        image = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
        if self._format is None:
            self._format = self._read_back(*image.shape[1::-1])
        return Picture(image, arrived)

    def _read_back(self, width: int, height: int) -> CameraFormat:
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        return CameraFormat(
            width=width,
            height=height,
            fps_claimed=fps if np.isfinite(fps) and 0 < fps < 1000 else 0.0,
            pixel_format=fourcc_text(int(self._capture.get(cv2.CAP_PROP_FOURCC))),
            backend=self._capture.getBackendName(),
        )


def fourcc_text(code: int) -> str:
    """ "MJPG" for 0x47504A4D; "?" where the backend does not say."""
    letters = (code & 0xFFFFFFFF).to_bytes(4, "little").rstrip(b"\0 ")
    return letters.decode("ascii") if letters and letters.isalnum() and letters.isascii() else "?"

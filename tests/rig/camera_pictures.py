"""The pictures of a fake camera: numbered frames, or a video file in a loop, in the camera's pixel format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2

from avatarify.frame import Image
from tests.rig import numbered_frames


def _jpeg(rgb: Image) -> bytes:
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1])


ENCODERS: dict[str, Callable[[Image], bytes]] = {
    "YUYV": lambda rgb: cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_YUY2).tobytes(),
    "YU12": lambda rgb: cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420).tobytes(),
    "BGR3": lambda rgb: rgb[:, :, ::-1].tobytes(),
    "MJPG": _jpeg,
}


class Pictures:
    """Endless pictures; `clip` is a video file, or None for numbered frames."""

    def __init__(self, clip: Path | None) -> None:
        cv2.setNumThreads(1)
        self._clip = cv2.VideoCapture(str(clip), cv2.CAP_FFMPEG) if clip else None
        self._number = -1

    def following(self, *, width: int, height: int, fourcc: str) -> bytes:
        """The next picture, encoded."""
        self._number += 1
        return ENCODERS[fourcc](self._rgb(width, height))

    def _rgb(self, width: int, height: int) -> Image:
        if self._clip is None:
            return numbered_frames.make(self._number % (numbered_frames.HIGHEST + 1), width=width, height=height)
        there, frame = self._clip.read()
        if not there:
            self._clip.set(cv2.CAP_PROP_POS_FRAMES, 0)
            there, frame = self._clip.read()
        if not there:
            raise OSError("the video file has no frames")
        return cv2.cvtColor(cv2.resize(frame, (width, height)), cv2.COLOR_BGR2RGB)  # type: ignore[return-value]

"""Readings of faces that nobody has: every number as the test wants it."""

from __future__ import annotations

from avatarify.face.crop import Crop
from avatarify.face.mesh import EyeOpening, HeadPose
from avatarify.face.watcher import FaceReading


def reading(
    *,
    square: Crop = Crop(220, 140, 200),  # noqa: B008 - frozen
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
    mouth: float = 0.03,
    eyes: float = 0.3,
    light: float = 130.0,
) -> FaceReading:
    """A neutral face in the middle of 640x480, framed in 200 pixels, unless told otherwise."""
    return FaceReading(
        square, square.size / 2, HeadPose(yaw, pitch, roll), mouth, EyeOpening(eyes, eyes), light, 640, 480
    )

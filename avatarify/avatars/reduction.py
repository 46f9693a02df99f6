"""Huge pictures, and those of rare formats, are kept as a PNG of the part around the face: reading them again is quick."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from avatarify.errors import MediaError
from avatarify.face.crop import Crop
from avatarify.frame import Image

LARGEST = 4096
"""Pixels of the longer side. Pictures up to this size are kept as they are."""

_AROUND = 0.5  # of the square's side on each side, so that it can be chosen again
_KEPT = 2048


class Reduced(NamedTuple):
    """png: the file. crop: the square in the new picture's pixels."""

    png: bytes
    crop: Crop


def reduced(image: Image, crop: Crop) -> Reduced:
    """The part of `image` (uint8 [H,W,3] RGB) around `crop`. Raises MediaError."""
    height, width = image.shape[:2]
    reach = _AROUND * crop.size
    left, top = _inside(crop.left - reach, width), _inside(crop.top - reach, height)
    right, bottom = _inside(crop.left + crop.size + reach, width), _inside(crop.top + crop.size + reach, height)
    part = image[top : max(bottom, top + 1), left : max(right, left + 1)]
    zoom = min(1.0, _KEPT / max(part.shape[:2]))
    if zoom < 1.0:
        size = (max(1, round(part.shape[1] * zoom)), max(1, round(part.shape[0] * zoom)))
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    written, content = cv2.imencode(".png", cv2.cvtColor(part, cv2.COLOR_RGB2BGR))
    if not written:
        raise MediaError(f"A picture of {width} x {height} pixels cannot be reduced.", "Give a smaller one.")
    return Reduced(
        content.tobytes(), Crop((crop.left - left) * zoom, (crop.top - top) * zoom, max(1.0, crop.size * zoom))
    )


def _inside(position: float, length: int) -> int:
    return min(max(round(position), 0), length - 1)

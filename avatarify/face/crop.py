"""The square that is cut out of a picture before the model sees it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from avatarify.frame import Image


@dataclass(frozen=True)
class Crop:
    """A square in pixels of the picture; it may reach outside. (0, 0) is the outer corner of the top left pixel."""

    left: float
    top: float
    size: float

    def apply(self, image: Image, size: int | None = None) -> Image:
        """uint8 [H,W,3] -> a new uint8 [size,size,3]; without `size` at the picture's own scale, to the nearest pixel.

        What lies outside the picture is filled with its border, drawn out and blurred.
        """
        height, width = image.shape[:2]
        side = max(1, round(self.size))
        left, top = round(self.left), round(self.top)
        x0, x1 = _shared(left, side, width)
        y0, y1 = _shared(top, side, height)
        out = side if size is None else size
        zoom = out / side
        column, row = _placed(x0 - left, zoom, out), _placed(y0 - top, zoom, out)
        fitted = (
            max(1, min(round((x1 - left) * zoom), out) - column),
            max(1, min(round((y1 - top) * zoom), out) - row),
        )
        kind = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
        part = np.asarray(cv2.resize(image[y0:y1, x0:x1], fitted, interpolation=kind), np.uint8)
        if fitted == (out, out):
            return np.array(part)
        return _filled(part, left=column, top=row, size=out)


def centre_square(image: Image) -> Crop:
    """The largest square in the middle of the picture; the whole picture when it is square."""
    height, width = image.shape[:2]
    side = min(height, width)
    return Crop((width - side) / 2, (height - side) / 2, side)


def _shared(start: int, side: int, length: int) -> tuple[int, int]:
    """The part of 0..length that lies in start..start+side; the nearest pixel if none does."""
    low = min(max(start, 0), length - 1)
    return low, max(min(start + side, length), low + 1)


def _placed(offset: int, zoom: float, out: int) -> int:
    return min(max(round(offset * zoom), 0), out - 1)


def _filled(part: Image, *, left: int, top: int, size: int) -> Image:
    """[size,size,3] with `part` at left, top; around it its border drawn out, soon blurred (a mirror image shows eyes twice)."""
    right, bottom = size - left - part.shape[1], size - top - part.shape[0]
    drawn_out = cv2.copyMakeBorder(part, top, bottom, left, right, cv2.BORDER_REPLICATE)
    # Blurred at a coarse scale, so that a wide blur costs nothing at any size.
    coarse = cv2.resize(drawn_out, (32, 32), interpolation=cv2.INTER_AREA)
    soft = cv2.resize(cv2.GaussianBlur(coarse, (0, 0), 1.5), (size, size), interpolation=cv2.INTER_CUBIC)
    across = _distance(left, part.shape[1], size)
    down = _distance(top, part.shape[0], size)
    weight = np.clip(np.maximum(across[None, :], down[:, None]) / (0.06 * size), 0, 1).astype(np.float32)
    return np.asarray(cv2.blendLinear(drawn_out, soft, 1 - weight, weight), np.uint8)


def _distance(start: int, length: int, size: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """[size] how far each pixel lies outside start..start+length."""
    position = np.arange(size, dtype=np.float64)
    return np.maximum(np.maximum(start - position, position - (start + length - 1)), 0)

"""The square that is cut out of a picture before the model sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from avatarify.frame import Image

_SKIPS = 2.0  # pixels a step; bilinear reading looks at two, and skips what lies between when steps are longer


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
        side = max(1, round(self.size))
        out = side if size is None else size
        return self._cut(image, out, _averaged if out < side else _enlarged)

    def sample(self, image: Image, size: int) -> Image:
        """The same for the live path, in a fifth of the time: bilinear, softened first where more than two pixels fall on one.

        Enough for a picture that is averaged once more, as the keypoint detector's is; softer than `apply` where it shrinks.
        """
        return self._cut(image, size, _sampled)

    def _cut(self, image: Image, out: int, resize: Callable[[Image, tuple[int, int]], Image]) -> Image:
        height, width = image.shape[:2]
        side = max(1, round(self.size))
        left, top = round(self.left), round(self.top)
        x0, x1 = _shared(left, side, width)
        y0, y1 = _shared(top, side, height)
        zoom = out / side
        column, row = _placed(x0 - left, zoom, out), _placed(y0 - top, zoom, out)
        fitted = (
            max(1, min(round((x1 - left) * zoom), out) - column),
            max(1, min(round((y1 - top) * zoom), out) - row),
        )
        part = resize(image[y0:y1, x0:x1], fitted)
        if fitted == (out, out):
            return np.array(part) if np.may_share_memory(part, image) else part
        return _filled(part, left=column, top=row, size=out)


def centre_square(image: Image) -> Crop:
    """The largest square in the middle of the picture; the whole picture when it is square."""
    height, width = image.shape[:2]
    side = min(height, width)
    return Crop((width - side) / 2, (height - side) / 2, side)


def _averaged(image: Image, size: tuple[int, int]) -> Image:
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _enlarged(image: Image, size: tuple[int, int]) -> Image:
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _sampled(image: Image, size: tuple[int, int]) -> Image:
    """cv2's average over areas takes five times as long as this where the ratio is no whole number."""
    ratio = image.shape[1] / size[0]
    if ratio > _SKIPS:
        reach = 2 * round(ratio / 2) + 1  # odd, so that nothing moves
        image = np.asarray(cv2.blur(image, (reach, reach), borderType=cv2.BORDER_REPLICATE), np.uint8)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)


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

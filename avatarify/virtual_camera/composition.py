"""The picture that the call sees: the square avatar on the fixed frame of the virtual camera, with its badge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.frame import Image
from avatarify.virtual_camera.badge import Badge, draw_badge

COARSE = 10
"""The blurred ground is made at a tenth of the frame's size, where it costs nearly nothing."""

_BLUR = 9  # side of a box in pixels of the coarse picture; three in a row are a Gaussian of deviation 4.5, in a fifth of its time
_RIM = 0.12  # of the picture's width: what the ground is made of
_DARKEN = 0.62  # of the ground
_SHADOW, _SHADOW_REACH = 0.45, 0.035  # depth at the picture's edge, and how far it falls, of the frame's height
_FILL_FOCUS = 0.38  # where a filled picture is cut: 0 keeps its top, 1 its bottom; eyes belong in the upper third


class Ground(Enum):
    """What is around a picture that is narrower than the frame."""

    BLUR = "blur"  # the picture's own rim, continued outwards, blurred and darkened
    PLAIN = "plain"  # one colour
    FILL = "fill"  # nothing: the picture is enlarged and cut to fill the frame


@dataclass(frozen=True)
class Look:
    """How the frame is composed. mirror: left and right of the avatar swapped; what can be read, in the badge, on the stand-by
    and pause pictures or before the real camera, stays readable. badge: the small word "avatar", which tells others that
    this is no camera picture. color: RGB of the plain ground.
    """

    ground: Ground = Ground.BLUR
    mirror: bool = False
    badge: bool = True
    color: tuple[int, int, int] = (36, 41, 56)


class _Place(NamedTuple):
    """A rectangle of the frame in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, image: Image) -> Image:
        """That part of the image, not copied."""
        return image[self.top : self.bottom, self.left : self.right]


class Composer:
    """Composes pictures for one frame size. Its buffers are kept, so it belongs to one thread."""

    def __init__(self, size: tuple[int, int], look: Look | None = None) -> None:
        """size: (width, height) of the frame in pixels."""
        width, height = size
        if width < COARSE or height < COARSE:
            raise ValueError(f"size={size} must be at least {COARSE} a side")
        self.size = size
        self.look = look or Look()
        self._frame = np.zeros((height, width, 3), np.uint8)  # not empty: memory may hold a camera picture
        self._shape: tuple[int, ...] = ()
        self._badge: Badge | None = draw_badge(height) if self.look.badge else None

    @property
    def frame(self) -> Image:
        """What was composed last."""
        return self._frame

    def compose(self, picture: Image) -> Image:
        """The frame, uint8 [height,width,3] RGB, with `picture` (uint8 [H,W,3] RGB, usually square) as large as it fits.

        Only square pictures get the badge, and are mirrored: avatars are square, and a camera's own picture is none. The same
        array is returned every time: whoever keeps it beyond the next call copies it.
        """
        if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or 0 in picture.shape:
            raise ValueError(f"expected uint8 [H,W,3], got {picture.dtype} {list(picture.shape)}")
        is_square = picture.shape[0] == picture.shape[1]
        if self.look.mirror and is_square:
            picture = np.asarray(cv2.flip(picture, 1), np.uint8)
        if self.look.ground is Ground.FILL:
            picture = _cut(picture, self.size)
        if picture.shape != self._shape:
            self._lay_out(picture.shape)
        self._scale(picture, self._place)
        if self.look.ground is Ground.BLUR:
            self._blur_around()
        if self._badge is not None and is_square:
            self._badge.put_on(self._frame)
        return self._frame

    def _lay_out(self, shape: tuple[int, ...]) -> None:
        """Where a picture of this shape goes, and what is left around it."""
        self._shape = shape
        width, height = self.size
        scale = min(width / shape[1], height / shape[0])
        inner = (min(width, round(shape[1] * scale)), min(height, round(shape[0] * scale)))
        left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
        self._place = _Place(left, top, left + inner[0], top + inner[1])
        sides = (
            _Place(0, 0, self._place.left, height),
            _Place(self._place.right, 0, width, height),
            _Place(0, 0, width, self._place.top),
            _Place(0, self._place.bottom, width, height),
        )
        self._around = [side for side in sides if side.right > side.left and side.bottom > side.top]
        self._frame[:] = self.look.color
        self._shade = _shade(self.size, self._place)

    def _scale(self, picture: Image, place: _Place) -> None:
        target = place.of(self._frame)
        if picture.shape == target.shape:
            target[:] = picture
            return
        ratio = picture.shape[0] / target.shape[0]
        # Averaging areas costs several times more, and a slight reduction does not need it.
        method = cv2.INTER_CUBIC if ratio < 1 else cv2.INTER_LINEAR if ratio < 1.5 else cv2.INTER_AREA
        cv2.resize(picture, (target.shape[1], target.shape[0]), dst=target, interpolation=method)

    def _blur_around(self) -> None:
        if not self._around:
            return
        width, height = (side // COARSE for side in self.size)
        inner = _Place(*(round(edge / COARSE) for edge in self._place))
        placed = self._place.of(self._frame)
        # Linear looks at four pixels in a hundred; the blur then averages over hundreds of those.
        coarse = cv2.resize(
            placed, (inner.right - inner.left, inner.bottom - inner.top), interpolation=cv2.INTER_LINEAR
        )
        coarse = _stretched_outwards(np.asarray(coarse, np.uint8), inner, (width, height))
        for _ in range(3):
            coarse = np.asarray(cv2.blur(coarse, (_BLUR, _BLUR)), np.uint8)
        coarse = cv2.multiply(coarse, self._shade, dtype=cv2.CV_8U)
        for side in self._around:
            source = _Place(*(round(edge / COARSE) for edge in side)).of(np.asarray(coarse, np.uint8))
            target = side.of(self._frame)
            cv2.resize(source, (target.shape[1], target.shape[0]), dst=target, interpolation=cv2.INTER_LINEAR)


def _stretched_outwards(coarse: Image, place: _Place, size: tuple[int, int]) -> Image:
    """A picture of `size` (width, height) with `coarse` at its place; what is around it is the picture's rim, mirrored and
    stretched. A plain mirror would show a second, ghostly face.
    """
    if place.left or place.right < size[0]:
        rim = max(1, round(coarse.shape[1] * _RIM))
        before, after = np.fliplr(coarse[:, :rim]), np.fliplr(coarse[:, -rim:])
        parts = [_widened(before, place.left), coarse, _widened(after, size[0] - place.right)]
        coarse = np.concatenate(parts, axis=1)
    if place.top or place.bottom < size[1]:
        turned = _Place(place.top, 0, place.bottom, size[0])
        return np.ascontiguousarray(
            _stretched_outwards(coarse.transpose(1, 0, 2), turned, (size[1], size[0])).transpose(1, 0, 2)
        )
    return coarse


def _widened(rim: Image, width: int) -> Image:
    if width == 0:
        return rim[:, :0]
    return np.asarray(cv2.resize(np.ascontiguousarray(rim), (width, rim.shape[0])), np.uint8)


def _cut(picture: Image, size: tuple[int, int]) -> Image:
    """The largest part of the picture with the frame's proportions."""
    height, width = picture.shape[:2]
    scale = min(width / size[0], height / size[1])
    inner_width, inner_height = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    left, top = (width - inner_width) // 2, round((height - inner_height) * _FILL_FOCUS)
    return picture[top : top + inner_height, left : left + inner_width]


def _shade(size: tuple[int, int], place: _Place) -> npt.NDArray[np.float32]:
    """Brightness of the ground, [height/COARSE, width/COARSE, 3]: darker, and darkest beside the picture, which seems to
    stand before it.
    """
    width, height = (side // COARSE for side in size)
    x = (np.arange(width) + 0.5) * COARSE
    y = (np.arange(height) + 0.5) * COARSE
    outside_x = np.maximum(np.maximum(place.left - x, x - place.right), 0)
    outside_y = np.maximum(np.maximum(place.top - y, y - place.bottom), 0)
    distance = np.maximum(outside_x[None, :], outside_y[:, None])
    shade = _DARKEN * (1 - _SHADOW * np.exp(-distance / (_SHADOW_REACH * size[1])))
    return np.repeat(shade[:, :, None], 3, axis=2).astype(np.float32)

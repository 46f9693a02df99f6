"""Motion for a picture that has none: a random smooth warp turns one portrait into two."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.frame import Image

_COARSE = 5  # knots a side of the free-form part
_TURN = 0.20  # radians
_ZOOM = 0.12  # of log size
_SHEAR = 0.08
_SHIFT = 0.08  # of the side
_BEND = 0.025  # of the side, each knot


def move(image: Image, random: np.random.Generator) -> Image:
    """uint8 [S,S,3] -> the same size: turned, scaled, sheared, shifted and bent. Its border is drawn out where it must."""
    side = image.shape[0]
    place = np.linspace(-1, 1, side, dtype=np.float32)
    across, down = np.meshgrid(place, place)
    matrix = _affine(random)
    shift = random.normal(0, _SHIFT, 2) * 2
    bend = cv2.resize(
        random.normal(0, _BEND * 2, (_COARSE, _COARSE, 2)).astype(np.float32),
        (side, side),
        interpolation=cv2.INTER_CUBIC,
    )
    x = matrix[0, 0] * across + matrix[0, 1] * down + shift[0] + bend[..., 0]
    y = matrix[1, 0] * across + matrix[1, 1] * down + shift[1] + bend[..., 1]
    columns, rows = (((axis + 1) / 2 * (side - 1)).astype(np.float32) for axis in (x, y))
    moved = cv2.remap(image, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def _affine(random: np.random.Generator) -> npt.NDArray[np.float64]:
    turn, shear = random.normal(0, _TURN), random.normal(0, _SHEAR)
    zoom = np.exp(random.normal(0, _ZOOM))
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(zoom * turned @ np.array([[1.0, shear], [0.0, 1.0]]))

"""Motion for a picture that has none: a random smooth warp turns one portrait into two.

`random_motion(side, random)` is a `Motion`: `.image(picture)` and `.points(points)` go the same way. `move(picture, random)`
is the first alone, with the same random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.frame import Image

Floats = npt.NDArray[np.float64]

_COARSE = 5  # knots a side of the free-form part
_TURN = 0.20  # radians
_ZOOM = 0.12  # of log size
_SHEAR = 0.08
_SHIFT = 0.08  # of the side
_BEND = 0.025  # of the side, each knot
_ROUNDS = 40  # of looking for the place that a point goes to; each leaves less than half of the error


@dataclass(frozen=True, eq=False)
class Motion:
    """One warp of squares of S pixels.

    columns, rows: float32 [S,S], where each pixel of the moved picture comes from, counted from the middle of the first
    pixel. matrix: [2,2], the same without its bends.
    """

    columns: npt.NDArray[np.float32]
    rows: npt.NDArray[np.float32]
    matrix: Floats

    def image(self, image: Image) -> Image:
        """uint8 [S,S,3] -> the same size, moved. Its border is drawn out where it must."""
        moved = cv2.remap(image, self.columns, self.rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)

    def points(self, points: Floats) -> Floats:
        """[N,2] x, y in pixels of the picture, (0, 0) its outer corner -> where `image` takes them, maybe outside."""
        wanted = points - 0.5
        back = np.linalg.inv(self.matrix).T
        middle = np.full(2, (self.columns.shape[0] - 1) / 2)
        found = (wanted - self._origin(middle[None])) @ back + middle
        for _ in range(_ROUNDS):
            found = found - (self._origin(found) - wanted) @ back
        return np.asarray(found + 0.5)

    def _origin(self, places: Floats) -> Floats:
        """[N,2] places in the moved picture -> where they come from; beyond the border as if nothing bent there."""
        side = self.columns.shape[0]
        near = np.clip(places, 0, side - 1)
        low = np.minimum(near.astype(int), side - 2)
        right, down = (near - low).T
        x, y = low.T
        read = [
            (field[y, x] * (1 - right) + field[y, x + 1] * right) * (1 - down)
            + (field[y + 1, x] * (1 - right) + field[y + 1, x + 1] * right) * down
            for field in (self.columns, self.rows)
        ]
        return np.asarray(np.stack(read, -1) + (places - near) @ self.matrix.T)


def random_motion(side: int, random: np.random.Generator) -> Motion:
    """Turned, scaled, sheared, shifted and bent; for pictures of `side` pixels, 2 or more."""
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
    return Motion(columns, rows, matrix)


def move(image: Image, random: np.random.Generator) -> Image:
    """uint8 [S,S,3] -> the same size: turned, scaled, sheared, shifted and bent. Its border is drawn out where it must."""
    return random_motion(image.shape[0], random).image(image)


def _affine(random: np.random.Generator) -> Floats:
    turn, shear = random.normal(0, _TURN), random.normal(0, _SHEAR)
    zoom = np.exp(random.normal(0, _ZOOM))
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(zoom * turned @ np.array([[1.0, shear], [0.0, 1.0]]))

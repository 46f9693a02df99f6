"""From the head's own space to the picture and back: rotation, a dropping jaw, a slight perspective.

Head space: x to the right of the picture, y down, z to the viewer; 1 is from the eyes' height to the chin.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from avatarify.character.brush import Floats
from avatarify.character.expression import Expression

PIVOT = np.array([0.0, 0.72, -0.32])  # the top of the neck: what the head turns, nods and tilts about
DISTANCE = 7.5  # of the viewer, in head units: the strength of the perspective
UNIT = 0.268  # of the picture's height
CENTRE = (0.5, 0.455)  # of the picture: where the head's origin lies at neutral
JAW_HINGE, JAW_FULL, JAW_DROP = 0.50, 0.72, 0.23  # y where the drop begins, where it is full, and how far it goes


class View(NamedTuple):
    """centre: pixels [2]. unit: pixels per head unit. rotation: [3,3] head to camera. drop: of the jaw, head units."""

    centre: npt.NDArray[np.float64]
    unit: float
    rotation: npt.NDArray[np.float64]
    drop: float

    def turn(self, points: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """[N,3] head space to camera space (same unit and origin, but turned)."""
        return np.asarray((points - PIVOT) @ self.rotation.T + PIVOT)

    def place(self, turned: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """[N,3] camera space to [N,2] pixels."""
        return np.asarray(self.centre + self.unit * turned[:, :2] / (1 - turned[:, 2:] / DISTANCE))

    def project(self, points: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """[N,3] head space (jaw at rest) to [N,2] pixels."""
        if self.drop > 0:
            points = points.copy()
            points[:, 1] += self.drop * jaw_weight(points[:, 1], points[:, 2])
        return self.place(self.turn(points))

    @property
    def origin(self) -> npt.NDArray[np.float64]:
        """The head's origin in camera space, [3]."""
        return np.asarray(self.rotation @ -PIVOT + PIVOT)

    def still_jaw(self) -> View:
        """The same view with the jaw shut: for points whose drop is already in them."""
        return self._replace(drop=0.0)

    def still(self) -> View:
        """The same person without the head's turn: what shoulders follow."""
        return self._replace(rotation=np.eye(3), drop=0.0)


def body_points(view: View, xy: npt.NDArray[np.floating], *, z: float = -0.25) -> npt.NDArray[np.float64]:
    """[N,2] frontal coordinates of the trunk to pixels."""
    return view.project(np.column_stack([xy, np.full(len(xy), z)]))


def look(expression: Expression, width: int, height: int) -> View:
    """The view of a picture width x height pixels."""
    yaw, pitch, roll = np.radians([expression.yaw, expression.pitch, expression.roll])
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    centre = np.array([width / 2 + (CENTRE[0] - 0.5 + expression.x) * height, (CENTRE[1] + expression.y) * height])
    return View(centre, UNIT * height * expression.scale, about_z @ about_y @ about_x, JAW_DROP * expression.mouth_open)


def jaw_weight(y: Floats, z: Floats) -> Floats:
    """How much of the jaw's drop a point of the head follows, 0..1."""
    lower = np.clip((y - JAW_HINGE) / (JAW_FULL - JAW_HINGE), 0, 1)
    return np.asarray(lower * np.clip((z + 0.25) / 0.6, 0, 1), np.float32)

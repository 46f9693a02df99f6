"""Places of the face that training knows: those that keypoints are led to, and those whose flow is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from avatarify.train.face_expression import BROWS, LEFT_EYE, LOWER_LIP, RIGHT_EYE, UPPER_LIP

Indices = npt.NDArray[np.int64]


UPRIGHT: Final = (33, 133, 263, 362, 152)
"""Points of the mesh by which a face stands upright: the corners of the right and of the left eye, the chin."""


@dataclass(frozen=True)
class GuidedPoint:
    """A place of the face: the mean of some points of the 468-point mesh (face/mesh.py).

    mesh: their indices. mirrored: indices of what is there when the picture is mirrored. weight: in the landmark loss.
    filmed: share of that weight in frames of a film, whose expression the mesh has to see by itself.
    focus: how far the focus loss looks around it, one sigma as a share of the picture's side; 0 is not at all.
    """

    name: str
    mesh: tuple[int, ...]
    mirrored: tuple[int, ...]
    weight: float = 1.0
    filmed: float = 1.0
    focus: float = 0.0


@dataclass(frozen=True)
class TiePoints:
    """Points of the mesh that are found again in the other picture: there the deformation has to know where it comes from.

    mesh: their indices; a mirrored pair has the same, for both its pictures are mirrored. weight, filmed: as of a GuidedPoint,
    in the flow loss.
    """

    name: str
    mesh: tuple[int, ...]
    weight: float = 1.0
    filmed: float = 1.0


@dataclass(frozen=True)
class LandmarkConfig:
    """points: what the last keypoints of the model are led to, in this order; the keypoints before them stay free. ties: of
    the flow loss. gaps: pairs of the points, by their place in the row, and tie_gaps: pairs of tie points, by their indices in
    the mesh, of which it counts how far apart they are, too: what opens and shuts does so by less than a whole face is off.
    """

    points: tuple[GuidedPoint, ...] = ()
    ties: tuple[TiePoints, ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()
    tie_gaps: tuple[tuple[int, int], ...] = ()

    @property
    def count(self) -> int:
        """Of all places together: the points first, then the tie points, group by group."""
        return len(self.points) + sum(len(group.mesh) for group in self.ties)

    @property
    def tie_gap_places(self) -> tuple[tuple[int, int], ...]:
        """`tie_gaps` by their places among the tie points."""
        return tuple((self._ties[one], self._ties[other]) for one, other in self.tie_gaps)

    @property
    def ties_upright(self) -> bool:
        """Whether the points UPRIGHT are among the tie points."""
        return self._ties.keys() >= set(UPRIGHT)

    def places(self, mesh: tuple[int, ...]) -> tuple[int, ...]:
        """Of tie points, by their indices in the mesh, among all places. Raises KeyError where one is no tie point."""
        return tuple(len(self.points) + self._ties[index] for index in mesh)

    @cached_property
    def _ties(self) -> dict[int, int]:
        """The place of each among the tie points, by its index in the mesh."""
        return {index: place for place, index in enumerate(index for group in self.ties for index in group.mesh)}


def _indices(*rows: Indices) -> tuple[int, ...]:
    return tuple(int(index) for index in np.concatenate([row.reshape(-1) for row in rows]))


def _pairs(upper: Indices, lower: Indices) -> tuple[tuple[int, int], ...]:
    """Of two rims that meet at both ends."""
    return tuple((int(one), int(other)) for one, other in zip(upper[1:-1], lower[1:-1], strict=True))


# "Right" is the person's own right: the left of the picture. Lids move least and count double, but in films a fifth of that:
# there the mesh draws shut eyes half open, and would teach lids to stay.
FACE: Final = LandmarkConfig(
    (
        GuidedPoint("middle of the upper lip", (0, 13), (0, 13), focus=0.1),
        GuidedPoint("middle of the lower lip", (14, 17), (14, 17), focus=0.1),
        GuidedPoint("right corner of the mouth", (61,), (291,), focus=0.07),
        GuidedPoint("left corner of the mouth", (291,), (61,), focus=0.07),
        GuidedPoint("right upper lid", (159,), (386,), weight=2.0, filmed=0.2, focus=0.07),
        GuidedPoint("left upper lid", (386,), (159,), weight=2.0, filmed=0.2, focus=0.07),
        GuidedPoint("chin", (152,), (152,)),
    ),
    (
        TiePoints("lips", _indices(UPPER_LIP, LOWER_LIP[:, 1:-1]), weight=2.0),
        TiePoints("lids", _indices(*(rim[1:-1] for eye in (RIGHT_EYE, LEFT_EYE) for rim in eye[1:3])), 2.0, filmed=0.2),
        TiePoints("corners of the eyes", (33, 133, 263, 362)),
        TiePoints("brows", tuple(BROWS.tolist())),
        TiePoints("nose", (168, 6, 197, 195, 5, 4, 1, 2, 98, 327)),
        TiePoints("cheeks and forehead", (50, 280, 205, 425, 101, 330, 151, 9, 108, 337)),
        TiePoints("chin", (152, 148, 377, 176, 400, 199, 200, 18)),
    ),
    gaps=((0, 1), (2, 3)),
    tie_gaps=(
        *_pairs(UPPER_LIP[0], LOWER_LIP[0]),
        *_pairs(UPPER_LIP[-1], LOWER_LIP[-1]),
        *_pairs(RIGHT_EYE[1], RIGHT_EYE[2]),
        *_pairs(LEFT_EYE[1], LEFT_EYE[2]),
        (61, 291),
    ),
)

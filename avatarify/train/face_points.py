"""Keypoints that are led to places of the face: which points of the mesh each stands for, and how much it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


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
class LandmarkConfig:
    """points: what the last keypoints of the model are led to, in this order; the keypoints before them stay free."""

    points: tuple[GuidedPoint, ...] = ()


# "Right" is the person's own right: the left of the picture. Lids move least and count double, but in films hardly at all:
# there the mesh draws shut eyes half open, and would teach lids to stay.
FACE: Final = LandmarkConfig(
    (
        GuidedPoint("middle of the upper lip", (0, 13), (0, 13), focus=0.1),
        GuidedPoint("middle of the lower lip", (14, 17), (14, 17), focus=0.1),
        GuidedPoint("right corner of the mouth", (61,), (291,), focus=0.07),
        GuidedPoint("left corner of the mouth", (291,), (61,), focus=0.07),
        GuidedPoint("right upper lid", (159,), (386,), weight=2.0, filmed=0.1, focus=0.07),
        GuidedPoint("left upper lid", (386,), (159,), weight=2.0, filmed=0.1, focus=0.07),
        GuidedPoint("chin", (152,), (152,)),
    )
)

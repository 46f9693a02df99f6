"""Two pictures of somebody of whom there is only one: moved in 3D where the face is known, else bent at random."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from avatarify.frame import Image
from avatarify.train.face_motion import move_face
from avatarify.train.synthetic_motion import random_motion

Floats = npt.NDArray[np.float64]

_FACE_SHARE = 0.75  # of portraits whose face is known
_BACK_SHARE = 1 / 3  # of those: from the moved picture back to the portrait, so that mouths close and eyes open, too


class Shown(NamedTuple):
    """image: uint8 [S,S,3]. points: [468,2] of the face mesh in its pixels, None where they are not known. filmed: a frame of
    a film."""

    image: Image
    points: Floats | None
    filmed: bool = False


class ShownPair(NamedTuple):
    """What a pair shows before anything is done to both of its pictures."""

    source: Shown
    driving: Shown


def portrait_pair(image: Image, solid: Floats | None, random: np.random.Generator) -> ShownPair:
    """image: uint8 [S,S,3]. solid: [468,3] of its face mesh in pixels, None where it is not known."""
    portrait = Shown(image, None if solid is None else solid[:, :2])
    if solid is None or random.random() >= _FACE_SHARE:
        motion = random_motion(image.shape[0], random)
        return ShownPair(portrait, Shown(motion.image(image), None if solid is None else motion.points(solid[:, :2])))
    face = move_face(image, solid, random)
    moved = Shown(face.image, face.points)
    return ShownPair(moved, portrait) if random.random() < _BACK_SHARE else ShownPair(portrait, moved)

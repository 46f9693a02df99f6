"""Pairs of drawn people who exist nowhere: unlimited, with any pose and expression, and free of rights."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import numpy.typing as npt

from avatarify.character.cast import CAST
from avatarify.character.character import (
    Beard,
    BeardStyle,
    Character,
    Clothes,
    ClothesCut,
    Colour,
    Glasses,
    GlassesStyle,
    Hair,
    HairStyle,
)
from avatarify.character.draw import draw
from avatarify.character.expression import Expression
from avatarify.character.eyes import Eye, rims
from avatarify.character.head import model
from avatarify.character.view import look
from avatarify.face.detector import FaceDetector
from avatarify.face.mesh import FaceMesh
from avatarify.train.face_expression import LEFT_EYE, RIGHT_EYE
from avatarify.train.meshes import find_mesh
from avatarify.train.portrait_motion import Shown, ShownPair

Floats = npt.NDArray[np.float64]

PAIRS_PER_PERSON = 32
"""A new face costs some tenths of a second; so each is drawn this often before the next one."""


class DrawnPairs:
    """The endless row of pairs of drawn people; pair n depends on the arguments and n alone."""

    def __init__(self, seed: int, *, share: float = 1.0, meshes: bool = False) -> None:
        """share: 0..1 of the row's pairs that are asked for at all, evenly spread. meshes: find the faces' points, too.

        Raises AvatarifyError: `meshes`, and a face network is missing or altered.
        """
        self._seed, self._share = seed, share
        self._networks = (FaceDetector(), FaceMesh()) if meshes else None

    def pair(self, number: int, size: int) -> ShownPair:
        """One person in two poses, uint8 [size,size,3] each."""
        person = random_character(np.random.default_rng([self._seed, 1, int(number * self._share) // PAIRS_PER_PERSON]))
        random = np.random.default_rng([self._seed, 2, number])
        source, driving = (self._shown(person, random_expression(random), size) for _ in range(2))
        return ShownPair(source, driving)

    def _shown(self, person: Character, expression: Expression, size: int) -> Shown:
        image = draw(person, expression, size)
        if self._networks is None:
            return Shown(image, None)
        calm = replace(expression, blink_left=0.0, blink_right=0.0)
        mesh = find_mesh(image if calm == expression else draw(person, calm, size), None, *self._networks)
        return Shown(image, None if mesh is None else with_lids(mesh.points, person, expression, size))


def with_lids(points: Floats, person: Character, expression: Expression, size: int) -> Floats:
    """[468,2] of the person's face in a drawing of `size` -> the same with both lids of each eye where the drawer has them.

    Networks see drawn eyes half open, be they shut or wide open."""
    exact = points.copy()
    head, view = model(person), look(expression, size, size)
    for side, (_, upper, lower, _) in ((-1, RIGHT_EYE), (1, LEFT_EYE)):
        span = np.linspace(1, -1, len(upper))  # rims of the mesh begin at the outer corner
        exact[upper], exact[lower] = rims(Eye(person, head, view, side), expression, span)
    return exact


def random_character(random: np.random.Generator) -> Character:
    """One of the cast with another head, hair, glasses, garment and background."""
    base = CAST[int(random.integers(len(CAST)))]
    hair, beard, glasses, cut = (
        str(random.choice(get_args(styles))) for styles in (HairStyle, BeardStyle, GlassesStyle, ClothesCut)
    )
    shape = replace(
        base.shape,
        width=float(random.uniform(0.85, 1.15)),
        jaw=float(random.uniform(-0.8, 0.8)),
        chin=float(random.uniform(-0.8, 0.8)),
        cheeks=float(random.uniform(-0.8, 0.8)),
        eye_size=float(random.uniform(0.85, 1.3)),
        lips=float(random.uniform(0.7, 1.4)),
        brows=float(random.uniform(0.6, 1.6)),
        age=float(random.uniform(0.1, 0.9)),
    )
    return replace(
        base,
        name="nobody",
        shape=shape,
        hair=Hair(hair, _near(base.hair.colour, random)),  # type: ignore[arg-type]
        beard=Beard(beard if random.random() < 0.3 else "none", base.beard.colour),  # type: ignore[arg-type]
        glasses=Glasses(glasses if random.random() < 0.4 else "none"),  # type: ignore[arg-type]
        clothes=Clothes(cut, _any(random), _any(random)),  # type: ignore[arg-type]
        background=(_any(random), _any(random)),
    )


def random_expression(random: np.random.Generator) -> Expression:
    """A pose as in front of a webcam: mostly near the middle, sometimes far from it."""
    blink = _blink(random)
    return Expression(
        yaw=_bounded(random, 14, 40),
        pitch=_bounded(random, 8, 22),
        roll=_bounded(random, 7, 25),
        x=_bounded(random, 0.03, 0.12),
        y=_bounded(random, 0.02, 0.08),
        scale=float(np.exp(_bounded(random, 0.06, 0.2))),
        mouth_open=float(np.clip(random.normal(0.1, 0.3), 0, 1)) if random.random() < 0.6 else 0.0,
        mouth_wide=_bounded(random, 0.35, 1),
        smile=_bounded(random, 0.45, 1),
        blink_left=blink,
        blink_right=blink,
        gaze_x=_bounded(random, 0.3, 1),
        gaze_y=_bounded(random, 0.2, 1),
        brow=_bounded(random, 0.4, 1),
    )


def _blink(random: np.random.Generator) -> float:
    """Both eyes open most often, else shut or on their way."""
    kind = random.random()
    if kind < 0.15:
        return 1.0
    return float(random.uniform(0, 1)) if kind < 0.3 else 0.0


def _bounded(random: np.random.Generator, sigma: float, limit: float) -> float:
    return float(np.clip(random.normal(0, sigma), -limit, limit))


def _near(colour: Colour, random: np.random.Generator) -> Colour:
    changed = np.clip(np.array(colour) + random.normal(0, 18, 3), 0, 255).astype(int)
    return int(changed[0]), int(changed[1]), int(changed[2])


def _any(random: np.random.Generator) -> Colour:
    red, green, blue = (int(value) for value in random.integers(30, 235, 3))
    return red, green, blue

"""What a face model is quantised with, and judged by, where there are no clips of people: portraits moved by their face mesh."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.avatars import Avatars, FaceTools
from avatarify.errors import FaceError
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.paths import AVATARS, user_avatars
from avatarify.train.face_motion import apply, fitting, move_face
from avatarify.train.face_move import FaceMove

Floats = npt.NDArray[np.float64]

_SURE = 0.5
_MOVES = 3  # of each portrait
_MOST = 10  # portraits: more tell nothing new and take their time
_JUDGES = 2  # portraits that ranges never see
_FILM = 12  # adjacent frames


class Material(NamedTuple):
    """clips: each a portrait and some moves of it, uint8 [N,N,3], to take ranges from. films: adjacent frames of other portraits,
    by name, to judge by."""

    clips: tuple[tuple[Image, ...], ...]
    films: dict[str, tuple[Image, ...]]


class _Moving(NamedTuple):
    """A portrait with its mesh, [468,3] in its pixels."""

    image: Image
    solid: Floats


def portraits_here(size: int) -> dict[str, Image]:
    """The avatars of this machine that can be used, by name, framed, uint8 [size,size,3]. Raises AvatarifyError."""
    avatars = Avatars((AVATARS, user_avatars()), read_image, FaceTools(FaceSearch(), FaceMesh()), size=size)
    return {avatar.name: avatar.portrait for avatar in avatars.reload() if avatar.portrait is not None}


def make_material(portraits: Mapping[str, Image], side: int) -> Material:
    """portraits: uint8 [N,N,3], framed. side: of the pictures to make, the model's. The same portraits give the same material.

    Raises FaceError where fewer than three show a face for sure.
    """
    tools = FaceTools(FaceSearch(), FaceMesh())
    found = {name: moving for name, image in portraits.items() if (moving := _moving(image, side, tools)) is not None}
    if len(found) < _JUDGES + 1:
        raise FaceError(
            f"Only {len(found)} of {len(portraits)} portraits show a face for sure.",
            f"Add portraits: quantising wants {_JUDGES + 1}.",
        )
    names = list(found)
    step = len(names) / _JUDGES  # spread over the order, in which the user's own come last
    judges = [names[int((index + 0.5) * step)] for index in range(_JUDGES)]
    others = [name for name in names if name not in judges]
    return Material(
        tuple(_clip(found[name], seed) for seed, name in enumerate(_spread(others))),
        {name: _film(found[name]) for name in judges},
    )


def _spread(names: Sequence[str]) -> list[str]:
    places = np.linspace(0, len(names) - 1, min(_MOST, len(names))).round().astype(int)
    return [names[place] for place in places]


def _moving(image: Image, side: int, tools: FaceTools) -> _Moving | None:
    if image.shape[0] != side:
        kind = cv2.INTER_AREA if image.shape[0] > side else cv2.INTER_LINEAR
        image = np.asarray(cv2.resize(image, (side, side), interpolation=kind), np.uint8)
    faces = tools.detector.detect(image)
    if not faces:
        return None
    mesh = tools.mesher.find(image, faces[0])
    return _Moving(image, mesh.solid) if mesh.score >= _SURE else None


def _clip(portrait: _Moving, seed: int) -> tuple[Image, ...]:
    random = np.random.default_rng(seed)
    return (portrait.image, *(move_face(portrait.image, portrait.solid, random).image for _ in range(_MOVES)))


def _film(portrait: _Moving) -> tuple[Image, ...]:
    """The portrait looks aside, speaks and blinks once, from its own pose and back."""
    frames = [portrait.image]
    for index in range(1, _FILM):
        swing = math.sin(2 * math.pi * index / _FILM)
        move = FaceMove(
            yaw=12 * swing,
            roll=5 * swing,
            y=0.01 * swing,
            mouth=0.6 * abs(swing),
            lid_right=max(0.0, -swing),
            lid_left=max(0.0, -swing),
        )
        frames.append(apply(fitting(move, portrait.solid), portrait.image, portrait.solid).image)
    return tuple(frames)

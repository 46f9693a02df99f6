"""Other people out of those that are there: both pictures of a pair get another complexion, and a beard, alike.

Films for training are of few people. What is learned from pale, shaved faces alone puts the lips of a man with a moustache where his
moustache is. Both changes hang on the face mesh, so a beard moves with the face that wears it.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.frame import Image
from avatarify.train.config import AugmentConfig
from avatarify.train.face_expression import LOWER_LIP, OUTLINE, UPPER_LIP
from avatarify.train.mesh_warp import source_map, triangulate
from avatarify.train.portrait_motion import Shown, ShownPair

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

_DARKEST, _LIGHTEST = 0.12, 0.8  # luminance of cheeks, 0..1
_GAMMAS = (0.5, 3.0)
_SKIN_COLOURS = 0.06  # how unlike the cheeks' colour skin may be, one sigma in shares of the range
_HAIRS = ((0.06, 0.05, 0.05), (0.13, 0.09, 0.06), (0.3, 0.2, 0.12), (0.55, 0.53, 0.5))  # red, green, blue, 0..1


def vary(pair: ShownPair, config: AugmentConfig, random: np.random.Generator) -> ShownPair:
    """The pair as it would be of somebody else. Nothing happens where the mesh of one of the faces is not known."""
    source, driving = pair
    if source.points is None or driving.points is None:
        return pair
    images = source.image, driving.image
    if random.random() < config.complexion:
        images = _complexion(images, source.points, random)
    if random.random() < config.beard:
        images = _bearded(images, (source.points, driving.points), random)
    return ShownPair(*(Shown(image, old.points, old.filmed) for image, old in zip(images, pair, strict=True)))


def _complexion(images: tuple[Image, Image], points: Floats, random: np.random.Generator) -> tuple[Image, Image]:
    """A gamma for all that has the colour of the first face's cheeks: what is white or black on it stays, as eyes and teeth do."""
    cheeks = _bright_and_colour(images[0])[_inside(points[_CHEEKS], images[0].shape[0])].mean(0)
    wanted = random.uniform(_DARKEST, _LIGHTEST)
    gamma = float(np.clip(np.log(wanted) / np.log(np.clip(cheeks[0], 0.02, 0.98)), *_GAMMAS))
    changed = []
    for image in images:
        seen = _bright_and_colour(image)
        unlike = ((seen[..., 1:] - cheeks[1:]) ** 2).sum(-1) / _SKIN_COLOURS**2
        skin = cv2.GaussianBlur(np.exp(-unlike), (0, 0), image.shape[0] / 100)
        factor = 1 + skin * (np.maximum(seen[..., 0], 0.02) ** (gamma - 1) - 1)
        changed.append(_whole(image * factor[..., None]))
    return changed[0], changed[1]


def _bearded(
    images: tuple[Image, Image], points: tuple[Floats, Floats], random: np.random.Generator
) -> tuple[Image, Image]:
    """Hair is drawn onto the first face; the second one gets the same hair, moved as its skin is."""
    side = images[0].shape[0]
    colour = np.array(_HAIRS[int(random.integers(len(_HAIRS)))]) * random.uniform(0.6, 1.4) * 255
    strands, grown = _strands(side, random), _grown(points[0], side, random)
    columns, rows = source_map(points[0], points[1], triangulate(points[0]), side)
    bared = int(random.integers(3))  # rows of the lips' red that hair may hang over
    moved = [np.asarray(cv2.remap(each, columns, rows, cv2.INTER_LINEAR), np.float32) for each in (grown, strands)]
    changed = []
    for image, face, (cover, texture) in zip(images, points, ((grown, strands), moved), strict=True):
        lips = _filled([np.concatenate([face[UPPER_LIP[bared]], face[LOWER_LIP[bared]][::-1]])], side)
        shown = cover * _filled([face[OUTLINE]], side) * (1 - lips)
        share = np.clip(cv2.GaussianBlur(shown, (0, 0), side / 130) * (0.8 + 0.4 * texture), 0, 1)[..., None]
        changed.append(_whole(image * (1 - share) + share * colour * (0.8 + 0.4 * texture[..., None])))
    return changed[0], changed[1]


def _grown(points: Floats, side: int, random: np.random.Generator) -> Singles:
    """[S,S] in 0..1: how thick hair covers a face with these points; moustache, chin or both, from stubble to thick."""
    kind = int(random.integers(4))  # moustache; with the chin; with the jaw; stubble
    thick = random.uniform(0.25, 0.5) if kind == 3 else random.uniform(0.6, 1.0)
    high = random.uniform(0.3, 0.9)
    top = high * points[_UNDER_NOSE] + (1 - high) * points[_ABOVE_LIP]
    ends = random.uniform(0.0, 0.8)
    corners = [points[lip] + ends * (points[low] - points[lip]) for lip, low in ((61, 43), (291, 273))]
    parts = [np.concatenate([top, [corners[1]], points[UPPER_LIP[0]][::-1], [corners[0]]])]
    if kind == 1:
        parts.append(points[_GOATEE])
    elif kind >= 2:
        parts.append(points[_FULL])
    return np.asarray(_filled(parts, side) * thick, np.float32)


def _strands(side: int, random: np.random.Generator) -> Singles:
    """[S,S] in 0..1: the light and dark of hair that hangs down."""
    noise = cv2.GaussianBlur(random.normal(0, 1, (side, side)).astype(np.float32), (0, 0), 0.7, sigmaY=side / 60)
    return np.asarray(np.clip(0.5 + noise / (4 * noise.std()), 0, 1), np.float32)


def _filled(outlines: list[Floats], side: int) -> Singles:
    mask = np.zeros((side, side), np.uint8)
    for outline in outlines:
        cv2.fillPoly(mask, [np.round((outline - 0.5) * 16).astype(np.int32)], (255,), cv2.LINE_AA, 4)
    return np.asarray(mask / np.float32(255), np.float32)


def _whole(image: Floats | Singles) -> Image:
    """Rounded, in 0..255."""
    return np.asarray(np.clip(image + 0.5, 0, 255), np.uint8)


def _bright_and_colour(image: Image) -> Singles:
    """[S,S,3] luminance and two colour differences, 0..1."""
    return np.asarray(cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2YCrCb))


def _inside(points: Floats, side: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    column, row = np.clip(points.astype(int), 0, side - 1).T
    return row, column


# Indices into MediaPipe's face mesh, from the left of the picture to the right.
_CHEEKS: Final = [50, 205, 280, 425, 151]
_ABOVE_LIP: Final = [186, 92, 165, 167, 164, 393, 391, 322, 410]
_UNDER_NOSE: Final = [216, 206, 203, 98, 2, 327, 423, 426, 436]
_GOATEE: Final = [
    61,
    43,
    204,
    211,
    32,
    140,
    176,
    148,
    152,
    377,
    400,
    369,
    262,
    431,
    424,
    273,
    291,
    *LOWER_LIP[0][1:-1][::-1].tolist(),
]
_FULL: Final = [
    132,
    147,
    207,
    206,
    98,
    2,
    327,
    426,
    427,
    376,
    361,
    288,
    397,
    365,
    379,
    378,
    400,
    377,
    152,
    148,
    176,
    149,
    150,
    136,
    172,
    58,
]

"""Other people out of those that are there: both pictures of a pair get another complexion, and a beard, alike.

Films for training are of few people. What is learned from pale, shaved faces alone puts the lips of a man with a moustache where his
moustache is. Both changes hang on the face mesh, so a beard moves with the face that wears it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.frame import Image
from avatarify.train.config import AugmentConfig
from avatarify.train.face_expression import CHEEKS, LOWER_LIP, OUTLINE, UPPER_LIP
from avatarify.train.mesh_warp import source_map, triangulate
from avatarify.train.mouth_interior import fixed
from avatarify.train.portrait_motion import ShownPair

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]

_DARKEST, _LIGHTEST = 0.12, 0.8  # luminance of cheeks, 0..1
_GAMMAS = (0.5, 3.0)
_SKIN_COLOURS = 0.042  # how unlike the cheeks' colour skin may be, one sigma in shares of the range
_HAIRS = ((0.06, 0.05, 0.05), (0.13, 0.09, 0.06), (0.3, 0.2, 0.12), (0.55, 0.53, 0.5))  # red, green, blue, 0..1
_SHADE = (0.8, 1.2)  # of the darkest and the lightest strand


def vary(pair: ShownPair, config: AugmentConfig, random: np.random.Generator) -> ShownPair:
    """The pair as it would be of somebody else. Nothing happens where the mesh of one of the faces is not known."""
    source, driving = pair
    if source.points is None or driving.points is None:
        return pair
    images = source.image, driving.image
    if config.complexion and random.random() < config.complexion:
        images = _complexion(images, source.points, random)
    if config.beard and random.random() < config.beard:
        images = _bearded(images, (source.points, driving.points), random)
    return ShownPair(source._replace(image=images[0]), driving._replace(image=images[1]))


def _complexion(images: tuple[Image, Image], points: Floats, random: np.random.Generator) -> tuple[Image, Image]:
    """A gamma for all that has the colour of the first face's cheeks: in colour pictures eyes, teeth and what is around stay."""
    side = images[0].shape[0]
    column, row = np.clip(points[CHEEKS].astype(int), 0, side - 1).T
    cheeks = np.median(_bright_and_colour(images[0])[row, column], 0)
    wanted = random.uniform(_DARKEST, _LIGHTEST)
    gamma = float(np.clip(np.log(wanted) / np.log(np.clip(cheeks[0], 0.02, 0.98)), *_GAMMAS))
    changed = []
    for image in images:
        seen = _bright_and_colour(image)
        unlike = ((seen[..., 1:] - cheeks[1:]) ** 2).sum(-1) / (2 * _SKIN_COLOURS**2)
        skin = cv2.GaussianBlur(np.exp(-unlike), (0, 0), side / 100)
        factor = 1 + skin * (np.maximum(seen[..., 0], 0.02) ** (gamma - 1) - 1)
        changed.append(_whole(image * factor[..., None]))
    return changed[0], changed[1]


def _bearded(
    images: tuple[Image, Image], points: tuple[Floats, Floats], random: np.random.Generator
) -> tuple[Image, Image]:
    """The same hair on both faces; its strands hang on the first one and move as the second one's skin does."""
    side = images[0].shape[0]
    beard, strands = _random_beard(random), _strands(side, random)
    columns, rows = source_map(points[0], points[1], triangulate(points[0]), side)
    moved = np.asarray(cv2.remap(strands, columns, rows, cv2.INTER_LINEAR), np.float32)
    changed = []
    for image, face, hair in zip(images, points, (strands, moved), strict=True):
        shade = (_SHADE[0] + (_SHADE[1] - _SHADE[0]) * hair)[..., None]
        share = np.clip(beard.cover(face, side)[..., None] * shade, 0, 1)
        changed.append(_whole(image * (1 - share) + share * shade * beard.colour))
    return changed[0], changed[1]


@dataclass(frozen=True)
class _Beard:
    """colour: [3] in 0..255. thick: 0..1, down to stubble. high: 0 along the lip .. 1 up to the nose. ends: 0..1, how far a
    moustache hangs down beside the mouth. bared: rows of the lips' red that it hangs over, 0..2.
    below: mesh points around what grows on chin and jaw, if anything does."""

    colour: Floats
    thick: float
    high: float
    ends: float
    bared: int
    below: Indices | None

    def cover(self, face: Floats, side: int) -> Singles:
        """[S,S] in 0..1: how much of a face with these points [468,2] it hides."""
        top = self.high * face[_UNDER_NOSE] + (1 - self.high) * face[_ABOVE_LIP]
        right, left = (face[corner] + self.ends * (face[low] - face[corner]) for corner, low in ((61, 43), (291, 273)))
        parts = [np.concatenate([top, [left], face[UPPER_LIP[self.bared]][::-1], [right]])]
        if self.below is not None:
            parts.append(face[self.below])
        lips = _filled([np.concatenate([face[UPPER_LIP[self.bared]], face[LOWER_LIP[0]][::-1]])], side)
        hair = _filled(parts, side) * _filled([face[OUTLINE]], side) * (1 - lips) * self.thick
        return np.asarray(cv2.GaussianBlur(hair, (0, 0), side / 130), np.float32)


def _random_beard(random: np.random.Generator) -> _Beard:
    below = None, _GOATEE, _FULL, _FULL
    kind = int(random.integers(len(below)))
    stubble = kind == len(below) - 1
    return _Beard(
        colour=np.array(_HAIRS[int(random.integers(len(_HAIRS)))]) * random.uniform(0.6, 1.4) * 255,
        thick=random.uniform(0.25, 0.5) if stubble else random.uniform(0.6, 1.0),
        high=random.uniform(0.3, 0.9),
        ends=random.uniform(0.0, 0.8),
        bared=int(random.integers(3)),
        below=below[kind],
    )


def _strands(side: int, random: np.random.Generator) -> Singles:
    """[S,S] in 0..1: the light and dark of hair that hangs down."""
    noise = cv2.GaussianBlur(random.normal(0, 1, (side, side)).astype(np.float32), (0, 0), 0.7, sigmaY=side / 60)
    return np.asarray(np.clip(0.5 + noise / (4 * noise.std()), 0, 1), np.float32)


def _filled(outlines: list[Floats], side: int) -> Singles:
    mask = np.zeros((side, side), np.uint8)
    for outline in outlines:
        cv2.fillPoly(mask, [fixed(outline)], (255,), cv2.LINE_AA, 4)
    return np.asarray(mask / np.float32(255), np.float32)


def _bright_and_colour(image: Image) -> Singles:
    """[S,S,3] luminance and two colour differences, 0..1."""
    return np.asarray(cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2YCrCb))


def _whole(image: Floats | Singles) -> Image:
    """Rounded, in 0..255."""
    return np.asarray(np.clip(image + 0.5, 0, 255), np.uint8)


# Indices into MediaPipe's face mesh, from the left of the picture to the right; outlines go around.
_ABOVE_LIP: Final = [186, 92, 165, 167, 164, 393, 391, 322, 410]
_UNDER_NOSE: Final = [216, 206, 203, 98, 2, 327, 423, 426, 436]
_GOATEE: Final = np.array(
    [61, 43, 204, 211, 32, 140, 176, 148, 152, 377, 400, 369, 262, 431, 424, 273, *LOWER_LIP[0][:0:-1]]
)
_FULL: Final = np.array([147, 207, 206, 98, 2, 327, 426, 427, 376, *OUTLINE[10:27]])

"""What is seen in a mouth that a portrait keeps shut: the dark, a tongue and upper teeth, in the portrait's own colours."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.frame import Image
from avatarify.train.mesh_warp import source_map, strip

Floats = npt.NDArray[np.float64]

_WIDTH, _HEIGHT = 44, 24  # pixels of the drawing, before it is bent into the mouth
_GREY = np.array([0.299, 0.587, 0.114])
_POLYGON_BITS = 4


class Mouth(NamedTuple):
    """A mouth in a picture. upper, lower: [N,2] the inner lips from corner to corner, pixels. shown: [N] 0..1, the part
    of the gap, from the upper lip on, in which the portrait shows its own teeth. tooth: their height, pixels.
    lip, skin: [3] RGB, 0..255. teeth, tongue: 0..1, how much of them is seen."""

    upper: Floats
    lower: Floats
    shown: Floats
    tooth: float
    lip: Floats
    skin: Floats
    teeth: float
    tongue: float


def paint_mouth(image: Image, mouth: Mouth) -> Image:
    """uint8 [S,S,3] -> the same with the gap between the inner lips painted, but for the part that is shown already."""
    side, count = image.shape[0], len(mouth.upper)
    drawing, cover = _drawing(mouth)
    across = np.linspace(0, _WIDTH, count)
    origins = np.concatenate(
        [np.column_stack([across, np.zeros(count)]), np.column_stack([across, np.full(count, _HEIGHT)])]
    )
    targets = np.concatenate([mouth.upper, mouth.lower])
    upper, lower = np.arange(count), count + np.arange(count)
    columns, rows = source_map(origins, targets, strip(upper, lower), side)
    colour = cv2.remap(drawing, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    opaque = cv2.remap(cover, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    gap = np.zeros((side, side), np.uint8)
    cv2.fillPoly(gap, [fixed(np.concatenate([mouth.upper, mouth.lower[::-1]]))], (255,), cv2.LINE_AA, _POLYGON_BITS)
    share = (opaque * gap / 255)[..., None]
    return np.asarray(np.clip(image * (1 - share) + colour * share + 0.5, 0, 255), np.uint8)


def fixed(points: Floats) -> npt.NDArray[np.int32]:
    """[N,2] pixels from the picture's corner -> what OpenCV's drawing takes with 4 bits of fraction."""
    return np.asarray(np.round((points - 0.5) * 2**_POLYGON_BITS), np.int32)


def _drawing(mouth: Mouth) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """[H,W,3] colours and [H,W] cover of the open mouth, stretched to a rectangle: the upper lip is its upper edge."""
    u = (np.arange(_WIDTH) + 0.5) / _WIDTH
    v = ((np.arange(_HEIGHT) + 0.5) / _HEIGHT)[:, None]
    gap = max(float(np.linalg.norm(mouth.lower - mouth.upper, axis=1).max()), 1e-6)
    bright = float(mouth.skin @ _GREY)
    white = min(max(1.15 * bright, 150.0), 235.0)
    tooth = 0.8 * white * np.ones(3) + 0.2 * mouth.skin * white / max(bright, 1.0)
    shade = 0.25 + 0.15 * v  # darkest behind the upper teeth

    colour = (mouth.lip * shade[..., None]) * np.ones((_HEIGHT, _WIDTH, 1))
    round_ = 1.1 - ((u - 0.5) / 0.34) ** 2 - ((v - 1.05) / 0.5) ** 2
    colour = _over(colour, 0.7 * mouth.lip + 0.05 * mouth.skin, mouth.tongue * _ramp(round_, 0.5))
    low = min(mouth.tooth / gap, 0.7) * (1 - 0.5 * (2 * u - 1) ** 2)
    row = _ramp(low - v, 0.12) * _ramp(0.42 - np.abs(u - 0.5), 0.12)
    colour = _over(colour, 0.85 * tooth, mouth.teeth * row)

    shown = np.interp(u, np.linspace(0, 1, len(mouth.shown)), mouth.shown)
    cover = np.where(shown < 0.02, 1.0, _ramp(v - shown + 0.04, 0.12))
    return colour.astype(np.float32), cover.astype(np.float32)


def _over(below: Floats, colour: Floats, share: Floats) -> Floats:
    return below + share[..., None] * (colour - below)


def _ramp(value: Floats, width: float) -> Floats:
    """0 below zero, 1 above `width`."""
    return np.clip(value / width, 0, 1)

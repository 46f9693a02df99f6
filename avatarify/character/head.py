"""A character's head, modelled once: every map and curve that a picture of it needs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.character.brush import Floats
from avatarify.character.character import Character
from avatarify.character.hair import beard, hair
from avatarify.character.skin import skin
from avatarify.character.surface import (
    directions,
    eye_places,
    features,
    normals,
    sample,
    skull,
    smoothstep,
    soften,
    texel,
)

FRONT_SIDE, FRONT_REACH = 192, 1.15
RIM_STEP = 5
LEVELS = 4
MATT = ("scarf", "beanie", "cropped")


class Head(NamedTuple):
    """Maps of surface.py's projection, and what is cut from them.

    radius: [SIDE,SIDE] head units, hair included. normal: [SIDE,SIDE,3], albedo: [SIDE,SIDE,4] uint8
    RGB and gloss, each followed by its halves, quarters and eighths.
    relief: [FRONT_SIDE,FRONT_SIDE] z of the bare face at x, y in +-FRONT_REACH. shell: [N,3] points of the surface.
    eye: x and y of the left eye.
    """

    radius: Floats
    normal: tuple[Floats, ...]
    albedo: tuple[npt.NDArray[np.uint8], ...]
    relief: Floats
    shell: Floats
    eye: tuple[float, float]

    def on_face(self, xy: npt.NDArray[np.floating], *, lift: float = 0.0) -> npt.NDArray[np.float64]:
        """[N,2] frontal coordinates to [N,3] on the bare face, `lift` above it."""
        scale = (FRONT_SIDE - 1) / (2 * FRONT_REACH)
        spots = ((xy + FRONT_REACH) * scale).astype(np.float32).reshape(1, -1, 2)
        depth = sample(self.relief, spots[..., 0], spots[..., 1])
        return np.column_stack([xy, depth.ravel() + lift])


@lru_cache(maxsize=24)
def model(character: Character) -> Head:
    """Model the head. Takes some tenths of a second; the last characters are kept."""
    unit = directions()
    shape = character.shape
    bare = features(skull(unit, shape), unit, shape)
    bare = soften(bare, 1.6)
    place = unit * bare[..., None]
    grown = hair(place, unit, character.hair, character.brow)
    facial = beard(place, unit, character.beard, shape.mouth)

    colour = skin(character, place)
    shadow = soften(np.roll(grown.cover, 7, axis=0), 9)
    colour *= 1 - (0.42 * shadow * (1 - grown.cover))[..., None] * np.array([0.55, 0.8, 0.9], np.float32)
    gloss = 31 * (0.35 + 0.65 * smoothstep(unit[..., 2], 0.3, 0.8))
    for growth, shine in ((facial, 22.0), (grown, 20.0 if character.hair.style in MATT else 62.0)):
        mix = growth.cover[..., None]
        colour = colour * (1 - mix) + growth.colour * mix
        gloss = gloss * (1 - growth.cover) + shine * growth.cover
    radius = np.asarray(bare + facial.lift + grown.lift, np.float32)
    albedo = np.concatenate([colour, gloss[..., None]], -1)
    shell = (unit * radius[..., None])[::RIM_STEP, ::RIM_STEP].reshape(-1, 3)
    return Head(
        radius,
        tuple(halves(normals(radius + facial.relief + grown.relief, unit))),
        tuple(np.clip(each + 0.5, 0, 255).astype(np.uint8) for each in halves(albedo)),
        relief(bare),
        np.ascontiguousarray(shell),
        eye_places(shape),
    )


def halves(values: Floats) -> Iterator[Floats]:
    """The map and its halves, for heads smaller than it."""
    for level in range(LEVELS):
        if level > 0:
            values = np.asarray(cv2.resize(values, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.float32)
        yield values


def relief(radius: Floats) -> Floats:
    """[FRONT_SIDE,FRONT_SIDE] z of the surface straight behind x, y."""
    row = np.linspace(-FRONT_REACH, FRONT_REACH, FRONT_SIDE, dtype=np.float32)
    x, y = np.meshgrid(row, row)
    flat = x * x + y * y
    z = np.sqrt(np.maximum(1.2 - flat, 0)).astype(np.float32)
    for _ in range(12):
        u, v = texel(x, y, z, np.sqrt(flat + z * z))
        reach = sample(radius, u, v)
        z = 0.3 * z + 0.7 * np.sqrt(np.maximum(reach * reach - flat, 0))
    return np.asarray(z, np.float32)

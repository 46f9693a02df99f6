"""What is filmed and what is animated in a measurement: the same on every machine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from avatarify.character.cast import PERFORMER
from avatarify.character.draw import draw_scene
from avatarify.character.performance import DEMO, perform
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.paths import AVATARS

CAMERA_SIZE = (640, 480)
"""(width, height) of the film, the size at which the app opens a camera."""

_FRAMES = 30
_NOISE = 3.0  # standard deviation, grey levels: a sensor's, so that decoding costs what a camera's picture costs
_QUALITY = 90  # of the JPEGs: some 46 kB a frame, as webcams send them


@dataclass(frozen=True, eq=False)
class Footage:
    """jpegs: the camera's frames as they come over the wire. portrait: square uint8 [N,N,3] RGB, of any size."""

    jpegs: tuple[bytes, ...]
    portrait: Image


def drawn_footage() -> Footage:
    """A drawn performer who turns, nods and speaks before a slightly noisy camera, and a drawn portrait."""
    width, height = CAMERA_SIZE
    script = DEMO
    noise = np.random.default_rng(0).normal(0, _NOISE, (height, width, 3))
    pictures = []
    for index in range(_FRAMES):
        image = draw_scene(PERFORMER, perform(script, index * script.seconds / _FRAMES), width=width, height=height)
        grain = np.roll(noise, (37 * index, 53 * index), (0, 1))
        pictures.append(np.clip(image + grain, 0, 255).astype(np.uint8))
    return Footage(pressed(pictures, _QUALITY), read_image(AVATARS / "kofi.png"))


def pressed(pictures: Iterable[Image], quality: int) -> tuple[bytes, ...]:
    """Pictures, uint8 [H,W,3] RGB, as JPEGs of this quality, 1..100."""
    return tuple(
        cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        for picture in pictures
    )


def resized(portrait: Image, side: int) -> Image:
    """The square picture at another size."""
    kind = cv2.INTER_AREA if side < portrait.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(portrait, (side, side), interpolation=kind), np.uint8)

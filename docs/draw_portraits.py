"""Draw the portraits of avatars.md, good ones and ones with a fault each, and tell what the app says of them.

usage: python -m docs.draw_portraits [FOLDER]     (default: images/portraits beside this file)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from avatarify.avatars import FaceTools, look_for_faces, portrait_of
from avatarify.character.cast import CAST
from avatarify.character.character import Character
from avatarify.character.draw import draw_scene
from avatarify.character.expression import Expression
from avatarify.face.mesh import FaceMesh
from avatarify.face.quality import PortraitVerdict
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.media.images import read_image, write_image
from avatarify.paths import AVATARS

FOLDER = Path(__file__).resolve().parent / "images" / "portraits"
SIDE = 512
"""Pixels of the pictures that are judged."""
SHOWN = 240
"""Pixels of those on the page."""


class Example(NamedTuple):
    """name: of the file. make: the picture, uint8 [H,W,3] RGB."""

    name: str
    make: Callable[[], Image]


def main(folder: Path) -> None:
    """Write every picture, and print its verdict."""
    folder.mkdir(parents=True, exist_ok=True)
    tools = FaceTools(FaceSearch(), FaceMesh())
    for example in EXAMPLES:
        image = example.make()
        write_image(folder / f"{example.name}.jpg", _shown(image))
        sys.stdout.write(f"{example.name} {verdict_of(image, tools)}\n")


def verdict_of(image: Image, tools: FaceTools) -> PortraitVerdict:
    """What the app says of a picture that is added without cutting it."""
    return portrait_of(image, look_for_faces(image, tools), size=SIDE).verdict


def portrait(character: Character, expression: Expression | None = None, *, width: int = SIDE) -> Image:
    """Head and shoulders: uint8 [SIDE,width,3] RGB."""
    return draw_scene(character, expression or Expression(smile=0.12), width=width, height=SIDE)


def _named(name: str) -> Character:
    return next(character for character in CAST if character.name == name)


def _astronaut() -> Image:
    return read_image(AVATARS / "astronaut.png")


def _dark() -> Image:
    return np.asarray(portrait(_named("Amal")) * 0.22, np.uint8)


def _blurred() -> Image:
    return np.asarray(cv2.GaussianBlur(portrait(_named("Ilse")), (0, 0), 7.0), np.uint8)


def _far() -> Image:
    near = portrait(_named("Tomo"))
    ground: Image = np.empty((SIDE, SIDE, 3), np.uint8)
    ground[:] = near[4, 4]
    small = cv2.resize(near, (150, 150), interpolation=cv2.INTER_AREA)
    ground[SIDE - 150 :, 180:330] = small
    return ground


def _cut() -> Image:
    return np.ascontiguousarray(portrait(_named("Ravi"))[:, 190:])


def _turned() -> Image:
    return portrait(_named("Zola"), Expression(yaw=34.0))


def _leaning() -> Image:
    picture = portrait(_named("Suvi"))
    turn = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), 32.0, 1.0)
    return np.asarray(cv2.warpAffine(picture, turn, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _company() -> Image:
    return np.hstack([portrait(_named("Kofi")), portrait(_named("Vega"))])


def _shown(image: Image) -> Image:
    """On the page all have one size; what is not square stands on its own edge colour."""
    height, width = image.shape[:2]
    scale = SHOWN / max(height, width)
    size = (round(width * scale), round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    ground: Image = np.full((SHOWN, SHOWN, 3), 236, np.uint8)
    top, left = (SHOWN - size[1]) // 2, (SHOWN - size[0]) // 2
    ground[top : top + size[1], left : left + size[0]] = small
    return ground


EXAMPLES = (
    Example("good", lambda: portrait(_named("Kofi"))),
    Example("good-photograph", _astronaut),
    Example("dark", _dark),
    Example("blurred", _blurred),
    Example("far", _far),
    Example("cut", _cut),
    Example("turned", _turned),
    Example("leaning", _leaning),
    Example("company", _company),
)

if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)

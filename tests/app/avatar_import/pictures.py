"""What the tests of the dialog share."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from avatarify.avatars import Avatars, FaceTools
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.media.images import read_image

PATIENCE_MS = 20_000
"""How long a test waits for another thread before it fails; never how long it takes."""


def own_shelf(folder: Path) -> Avatars:
    """Empty, with the user's folder below `folder`."""
    return Avatars([folder / "own"], read_image, FaceTools(FaceSearch(), FaceMesh()), size=64)


class PaintingRehearsal:
    """Shows ever brighter pictures. taken: portraits it was given."""

    def __init__(self) -> None:
        self.taken: list[Image] = []
        self.steps = 0
        self.closed = False

    def take(self, portrait: Image) -> None:
        self.taken.append(portrait)

    def step(self) -> Image:
        self.steps += 1
        return np.full((8, 8, 3), min(self.steps, 255), np.uint8)

    def close(self) -> None:
        self.closed = True

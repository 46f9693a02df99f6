"""Pictures made of one portrait, and a detector that does what it is told."""

from __future__ import annotations

import cv2
import numpy as np

from avatarify.face.detector import Face
from avatarify.frame import Image

FACE_AT = np.array([225.0, 125.0])  # in the 512x512 portrait
FACE_SIDE = 98.0


class Canvas:
    """A grey-blue ground of any size on which portraits are put."""

    def __init__(self, width: int, height: int) -> None:
        self.image: Image = np.full((height, width, 3), (90, 120, 150), np.uint8)

    def put(self, portrait: Image, *, left: int, top: int, side: int) -> Canvas:
        """What reaches over the canvas is lost."""
        small = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
        height, width = self.image.shape[:2]
        x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
        self.image[y0:y1, x0:x1] = small[y0 - top : y1 - top, x0 - left : x1 - left]
        return self


class ScriptedDetector:
    """Gives the next list of faces of its script at every look, whatever the picture."""

    def __init__(self, *script: list[Face]) -> None:
        self._script = list(script)
        self.looks = 0

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        self.looks += 1
        return self._script[(self.looks - 1) % len(self._script)]


def face_at(x: float, y: float, side: float, score: float = 0.9) -> Face:
    return Face(score, np.array([x, y]), np.array([side, side]), np.tile([x, y], (6, 1)).astype(float))

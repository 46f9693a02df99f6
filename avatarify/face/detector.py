"""Face boxes in a picture, with one look (fast, for live frames)."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.face.nets import SHORT_RANGE, net_input, read_net, sigmoid
from avatarify.frame import Image

Floats = npt.NDArray[np.float64]


class Face(NamedTuple):
    """A detected face in pixels of the picture; (0, 0) is the outer corner of the top left pixel.

    score: 0..1. centre: [2] x, y. size: [2] width, height of the box, brows to chin.
    points: [6,2] right eye, left eye, nose tip, mouth, right ear, left ear (the person's own right).
    """

    score: float
    centre: Floats
    size: Floats
    points: Floats

    @property
    def side(self) -> float:
        """The longer side of the box, in pixels."""
        return float(self.size.max())

    def moved(self, left: float, top: float, scale: float = 1.0) -> Face:
        """The same face after x -> x * scale + left, y -> y * scale + top."""
        offset = np.array([left, top])
        return Face(self.score, self.centre * scale + offset, self.size * scale, self.points * scale + offset)


class DetectsFaces(Protocol):
    """Something that finds faces. One thread at a time may call it."""

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        """Faces that score at least `threshold`, best first; [] when there is none. Does not change the image."""
        ...


class FaceDetector:
    """BlazeFace short range: one pass over the whole picture, some 4 ms on one core. Sure for faces over an eighth of the longer side.

    Raises AvatarifyError when the network file is missing or altered. Not to be shared between threads.
    """

    _SIDE = 128
    _OUTPUTS = ("regressors", "classificators")

    def __init__(self) -> None:
        self._net = read_net(SHORT_RANGE)
        self._anchors = _anchor_centres()

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        """image: uint8 [H,W,3] RGB of any size. Faces that score at least `threshold`, best first."""
        height, width = image.shape[:2]
        zoom = self._SIDE / max(height, width)
        fitted = (max(1, round(width * zoom)), max(1, round(height * zoom)))
        kind = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
        small = cv2.resize(image, fitted, interpolation=kind)
        left, top = (self._SIDE - fitted[0]) // 2, (self._SIDE - fitted[1]) // 2
        boxed: Image = np.zeros((self._SIDE, self._SIDE, 3), np.uint8)
        boxed[top : top + fitted[1], left : left + fitted[0]] = small

        self._net.setInput(net_input(boxed, scale=1 / 127.5, shift=-1.0))
        regressors, logits = self._net.forward(self._OUTPUTS)  # [1,896,16], [1,896,1]
        scores = sigmoid(np.asarray(logits, np.float32).reshape(-1))
        keep = scores >= threshold
        rows = regressors.reshape(-1, 8, 2)[keep].astype(np.float64) / self._SIDE  # centre, size, six points
        rows[:, [0, 2, 3, 4, 5, 6, 7]] += self._anchors[keep][:, None]

        # A side that was rounded up to one pixel is zoomed by more than `zoom`.
        shrunk = np.array([fitted[0] / width, fitted[1] / height])
        faces = []
        for score, row in _blend_overlaps(rows, scores[keep]):
            points = (row * self._SIDE - (left, top)) / shrunk
            faces.append(Face(score, points[0], row[1] * self._SIDE / shrunk, points[2:]))
        return faces


def overlap(one: Face, other: Face) -> float:
    """Shared area over the smaller face's area, 0..1."""
    low = np.maximum(one.centre - one.size / 2, other.centre - other.size / 2)
    high = np.minimum(one.centre + one.size / 2, other.centre + other.size / 2)
    return float(np.clip(high - low, 0, None).prod() / max(min(one.size.prod(), other.size.prod()), 1e-9))


def _anchor_centres() -> Floats:
    """[896,2] in [0,1]: two anchors a cell on the 16x16 grid, six on the 8x8 grid."""
    centres = []
    for cells, per_cell in ((16, 2), (8, 6)):
        y, x = np.mgrid[:cells, :cells]
        grid = np.stack([x, y], -1).reshape(-1, 2)
        centres.append(np.repeat((grid + 0.5) / cells, per_cell, axis=0))
    return np.concatenate(centres)


def _blend_overlaps(rows: Floats, scores: Floats) -> list[tuple[float, Floats]]:
    """Rows [N,8,2] that overlap (IoU > .3) become one, averaged by score: steadier over time than keeping the best."""
    low, high = rows[:, 0] - rows[:, 1] / 2, rows[:, 0] + rows[:, 1] / 2
    area = rows[:, 1].prod(1)
    free, blended = np.ones(len(rows), bool), []
    for best in np.argsort(-scores):
        if not free[best]:
            continue
        shared = np.clip(np.minimum(high, high[best]) - np.maximum(low, low[best]), 0, None).prod(1)
        group = free & (shared / np.maximum(area + area[best] - shared, 1e-12) > 0.3)
        group[best] = True
        free &= ~group
        blended.append((float(scores[best]), np.average(rows[group], axis=0, weights=scores[group])))
    return blended

"""Faces that are small in a picture: look at the whole first, then through smaller and smaller windows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from avatarify.face.detector import DetectsFaces, Face, FaceDetector, overlap
from avatarify.frame import Image


class FaceSearch:
    """A detector for portraits and video files: slower than one look, but finds a face that is 2 % of the picture.

    It stops at the first scale that shows a face clearly, so a portrait costs little more than one look. Boxes and points of
    small faces are exact, because they are looked at again from near. Not to be shared between threads.
    detector: what looks through a window. depth: how often the window may be halved; 3 costs up to about 300 looks.
    """

    _SMALLEST = 96  # pixels; below this the window is enlarged and shows nothing new
    _NEAR = 0.35  # of the longer side; a face that is smaller in the first look is looked at again, more closely
    # The share of a window from which on nearly no face is missed. When all that were found are smaller, there may be
    # others beside them, and the next scale is looked at too.
    _CLEAR = 0.15
    # A second look with the face in the middle must be surer: among many windows something looks like a face by chance.
    _STRICTER = 0.2

    def __init__(self, detector: DetectsFaces | None = None, *, depth: int = 3) -> None:
        self._detector = detector or FaceDetector()
        self._depth = depth

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        """image: uint8 [H,W,3] RGB of any size. Faces that score at least `threshold`, best first."""
        height, width = image.shape[:2]
        near = self._NEAR * max(height, width)
        found = [
            face if face.side > near else look_closer(self._detector, image, face) or face
            for face in self._detector.detect(image, threshold)
        ]
        # A panorama has no use for windows much larger than its short side.
        side = min(max(height, width) / 2, 2 * min(height, width))
        for _ in range(self._depth):
            if side < self._SMALLEST or any(face.side > self._CLEAR * 2 * side for face in found):
                break
            found = _distinct([*found, *self._through_windows(image, round(side), threshold)])
            side /= 2
        return _distinct(found)

    def _through_windows(self, image: Image, side: int, threshold: float) -> list[Face]:
        height, width = image.shape[:2]
        seen: list[Face] = []
        for top in _starts(height, side):
            for left in _starts(width, side):
                window = image[top : top + side, left : left + side]
                seen += [face.moved(left, top) for face in self._detector.detect(window, threshold)]
        closer = (look_closer(self._detector, image, face) for face in _distinct(seen))
        surer = [face for face in closer if face is not None and face.score >= threshold + self._STRICTER]
        return _distinct(surer)


def look_closer(detector: DetectsFaces, image: Image, face: Face) -> Face | None:
    """`face` again, seen in a window twice its size, where box and points are most exact; None if it is no face there."""
    reach = max(face.side, 1.0)
    low = np.clip(np.floor(face.centre - reach), 0, None).astype(int)
    high = np.ceil(face.centre + reach).astype(int)
    window = image[low[1] : max(high[1], 0), low[0] : max(high[0], 0)]
    if window.size == 0:
        return None
    again = [other.moved(float(low[0]), float(low[1])) for other in detector.detect(window)]
    same = [other for other in again if overlap(face, other) > 0.5]
    return max(same, key=lambda other: other.score, default=None)


def _distinct(faces: list[Face]) -> list[Face]:
    """Best first, without those that lie on a better one."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(overlap(face, other) < 0.3 for other in kept):
            kept.append(face)
    return kept


def _starts(length: int, side: int) -> Iterator[int]:
    """Where windows of `side` begin so that they cover `length` and overlap by at least half."""
    count = 1 if length <= side else 1 + int(np.ceil((length - side) / (side / 2)))
    for start in np.linspace(0, max(length - side, 0), count):
        yield round(float(start))

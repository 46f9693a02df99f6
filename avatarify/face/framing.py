"""The square around a face that the model wants to see: one for a portrait, one fixed square for a whole clip."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from avatarify.errors import FaceError
from avatarify.face.crop import Crop, centre_square
from avatarify.face.detector import DetectsFaces, Face
from avatarify.frame import Image

__all__ = ["Crop", "centre_square", "frame_clip", "frame_portrait"]

# Medians that benchmarks/framing.py prints for 803 portraits and 89 clips framed as VoxCeleb is (5 % .. 95 %):
# box over square .502 (.461 .. .663) and .496 (.467 .. .616), centre of the box below the square's by .028 and .053 of its
# side. Sideways both are centred within .002.
_BOX_SHARE = 0.50
_PORTRAIT_DROP = 0.028
_CLIP_DROP = 0.053

# How far real pixels are preferred to invented ones around the picture, as shares of the square's side. Shrinking by a
# quarter leaves the box at .67 of the square, the 95 % point above.
_MAY_SHIFT = 0.15
_MAY_SHRINK = 0.25
# A near-square picture is used whole when the square around the face is nearly that.
_SNAP_SIZE = 0.15
_SNAP_SHIFT = 0.10
_SNAP_ASPECT = 1.15

# The head with its hair around the centre of the box, in box sides: what has to stay inside over a clip.
_HEAD_SIDE, _HEAD_ABOVE, _HEAD_BELOW = 0.65, 0.85, 0.60
# A clip whose head wanders gets a larger square, up to this: then the face would become too small to read.
_MAY_GROW = 2.0


class _Extent(NamedTuple):
    """What must stay inside the square, in pixels of the picture."""

    left: float
    top: float
    right: float
    bottom: float


def frame_portrait(image: Image, detector: DetectsFaces) -> Crop:
    """The square around the largest, most central face; the whole picture if it is framed like that already.

    image: uint8 [H,W,3] RGB. Raises FaceError when the detector finds no face.
    """
    height, width = image.shape[:2]
    faces = detector.detect(image)
    if not faces:
        raise FaceError(
            f"No face was found in the picture ({width} x {height} pixels).",
            "Choose a picture with one well lit face seen from the front, or use the picture uncropped (--no-crop).",
        )
    middle = np.array([width, height]) / 2
    reach = float(np.linalg.norm(middle))

    def prominence(face: Face) -> float:
        return face.side * face.score * (1 - 0.5 * float(np.linalg.norm(face.centre - middle)) / reach)

    face = max(faces, key=prominence)
    crop = _square([face], drop=_PORTRAIT_DROP)
    return _snapped(_inside(crop, _extent([face]), image), image)


def frame_clip(images: Iterable[Image], detector: DetectsFaces, *, every: int = 1) -> Crop:
    """One fixed square for a whole clip, in which the head of the most present person stays (VoxCeleb's convention).

    images: uint8 [H,W,3] RGB of one size, in order; every `every`-th is looked at and none is kept. Some 20 to 50 looks
    are enough. Faces may be missed in some and other people may be seen: the face that is largest and longest in the
    picture is followed. Raises FaceError when no face is found in any.
    """
    tracks: list[list[Face]] = []
    first: Image | None = None
    looks = 0
    for index, image in enumerate(images):
        if index % every:
            continue
        first = image if first is None else first
        looks += 1
        _follow(tracks, detector.detect(image))
    if first is None:
        raise FaceError("The clip has no frames to look for a face in.", "Check that the video plays.")
    if not tracks:
        height, width = first.shape[:2]
        raise FaceError(
            f"No face was found in {looks} frames of {width} x {height} pixels.",
            "Use a video with a well lit face seen from the front, or use it uncropped (--no-crop).",
        )
    track = max(tracks, key=lambda faces: sum(face.side for face in faces))
    extent = _extent(track)
    return _snapped(_inside(_holding(_square(track, drop=_CLIP_DROP), extent), extent, first), first)


def _follow(tracks: list[list[Face]], faces: list[Face]) -> None:
    """Add each face of one frame to the track that it continues, or begin a new one."""
    free = list(range(len(tracks)))
    for face in faces:
        near = [index for index in free if _continues(tracks[index][-1], face)]
        if near:
            nearest = min(near, key=lambda index: float(np.linalg.norm(tracks[index][-1].centre - face.centre)))
            tracks[nearest].append(face)
            free.remove(nearest)
        else:
            tracks.append([face])


def _continues(before: Face, now: Face) -> bool:
    larger, smaller = max(before.side, now.side), min(before.side, now.side)
    return larger < 1.7 * smaller and float(np.linalg.norm(before.centre - now.centre)) < larger


def _square(faces: list[Face], *, drop: float) -> Crop:
    """The median face where the model expects it."""
    size = float(np.median([face.side for face in faces])) / _BOX_SHARE
    x, y = np.median([face.centre for face in faces], axis=0)
    return Crop(float(x) - size / 2, float(y) - size * (0.5 + drop), size)


def _extent(faces: list[Face]) -> _Extent:
    return _Extent(
        min(float(face.centre[0]) - _HEAD_SIDE * face.side for face in faces),
        min(float(face.centre[1]) - _HEAD_ABOVE * face.side for face in faces),
        max(float(face.centre[0]) + _HEAD_SIDE * face.side for face in faces),
        max(float(face.centre[1]) + _HEAD_BELOW * face.side for face in faces),
    )


def _holding(crop: Crop, extent: _Extent) -> Crop:
    """`crop` moved and grown as little as it takes to hold `extent`."""
    needed = max(extent.right - extent.left, extent.bottom - extent.top)
    size = min(max(crop.size, needed), crop.size * _MAY_GROW)
    grown = (size - crop.size) / 2
    return Crop(
        _between(crop.left - grown, extent.right - size, extent.left),
        _between(crop.top - grown, extent.bottom - size, extent.top),
        size,
    )


def _inside(crop: Crop, extent: _Extent, image: Image) -> Crop:
    """`crop` shrunk and shifted a little, where that takes it into the picture and leaves the head inside."""
    height, width = image.shape[:2]
    needed = max(extent.right - extent.left, extent.bottom - extent.top)
    size = min(crop.size, max(min(height, width), crop.size * (1 - _MAY_SHRINK), needed))
    shrunk = (crop.size - size) / 2
    left, top = crop.left + shrunk, crop.top + shrunk
    reach = _MAY_SHIFT * size
    return Crop(
        _between(_between(left, 0.0, width - size), left - reach, left + reach),
        _between(_between(top, 0.0, height - size), top - reach, top + reach),
        size,
    )


def _snapped(crop: Crop, image: Image) -> Crop:
    height, width = image.shape[:2]
    whole = centre_square(image)
    shift = max(
        abs(crop.left + crop.size / 2 - whole.left - whole.size / 2),
        abs(crop.top + crop.size / 2 - whole.top - whole.size / 2),
    )
    near = abs(crop.size / whole.size - 1) <= _SNAP_SIZE and shift <= _SNAP_SHIFT * whole.size
    return whole if near and max(height, width) <= _SNAP_ASPECT * min(height, width) else crop


def _between(value: float, one: float, other: float) -> float:
    """`value` clipped to the range between the two limits, whichever of them is lower."""
    return min(max(value, min(one, other)), max(one, other))

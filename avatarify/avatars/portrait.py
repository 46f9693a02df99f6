"""From a picture to the square that becomes an avatar, and what is good and bad about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from avatarify.avatars.avatar import FaceTools
from avatarify.errors import FaceError
from avatarify.face.calibration import FaceTarget, target_of
from avatarify.face.crop import Crop, centre_square
from avatarify.face.detector import Face
from avatarify.face.framing import frame_portrait
from avatarify.face.mesh import Mesh
from avatarify.face.quality import UNSURE_MESH, PortraitVerdict, judge_portrait
from avatarify.frame import Image

# The face's box over the square's side: .461 to .663 in nine of ten portraits framed as the model knows them.
_SMALL_SHARE, _LARGE_SHARE = 0.36, 0.72
_AWAY = 0.16  # of the square's side, from where a face usually sits
_DROP = 0.028
_MESHES = 4  # a mesh takes 5 ms; nobody cuts the fifth best face out of a crowd


@dataclass(frozen=True, eq=False)
class Sighting:
    """What was seen in a whole picture, once. faces: best first. meshes: of the first few of them. crop: the square found
    by itself; the middle one where there is no face."""

    faces: tuple[Face, ...]
    meshes: tuple[Mesh, ...]
    crop: Crop


@dataclass(frozen=True, eq=False)
class Portrait:
    """image: uint8 [N,N,3], the square as the model will see it. target: its pose. face: in pixels of the whole picture,
    None when the square holds none."""

    image: Image
    target: FaceTarget
    verdict: PortraitVerdict
    face: Face | None


def look_for_faces(image: Image, tools: FaceTools) -> Sighting:
    """image: uint8 [H,W,3] RGB. Some 10 to 300 ms, longest where faces are small."""
    faces = tuple(tools.detector.detect(image))
    meshes = tuple(tools.mesher.find(image, face) for face in faces[:_MESHES])
    try:
        crop = frame_portrait(image, _Seen(faces))
    except FaceError:
        crop = centre_square(image)
    return Sighting(faces, meshes, crop)


def portrait_of(image: Image, seen: Sighting, *, size: int, crop: Crop | None = None) -> Portrait:
    """Cut and judged. size: of the portrait, pixels. crop: chosen by hand; None: the one of `seen`, and then the whole
    picture is judged, so that company in it is told."""
    square = seen.crop if crop is None else crop
    portrait = square.apply(image, size)
    index = _main(seen.faces, square)
    if index is None:
        return Portrait(portrait, FaceTarget(), judge_portrait(image, ()), None)
    face = seen.faces[index]
    mesh = seen.meshes[index] if index < len(seen.meshes) else None
    others = [
        other for place, other in enumerate(seen.faces) if place != index and (crop is None or _in(other, square))
    ]
    verdict = judge_portrait(image, [face, *others], mesh)
    if crop is not None:
        verdict = PortraitVerdict(verdict.usable, (*verdict.problems, *_framing(face, square)))
    target = target_of(mesh) if mesh is not None and mesh.score >= UNSURE_MESH else FaceTarget()
    return Portrait(portrait, target, verdict, face)


class _Seen:
    """A detector that has looked already."""

    def __init__(self, faces: tuple[Face, ...]) -> None:
        self._faces = faces

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        return [face for face in self._faces if face.score >= threshold]


def _main(faces: tuple[Face, ...], square: Crop) -> int | None:
    """The face that the square is about: the nearest to its middle, of those that lie in it."""
    inside = [index for index, face in enumerate(faces) if _in(face, square)]
    middle = np.array([square.left, square.top]) + square.size / 2
    return min(inside, key=lambda index: float(np.linalg.norm(faces[index].centre - middle)), default=None)


def _in(face: Face, square: Crop) -> bool:
    x, y = (float(place) for place in face.centre)
    return square.left <= x <= square.left + square.size and square.top <= y <= square.top + square.size


def _framing(face: Face, square: Crop) -> list[str]:
    """What to do about a square that was chosen by hand."""
    share = face.side / square.size
    across = (float(face.centre[0]) - square.left) / square.size - 0.5
    down = (float(face.centre[1]) - square.top) / square.size - 0.5 - _DROP
    advice = []
    if share < _SMALL_SHARE:
        advice.append("The face is small in the square. Make the square smaller.")
    elif share > _LARGE_SHARE:
        advice.append("The face nearly fills the square. Make the square larger.")
    if max(abs(across), abs(down)) > _AWAY:
        advice.append("The face is not in the middle. Move the square so that it is.")
    return advice

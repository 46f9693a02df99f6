"""Whether a picture will make a good avatar, and if not, what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from avatarify.face.crop import Crop
from avatarify.face.detector import Face
from avatarify.face.mesh import Mesh, head_pose
from avatarify.frame import Image

_SMALL = 100.0  # pixels of the box: about 200 in the square that the model sees at 256
_TINY = 40.0
_SECOND = 0.5  # another face counts when it is at least this large beside the first
_TURNED, _PROFILE = 25.0, 40.0  # degrees of the mesh, which reads a full profile as about 50
_TILTED = 25.0
UNSURE_MESH = 0.5  # below this score nothing is read from a mesh
# Of 402 sharp portraits 99 % are brighter than 85 and have more than .17 of detail; blurring them by 2 pixels of their 256
# leaves 95 % below .123.
_DARK, _BRIGHT = 60.0, 235.0
_BLURRED = 0.12
# Ear, hairline and chin from the centre of the box, in box sides (medians of 803 portraits .46, .55, .47).
_HEAD_SIDE, _HEAD_ABOVE, _HEAD_BELOW = 0.5, 0.6, 0.5


@dataclass(frozen=True)
class PortraitVerdict:
    """usable: an avatar can be made of it at all. problems: sentences for the user, each with its remedy; () is perfect."""

    usable: bool
    problems: tuple[str, ...]


def judge_portrait(image: Image, faces: Sequence[Face], mesh: Mesh | None = None) -> PortraitVerdict:
    """What is wrong with a portrait. Judges the first face of `faces`, found in `image`.

    image: uint8 [H,W,3] RGB. mesh: of the first face; without it the head's direction is not judged.
    """
    if not faces:
        return PortraitVerdict(
            False, ("No face was found. Choose a picture with a well lit face seen from the front.",)
        )
    face = faces[0]
    profile = mesh is not None and mesh.score >= UNSURE_MESH and abs(head_pose(mesh).yaw) >= _PROFILE
    problems = [
        *_company(faces),
        *_size(face),
        *_place(image, face),
        *(_direction(mesh) if mesh is not None else ()),
        *_light(image, face),
    ]
    return PortraitVerdict(face.side >= _TINY and not profile, tuple(problems))


def _company(faces: Sequence[Face]) -> list[str]:
    others = sum(face.side >= _SECOND * faces[0].side for face in faces[1:])
    if not others:
        return []
    return [f"{others + 1} faces are in the picture. Cut it so that one person is left."]


def _size(face: Face) -> list[str]:
    if face.side >= _SMALL:
        return []
    return [f"The face is only {face.side:.0f} pixels wide. Use a larger picture or one taken from nearer."]


def _place(image: Image, face: Face) -> list[str]:
    height, width = image.shape[:2]
    x, y = face.centre
    cut = (
        x - _HEAD_SIDE * face.side < 0
        or x + _HEAD_SIDE * face.side > width
        or y - _HEAD_ABOVE * face.side < 0
        or y + _HEAD_BELOW * face.side > height
    )
    return ["The picture's border cuts the head. Use a picture with some space around it."] if cut else []


def _direction(mesh: Mesh) -> list[str]:
    if mesh.score < UNSURE_MESH:
        return ["The face is hard to read. Choose a picture where nothing covers it."]
    pose = head_pose(mesh)
    problems = []
    if abs(pose.yaw) >= _PROFILE:
        problems.append("The head is seen from the side. Choose a picture where it looks into the camera.")
    elif abs(pose.yaw) >= _TURNED:
        problems.append(
            f"The head is turned by {abs(pose.yaw):.0f} degrees. One that looks into the camera moves better."
        )
    if abs(pose.roll) >= _TILTED:
        problems.append(f"The head leans by {abs(pose.roll):.0f} degrees. Turn the picture upright.")
    return problems


def _light(image: Image, face: Face) -> list[str]:
    box = Crop(float(face.centre[0]) - face.side / 2, float(face.centre[1]) - face.side / 2, face.side)
    grey = cv2.cvtColor(box.apply(image, 128), cv2.COLOR_RGB2GRAY).astype(np.float32)
    brightness = float(grey.mean())
    problems = []
    if brightness < _DARK:
        problems.append("The face is too dark. Use a picture with light from the front, or brighten it.")
    elif brightness > _BRIGHT:
        problems.append("The face is overexposed. Use a picture with softer light.")
    # Relative to the face's contrast, so that dim light does not count as blur; small faces are blurred by enlarging them.
    detail = float(cv2.Laplacian(grey, cv2.CV_32F).std()) / max(float(grey.std()), 4.0)
    if detail < _BLURRED and face.side >= _SMALL:
        problems.append("The face is blurred. Use a sharper picture.")
    return problems

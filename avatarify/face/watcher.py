"""Watches the user's face in camera frames, some 7 ms each, in a thread of its own: follows the mesh, detects only on loss."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import cv2
import numpy as np

from avatarify.face.crop import Crop
from avatarify.face.detector import DetectsFaces, Face, FaceDetector
from avatarify.face.mesh import (
    EyeOpening,
    FaceMesh,
    HeadPose,
    Mesh,
    eye_opening,
    head_pose,
    mesh_box,
    mouth_opening,
)
from avatarify.face.quality import UNSURE_MESH
from avatarify.frame import Frame, Image

# The square around the box: see framing.py, whose constants are for a fixed square over a whole clip.
BOX_SHARE = 0.50
DROP = 0.05
_SMALLEST_SIDE = 16.0  # pixels; below this there is nothing to read
_GREY_SIDE = 32  # light is measured on a picture this small


class FaceReading(NamedTuple):
    """What is read of a face in one frame.

    square: where the model would see it framed as in VoxCeleb, unsmoothed, in pixels of the picture. side: of the face's
    box, pixels. pose, mouth, eyes: see face/mesh.py. light: mean grey of the face, 0..255. width, height: of the picture.
    """

    square: Crop
    side: float
    pose: HeadPose
    mouth: float
    eyes: EyeOpening
    light: float
    width: int
    height: int


@dataclass(frozen=True)
class FaceState:
    """One look. index and at: the frame's own index and captured_at. face: None when there is none in sight. mesh: for
    those who draw it."""

    index: int
    at: float
    face: FaceReading | None
    mesh: Mesh | None = field(default=None, compare=False, repr=False)

    @property
    def lost(self) -> bool:
        return self.face is None


class FindsMeshes(Protocol):
    """Fits a mesh to a face that was found."""

    def find(self, image: Image, face: Face) -> Mesh:
        """image: uint8 [H,W,3] RGB. A bad `face` gives a mesh with a low score."""
        ...


class FaceWatcher:
    """Follows one face from frame to frame. Used by one thread; a look costs one mesh, and a detection while none is in sight.

    The last mesh tells where to fit the next one, so a second person who comes in is ignored. When the mesh is lost the
    nearest face takes over, and after a while without any the largest. Raises AvatarifyError when a network file is
    missing or altered.
    """

    _FORGET_S = 1.0  # then the face may come back anywhere

    def __init__(self, detector: DetectsFaces | None = None, mesher: FindsMeshes | None = None) -> None:
        self._detector = detector or FaceDetector()
        self._mesher = mesher or FaceMesh()
        self._box: Face | None = None  # where to fit the next mesh
        self._seen: tuple[Face, float] | None = None  # the last good box and when

    def observe(self, frame: Frame) -> FaceState:
        """One look at a frame."""
        mesh = self._fit(frame.image, self._box) if self._box is not None else None
        if mesh is None:
            mesh = self._found(frame)
        if mesh is None:
            self._box = None
            return FaceState(frame.index, frame.captured_at, None)
        self._box = mesh_box(mesh)
        self._seen = (self._box, frame.captured_at)
        return FaceState(frame.index, frame.captured_at, read_face(frame.image, mesh), mesh)

    def _found(self, frame: Frame) -> Mesh | None:
        faces = self._detector.detect(frame.image)
        if self._seen is not None and 0 <= frame.captured_at - self._seen[1] < self._FORGET_S:
            last = self._seen[0]
            faces = sorted(faces, key=lambda face: float(np.linalg.norm(face.centre - last.centre)))
        else:
            faces = sorted(faces, key=lambda face: -face.side * face.score)
        meshes = (self._fit(frame.image, face) for face in faces[:2])
        return next((mesh for mesh in meshes if mesh is not None), None)

    def _fit(self, image: Image, face: Face) -> Mesh | None:
        mesh = self._mesher.find(image, face)
        if mesh.score < UNSURE_MESH:
            return None
        box = mesh_box(mesh)
        height, width = image.shape[:2]
        inside = 0 <= box.centre[0] <= width and 0 <= box.centre[1] <= height
        return mesh if inside and _SMALLEST_SIDE <= box.side <= 2 * max(height, width) else None


def read_face(image: Image, mesh: Mesh) -> FaceReading:
    """All that the live loop wants to know of a face."""
    box = mesh_box(mesh)
    height, width = image.shape[:2]
    return FaceReading(
        face_square(box),
        box.side,
        head_pose(mesh),
        mouth_opening(mesh),
        eye_opening(mesh),
        _light(image, box),
        width,
        height,
    )


def face_square(box: Face) -> Crop:
    """The square in which this one face sits as the model expects it."""
    size = box.side / BOX_SHARE
    return Crop(float(box.centre[0]) - size / 2, float(box.centre[1]) - size * (0.5 + DROP), size)


def _light(image: Image, box: Face) -> float:
    low = np.maximum(np.floor(box.centre - box.size / 2).astype(int), 0)
    high = np.ceil(box.centre + box.size / 2).astype(int)
    part = image[low[1] : high[1], low[0] : high[0]]
    # Every n-th pixel is enough for a mean and spares reading a large face whole.
    step = max(1, min(part.shape[:2]) // _GREY_SIDE)
    return float(cv2.cvtColor(np.ascontiguousarray(part[::step, ::step]), cv2.COLOR_RGB2GRAY).mean())

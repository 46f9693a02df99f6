"""Everything that is measured of the face in one picture, each picture on its own: nothing is carried over from the last."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from avatarify.errors import FaceError
from avatarify.evaluate import identity_net, landmark_net
from avatarify.evaluate.identity_net import IdentityNet
from avatarify.evaluate.landmark_net import LandmarkNet
from avatarify.face.detector import Face, FaceDetector
from avatarify.face.landmarks import FindsLandmarks
from avatarify.face.mesh import FaceMesh, eye_opening, head_pose, mesh_to_68, mouth_opening
from avatarify.frame import Image

Floats = npt.NDArray[np.float64]

_SURE = 0.5  # of the detector and of the mesh
# dlib's template of the five points (outer and inner corner of the eye on the picture's right, the same of the left one,
# base of the nose) in a square that hugs the face, and the margin that the embedding was trained with.
_TEMPLATE = np.array(
    [[0.85957, 0.21350], [0.64606, 0.22897], [0.12058, 0.21373], [0.33409, 0.22906], [0.49011, 0.62780]]
)
_TEMPLATE_POINTS = [45, 42, 36, 39, 33]
_PADDING = 0.25


@dataclass(frozen=True, eq=False)
class FaceReading:
    """landmarks: [68,2] x, y in pixels, of the reader's landmark net. mesh_landmarks: the same 68 read from the face mesh, an
    instrument of its own. alignment: [2,3], picture to the identity net's square. embedding: [128]. stages: the identity
    net's feature maps. mouth, eyes: openings as in face.mesh, the eyes' mean. yaw, pitch, roll: degrees.
    """

    landmarks: Floats
    mesh_landmarks: Floats
    alignment: Floats
    embedding: Floats
    stages: tuple[Tensor, ...]
    mouth: float
    eyes: float
    yaw: float
    pitch: float
    roll: float


class FaceReader:
    """Holds the four networks. Some 50 ms a picture on one core. Not to be shared between threads.

    precise: finds the 68 points in place of the shipped landmark net, for figures of another instrument. Raises AvatarifyError
    when a network file is missing or altered.
    """

    def __init__(self, precise: FindsLandmarks | None = None) -> None:
        self._precise = precise
        self._detector = FaceDetector()
        self._mesher = FaceMesh()
        self._landmarks = LandmarkNet.load()
        self._identity = IdentityNet.load()

    def read(self, image: Image) -> FaceReading | None:
        """The largest face in uint8 [H,W,3] RGB; None where there is no sure one, or none of which the points are found."""
        faces = self._detector.detect(image, _SURE)
        if not faces:
            return None
        face = max(faces, key=lambda each: each.side)
        mesh = self._mesher.find(image, face)
        if mesh.score < _SURE:
            return None
        classic = mesh_to_68(mesh)
        landmarks = self._landmarks_of(image, face, classic)
        if landmarks is None:
            return None
        alignment = similarity(classic[_TEMPLATE_POINTS], _template())
        found = self.identity(image, alignment)
        eyes, pose = eye_opening(mesh), head_pose(mesh)
        return FaceReading(
            landmarks=landmarks,
            mesh_landmarks=classic,
            alignment=alignment,
            embedding=found.embedding[0].double().numpy(),
            stages=found.stages,
            mouth=mouth_opening(mesh),
            eyes=(eyes.right + eyes.left) / 2,
            yaw=pose.yaw,
            pitch=pose.pitch,
            roll=pose.roll,
        )

    @torch.inference_mode()
    def identity(self, image: Image, alignment: Floats) -> identity_net.IdentityFeatures:
        """What the identity net sees in the square that `alignment` [2,3] cuts out of the picture."""
        face = warped(image, alignment, identity_net.SIDE)
        features: identity_net.IdentityFeatures = self._identity(_tensor(face))
        return features

    def _landmarks_of(self, image: Image, face: Face, classic: Floats) -> Floats | None:
        if self._precise is None:
            return self._find_landmarks(image, classic)
        try:
            return self._precise.find(image, face)
        except FaceError:
            return None

    @torch.inference_mode()
    def _find_landmarks(self, image: Image, around: Floats) -> Floats:
        """The net's points, in a crop around points that are roughly right."""
        low, high = around.min(0), around.max(0)
        side = float((high - low).max()) * landmark_net.MARGIN
        corner = (low + high) / 2 - side / 2
        zoom = landmark_net.SIDE / side
        crop = warped(image, np.column_stack([np.eye(2) * zoom, -corner * zoom]), landmark_net.SIDE)
        points: Tensor = self._landmarks(_tensor(crop))[0]
        return np.asarray(points.double().numpy() * side + corner, np.float64)


def similarity(points: Floats, target: Floats) -> Floats:
    """[2,3]: the rotation, scale and shift that take points [N,2] nearest to target [N,2] (least squares)."""
    x, y = points.T
    ones, zeros = np.ones_like(x), np.zeros_like(x)
    system = np.concatenate([np.stack([x, -y, ones, zeros], 1), np.stack([y, x, zeros, ones], 1)])
    (a, b, shift_x, shift_y), *_ = np.linalg.lstsq(system, target.T.reshape(-1), rcond=None)
    return np.array([[a, -b, shift_x], [b, a, shift_y]], np.float64)


def warped(image: Image, matrix: Floats, side: int) -> Image:
    """uint8 [side,side,3]: the picture under the affine `matrix` [2,3]; averaged first where it shrinks, border drawn out."""
    zoom = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    # OpenCV counts from pixel centres, we count from corners: half a pixel there and back.
    half = np.array([0.5, 0.5])
    centred = matrix.copy()
    centred[:, 2] += matrix[:, :2] @ half - half
    if zoom < 0.7:  # bilinear reading skips pixels; a blur as wide as the step keeps them
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.4 / zoom), np.uint8)
    flags, border = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(image, centred, (side, side), flags=flags, borderMode=border), np.uint8)


def _template() -> Floats:
    """[5,2] where the identity net wants the five points, in its pixels."""
    return (_TEMPLATE + _PADDING) / (1 + 2 * _PADDING) * identity_net.SIDE


def _tensor(image: Image) -> Tensor:
    """uint8 [H,W,3] -> float32 [1,3,H,W], 0..255."""
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float()

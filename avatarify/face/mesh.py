"""The 468-point face mesh, and what can be read from it: openings of mouth and eyes, and where the head points."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.face.detector import Face
from avatarify.face.nets import LANDMARKS, net_input, read_net, sigmoid
from avatarify.frame import Image

Floats = npt.NDArray[np.float64]


class Mesh(NamedTuple):
    """points: [468,2] x, y in pixels of the picture. depth: [468], same unit, smaller is nearer; its zero means nothing.

    score: 0..1 that the points lie on a face; below about .5 don't trust them.
    """

    points: Floats
    depth: Floats
    score: float

    @property
    def solid(self) -> Floats:
        """[468,3] x, y, depth."""
        return np.column_stack([self.points, self.depth])


class EyeOpening(NamedTuple):
    """Gap of the lids over the width of the eye, the person's own right and left: about .05 shut, .3 open."""

    right: float
    left: float


class HeadPose(NamedTuple):
    """Degrees, 0 for a head that looks straight into the camera.

    yaw: positive when the head is turned to the person's own left (to the right in the picture).
    pitch: positive when the person looks up.
    roll: positive when the head leans towards the person's own left shoulder (clockwise in the picture).
    """

    yaw: float
    pitch: float
    roll: float


class FaceMesh:
    """MediaPipe's face mesh, some 5 ms on one core. Raises AvatarifyError when the network file is missing or altered.

    Not to be shared between threads.
    """

    _SIDE = 192
    _OUTPUTS = ("conv2d_20", "conv2d_30")
    _MARGIN = 1.5  # the side of the crop the network was trained on, over the face box

    def __init__(self) -> None:
        self._net = read_net(LANDMARKS)

    def find(self, image: Image, face: Face) -> Mesh:
        """image: uint8 [H,W,3] RGB, in whose pixels `face` is. A bad `face` gives a mesh with a low score."""
        across = face.points[1] - face.points[0]
        angle = float(np.arctan2(across[1], across[0]))
        zoom = self._SIDE / (max(face.side, 1.0) * self._MARGIN)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * zoom
        crop = _upright_crop(image, turn=turn, centre=face.centre, side=self._SIDE)
        self._net.setInput(net_input(crop, scale=1 / 255, shift=0.0))
        solid, logit = self._net.forward(self._OUTPUTS)  # 468 x (x, y, depth) in crop pixels
        solid = np.asarray(solid, np.float64).reshape(468, 3)
        points = (solid[:, :2] - self._SIDE / 2) @ np.linalg.inv(turn).T + face.centre
        return Mesh(points, solid[:, 2] / zoom, float(sigmoid(np.asarray(logit, np.float32).reshape(-1))[0]))


def mouth_opening(mesh: Mesh) -> float:
    """Gap of the inner lips over the distance of the outer eye corners: 0 shut, about .5 wide open. Turning hardly matters."""
    solid = mesh.solid
    gap = np.linalg.norm(solid[_UPPER_LIP] - solid[_LOWER_LIP], axis=1).mean()
    return float(gap / np.linalg.norm(solid[_EYE_CORNERS[0]] - solid[_EYE_CORNERS[1]]))


def eye_opening(mesh: Mesh) -> EyeOpening:
    """How far each eye is open."""
    return EyeOpening(_lid_gap(mesh.solid, _RIGHT_EYE), _lid_gap(mesh.solid, _LEFT_EYE))


def head_pose(mesh: Mesh) -> HeadPose:
    """The head's axes from points that do not move with expressions, in the mesh's own depth."""
    solid = mesh.solid
    left = _unit((solid[_LEFT_SIDE] - solid[_RIGHT_SIDE]).mean(0))  # the person's left; +x when frontal
    down = solid[_LOWER].mean(0) - solid[_UPPER].mean(0)
    down = _unit(down - (down @ left) * left)
    back = np.cross(left, down)  # +depth when frontal: the frame is x right, y down, depth away
    tilt = np.radians(_LINE_TILT)
    down, back = np.cos(tilt) * down - np.sin(tilt) * back, np.cos(tilt) * back + np.sin(tilt) * down
    yaw, pitch, roll = np.degrees(
        [np.arctan2(-back[0], back[2]), np.arcsin(np.clip(back[1], -1, 1)), np.arctan2(left[1], down[1])]
    )
    return HeadPose(float(yaw), float(pitch), float(roll))


def mesh_box(mesh: Mesh) -> Face:
    """The box that the detector would have found, from points that stay when the mouth opens: steady enough to follow.

    Its score is the mesh's; its points are those of the mesh. On 45 clips it lies within a few percent of the detector's.
    """
    solid, pose = mesh.solid, head_pose(mesh)
    across = np.linalg.norm(solid[_EYE_CORNERS[0]] - solid[_EYE_CORNERS[1]])
    down = np.linalg.norm(solid[_UPPER].mean(0) - solid[_LOWER].mean(0))
    side = _BOX_SIDE * max(float(np.sqrt(across * down)), 1e-6)
    # The head turns about an axis behind its face: the middle of the face swings, the head stays.
    swing = np.array([_BOX_RIGHT * pose.yaw, _BOX_DOWN + _BOX_PITCH * pose.pitch]) * side
    lean = np.radians(pose.roll)
    turn = np.array([[np.cos(lean), -np.sin(lean)], [np.sin(lean), np.cos(lean)]])
    centre: Floats = mesh.points[_RIGID].mean(0) + turn @ swing
    return Face(mesh.score, centre, np.array([side, side]), mesh.points[_BOX_POINTS])


def mesh_to_68(mesh: Mesh) -> Floats:
    """[68,2] the classic points: jaw 0-16, brows 17-26, nose 27-35, eyes 36-47, mouth 48-67. The jaw differs by definition."""
    classic: Floats = mesh.points[_CLASSIC]
    return classic


def _upright_crop(image: Image, *, turn: Floats, centre: Floats, side: int) -> Image:
    """uint8 [side,side,3]: the picture under x -> turn (x - centre) + side / 2, black outside."""
    zoom = float(np.sqrt(abs(np.linalg.det(turn))))
    reach = side / zoom * 0.75  # half the diagonal and a little more
    low = np.clip(np.floor(centre - reach), 0, None).astype(int)
    part = image[low[1] : max(int(centre[1] + reach), 0) + 1, low[0] : max(int(centre[0] + reach), 0) + 1]
    if part.size == 0:
        return np.zeros((side, side, 3), np.uint8)
    shrink = np.ones(2)
    if zoom < 0.5:  # warpAffine looks at 4 pixels only: average first
        smaller = (max(1, round(part.shape[1] * zoom)), max(1, round(part.shape[0] * zoom)))
        shrink = np.array([smaller[0] / part.shape[1], smaller[1] / part.shape[0]])
        part = np.asarray(cv2.resize(part, smaller, interpolation=cv2.INTER_AREA), np.uint8)
    matrix = turn / shrink
    # OpenCV counts from pixel centres, we count from corners: half a pixel there and back.
    offset = side / 2 - turn @ (centre - low) + matrix @ (0.5, 0.5) - 0.5
    crop = cv2.warpAffine(part, np.column_stack([matrix, offset]), (side, side), flags=cv2.INTER_LINEAR)
    return np.asarray(crop, np.uint8)


def _lid_gap(solid: Floats, eye: list[int]) -> float:
    outer, upper, upper_inner, inner, lower_inner, lower = solid[eye]
    gap = np.linalg.norm(upper - lower) + np.linalg.norm(upper_inner - lower_inner)
    return float(gap / 2 / max(float(np.linalg.norm(outer - inner)), 1e-9))


def _unit(vector: Floats) -> Floats:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


# Indices into the mesh. "Right" is the person's own right.
_EYE_CORNERS = (33, 263)
_RIGHT_EYE = [33, 160, 158, 133, 153, 144]  # outer, upper two, inner, lower two
_LEFT_EYE = [263, 387, 385, 362, 380, 373]
_UPPER_LIP = [82, 13, 312]
_LOWER_LIP = [87, 14, 317]
_RIGHT_SIDE = [33, 133, 127, 234, 93, 54, 98]  # eye corners, temple, ear, cheek, forehead, nose wing
_LEFT_SIDE = [263, 362, 356, 454, 323, 284, 327]
_UPPER = [10, 109, 338, 54, 284]
_LOWER = [2, 98, 327, 93, 323]
# The line from forehead to cheeks leans by this many degrees in a head that looks straight ahead: the median of 803
# portraits, most of them official photographs.
_LINE_TILT = 12.7
_RIGID = [*_LEFT_SIDE, *_RIGHT_SIDE, *_UPPER, *_LOWER]
# The detector's box over the mesh's measures, fitted to 229 frames of 45 clips. Degrees in, box sides out.
_BOX_SIDE, _BOX_RIGHT, _BOX_DOWN, _BOX_PITCH = 1.677, -0.0045, 0.216, 0.0034
_BOX_POINTS = [159, 386, 4, 13, 234, 454]  # right eye, left eye, nose tip, mouth, right ear, left ear
_JAW = [162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389]
_BROWS = [71, 63, 105, 66, 107, 336, 296, 334, 293, 301]
_NOSE = [168, 197, 5, 4, 75, 97, 2, 326, 305]
_EYES = [33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380]
_MOUTH = [61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87]
_CLASSIC = [*_JAW, *_BROWS, *_NOSE, *_EYES, *_MOUTH]

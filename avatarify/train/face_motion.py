"""Motion for a portrait whose face mesh is known: its head turns in three dimensions, its mouth and eyes open and close.

`move_face(image, solid, random)` is all that training needs; it gives `MovedFace(image, points)`. It closes eyes and opens
mouths more often than the other way round, so exchange the portrait and the moved picture in half of all pairs.
`apply(move, image, solid)` does what a `FaceMove` says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.face.mesh import HeadPose, Mesh, eye_opening, head_pose, mouth_opening
from avatarify.frame import Image
from avatarify.train.face_expression import (
    CHEEKS,
    LEFT_EYE,
    LOWER_LIP,
    OUTLINE,
    RIGHT_EYE,
    UPPER_LIP,
    express,
    eye_distance,
    loosened,
    unfolded,
)
from avatarify.train.face_move import FaceMove, random_face_move
from avatarify.train.mesh_warp import ring, source_map, strip, triangulate
from avatarify.train.mouth_interior import Mouth, fixed, paint_mouth

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

POINTS: Final = 468

_LASHES = 0.42  # how dark they are once the eye is shut
_TOOTH = 0.11  # their height over the distance of the eyes
_SHUT_MOUTH, _OPEN_MOUTH = 0.04, 0.3  # as `mouth_opening` tells
_SHUT_EYE = 0.1  # as `eye_opening` tells
_FURTHEST_YAW, _FURTHEST_PITCH = 40.0, 25.0  # degrees; beyond, half a face hangs on a few pixels
_SIDEWAYS = 15.0  # degrees; a portrait turned further shows too little of its other side to turn back

# Three rings around the outline: the edge of the head with its hair, air and neck around it, beyond the picture.
_HEAD_EDGE, _AROUND = 1.3, 1.75  # over the outline's distance from its middle
_HAIR = 0.22  # more than that upwards
_EDGE_EXPRESSION, _AROUND_EXPRESSION = 0.45, 0.12  # how far skin there follows the outline's expression
_AROUND_FOLLOWS = 0.5
_EDGE_DEPTH = 0.7  # 0 as deep as the ears, 1 as deep as the outline next to it
_TORN = 2.5  # pixels that neighbours come from further apart than they are: an edge where one thing hides another


class MovedFace(NamedTuple):
    """image: uint8 [S,S,3]. points: [468,2] the mesh in pixels of this picture."""

    image: Image
    points: Floats


def move_face(image: Image, solid: Floats, random: np.random.Generator) -> MovedFace:
    """image: uint8 [S,S,3] RGB. solid: [468,3] its face mesh (`Mesh.solid`), pixels. The same person, moved by chance.

    In half of all cases the head keeps still and mouth or eyes clearly change. A mouth that is wide open closes, and eyes
    that are shut stay so.
    """
    return apply(fitting(random_face_move(random), solid), image, solid)


def fitting(move: FaceMove, solid: Floats) -> FaceMove:
    """The move as this face can make it: nothing shut closes, nothing wide opens further, no head turns out of sight."""
    mesh = Mesh(solid[:, :2], solid[:, 2], 1.0)
    pose, opening, eyes = head_pose(mesh), mouth_opening(mesh), eye_opening(mesh)
    mouth = move.mouth
    if (mouth < 0 and opening < _SHUT_MOUTH) or (mouth > 0 and opening > _OPEN_MOUTH):
        mouth = -mouth
    yaw = move.yaw
    if yaw * pose.yaw < 0 and abs(pose.yaw) > _SIDEWAYS:
        yaw *= max(0.3, 1 - (abs(pose.yaw) - _SIDEWAYS) / 30)
    return replace(
        move,
        yaw=_within(pose.yaw, yaw, _FURTHEST_YAW),
        pitch=_within(pose.pitch, move.pitch, _FURTHEST_PITCH),
        mouth=mouth,
        lid_right=0.0 if eyes.right < _SHUT_EYE else move.lid_right,
        lid_left=0.0 if eyes.left < _SHUT_EYE else move.lid_left,
    )


def apply(move: FaceMove, image: Image, solid: Floats) -> MovedFace:
    """What `move` says, done to a portrait: arguments as in `move_face`. A pure function. A face may reach over the border."""
    side = image.shape[0]
    head = _Head(np.asarray(solid, np.float64), move, side)
    flesh = loosened(head.ahead)
    moved = express(flesh, move)
    points = head.turned(head.seen(express(head.ahead, move)))[:, :2]

    face = _Vertices(head.seen(flesh)[:, :2], head.turned(head.seen(moved)))
    start = head.seen(flesh)
    rings = _rings(face.origins, start[OUTLINE, 2], head, head.seen(moved) - start, move)
    eyes, mouth = _eyes(head, flesh, moved, move), _teeth(head, flesh, moved)
    parts = [face, *rings, eyes, mouth]
    origins = np.concatenate([part.origins for part in parts])
    targets = np.concatenate([part.targets for part in parts])
    triangles = _net(flesh, targets)
    columns, rows = source_map(origins, targets[:, :2], triangles, side)
    out = cv2.remap(image, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    out = _smooth_edges(np.asarray(out, np.uint8), columns, rows)

    if move.mouth > 0:
        out = paint_mouth(out, _mouth(image, face, mouth, move))
    for shut, eye in ((move.lid_right, RIGHT_EYE), (move.lid_left, LEFT_EYE)):
        if shut > 0:
            out = _lashes(out, face.targets[eye[1], :2], shut)
    return MovedFace(out, points)


def _smooth_edges(image: Image, columns: npt.NDArray[np.float32], rows: npt.NDArray[np.float32]) -> Image:
    """Blurs a little where the map is torn: there pixels come from one side or the other, in steps."""
    torn = np.zeros(image.shape[:2], np.float32)
    for field in (columns, rows):
        torn[:, 1:] += np.abs(np.diff(field, axis=1) - 0.5) > _TORN
        torn[1:] += np.abs(np.diff(field, axis=0) - 0.5) > _TORN
    share = np.clip(cv2.GaussianBlur(torn, (3, 3), 0.8) * 1.5, 0, 1)[..., None]
    soft = cv2.GaussianBlur(image, (5, 5), 0.9)
    return np.asarray(image + share * (soft.astype(np.float32) - image) + 0.5, np.uint8)


class _Vertices(NamedTuple):
    """origins: [N,2] in the portrait. targets: [N,3] in the moved picture, with their depth."""

    origins: Floats
    targets: Floats


class _Head:
    """A face as it is in the portrait, as it would be seen straight ahead, and as it is to be seen."""

    def __init__(self, solid: Floats, move: FaceMove, side: int) -> None:
        pose = head_pose(Mesh(solid[:, :2], solid[:, 2], 1.0))
        self.pivot: Floats = solid[_EARS].mean(0)
        self._pose = _rotation(pose)
        self.ahead: Floats = (solid - self.pivot) @ self._pose
        goal = HeadPose(pose.yaw + move.yaw, pose.pitch + move.pitch, pose.roll + move.roll)
        self._turn = _rotation(goal) @ self._pose.T
        self._lean = _rotation(HeadPose(0.0, 0.0, move.roll))
        self._scale = move.scale
        self._shift = np.array([move.x * side, move.y * side, 0.0])
        self.side = side

    def seen(self, ahead: Floats) -> Floats:
        """[N,3] straight ahead -> as the portrait's head is turned, in its pixels."""
        return np.asarray(ahead @ self._pose.T + self.pivot)

    def turned(self, seen: Floats) -> Floats:
        """[N,3] in the portrait -> in the moved picture."""
        return np.asarray((seen - self.pivot) @ self._turn.T * self._scale + self.pivot + self._shift)

    def leant(self, seen: Floats) -> Floats:
        """The same with roll, shift and scale alone: what air and neck around the head go along with."""
        return np.asarray((seen - self.pivot) @ self._lean.T * self._scale + self.pivot + self._shift)


def _rings(
    face: Floats, depth: Floats, head: _Head, expression: Floats, move: FaceMove
) -> tuple[_Vertices, _Vertices, _Vertices]:
    """Three rows of points around the outline; all but the first lie as deep as the ears, the axis that heads turn about.
    face: [468,2]. depth: [36] of the outline."""
    outline = face[OUTLINE]
    middle = (outline.min(0) + outline.max(0)) / 2
    away = outline - middle
    distance = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    up = face[OUTLINE[0]] - face[OUTLINE[len(OUTLINE) // 2]]
    upwards = np.maximum(away / distance @ (up / max(float(np.linalg.norm(up)), 1e-6)), 0)[:, None]
    corners = np.array([[0, 0], [0, head.side], [head.side, 0], [head.side, head.side]])
    reach = max(float(np.linalg.norm(corners - middle, axis=1).max()) * 1.1, 2.2 * float(distance.max()))

    edge = _at_ears(middle + away * (_HEAD_EDGE + _HAIR * upwards), head)
    edge[:, 2] += _EDGE_DEPTH * (depth - head.pivot[2])
    around = _at_ears(middle + away * (_AROUND + _HAIR * upwards), head)
    beyond = _at_ears(middle + away / distance * reach, head)
    drag = expression[OUTLINE]
    follows = _AROUND_FOLLOWS + (1 - _AROUND_FOLLOWS) * move.follow
    return (
        _Vertices(edge[:, :2], head.turned(edge + _EDGE_EXPRESSION * drag)),
        _Vertices(around[:, :2], around + follows * (head.leant(around) - around) + _AROUND_EXPRESSION * drag),
        _Vertices(beyond[:, :2], beyond + move.follow * (head.leant(beyond) - beyond)),
    )


def _at_ears(points: Floats, head: _Head) -> Floats:
    return np.column_stack([points, np.full(len(points), head.pivot[2])])


def _eyes(head: _Head, flesh: Floats, moved: Floats, move: FaceMove) -> _Vertices:
    """The rims once more, to draw eyeballs by: a closing lid slides over the eye, which keeps its place; a widening one
    stretches what there is of it."""
    origins = []
    for (_, upper, lower, _), shut in ((RIGHT_EYE, move.lid_right), (LEFT_EYE, move.lid_left)):
        rims = np.concatenate([upper, lower])
        origins.append(head.seen(moved if shut > 0 else flesh)[rims, :2])
    return _Vertices(np.concatenate(origins), head.turned(head.seen(moved))[_RIMS])


def _teeth(head: _Head, flesh: Floats, moved: Floats) -> _Vertices:
    """Inner lips once more, to draw by what the portrait shows between them: it hangs on the upper lip and is neither
    stretched nor squeezed. [33]: the upper lip, how far down it is seen, the lower lip."""
    upper, lower = UPPER_LIP[-1], LOWER_LIP[-1]
    gap, goal = flesh[lower] - flesh[upper], moved[lower] - moved[upper]
    size = np.maximum(np.linalg.norm(gap, axis=1), 1e-6)
    seen = np.minimum(np.linalg.norm(goal, axis=1) / size, 1)[:, None] * gap
    origins = np.concatenate([flesh[upper], flesh[upper] + seen, flesh[lower]])
    targets = np.concatenate([moved[upper], moved[upper] + seen, moved[lower]])
    return _Vertices(head.seen(origins)[:, :2], head.turned(head.seen(targets)))


def _net(flesh: Floats, targets: Floats) -> Indices:
    """[T,3] triangles over all vertices, from those behind to those before."""
    flat = unfolded(flesh)
    count = len(OUTLINE)
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    ellipse = np.column_stack([np.sin(turn), -np.cos(turn)]) * np.abs(flat).max(0) * 1.35
    face = triangulate(np.concatenate([flat, ellipse]))
    face = face[np.argsort(-targets[face, 2].mean(1), kind="stable")]
    edge, around, beyond = (POINTS + place * count + np.arange(count) for place in range(3))
    rims = (POINTS + 3 * count + np.arange(len(_RIMS))).reshape(4, -1)  # right upper and lower, left upper and lower
    lips = (POINTS + 3 * count + len(_RIMS) + np.arange(3 * UPPER_LIP.shape[1])).reshape(3, -1)
    inner = [strip(rims[0], rims[1]), strip(rims[2], rims[3]), strip(lips[1], lips[2]), strip(lips[0], lips[1])]
    return np.concatenate([ring(around, beyond), ring(edge, around), face, *inner])


def _mouth(image: Image, face: _Vertices, teeth: _Vertices, move: FaceMove) -> Mouth:
    upper, seam, lower = teeth.targets[:, :2].reshape(3, -1, 2)
    gap = np.linalg.norm(lower - upper, axis=1)
    shown = np.clip(np.linalg.norm(seam - upper, axis=1) / np.maximum(gap, 1e-6), 0, 1)
    across = eye_distance(face.targets)
    own = float(np.linalg.norm(seam - upper, axis=1)[3:8].mean()) / across
    shut = own < _SHUT_MOUTH
    return Mouth(
        upper=upper,
        lower=lower,
        shown=np.zeros_like(shown) if shut else shown,
        tooth=_TOOTH * across,
        lip=_colour(image, face.origins[LOWER_LIP[1, 3:8]]),
        skin=_colour(image, face.origins[CHEEKS]),
        teeth=move.teeth if shut else 0.0,
        tongue=move.tongue,
    )


def _colour(image: Image, points: Floats) -> Floats:
    """[3] the mean of the pixels at these points, 0..255."""
    column, row = np.clip(points.astype(int), 0, image.shape[0] - 1).T
    return np.asarray(image[row, column].mean(0), np.float64)


def _lashes(image: Image, rim: Floats, shut: float) -> Image:
    """The line of lashes along a lid that comes down."""
    line = np.zeros(image.shape[:2], np.uint8)
    thick = max(1, round(float(np.linalg.norm(rim[0] - rim[-1])) * 0.07))
    cv2.polylines(line, [fixed(rim)], False, (255,), thick, cv2.LINE_AA, 4)
    share = (_LASHES * min(shut, 1.0) / 255 * line)[..., None]
    return np.asarray(image * (1 - share) + 0.5, np.uint8)


def _within(start: float, way: float, furthest: float) -> float:
    """`way`, cut where start + way leaves -furthest .. furthest, or goes further than `start` where that is outside."""
    limit = max(furthest, abs(start))
    return float(np.clip(start + way, -limit, limit) - start)


def _rotation(pose: HeadPose) -> Floats:
    """[3,3] that turns a head which looks straight ahead: first up, then sideways, then over."""
    (cos_y, cos_p, cos_r), (sin_y, sin_p, sin_r) = np.cos(np.radians(pose)), np.sin(np.radians(pose))
    up = np.array([[1, 0, 0], [0, cos_p, sin_p], [0, -sin_p, cos_p]])
    sideways = np.array([[cos_y, 0, -sin_y], [0, 1, 0], [sin_y, 0, cos_y]])
    over = np.array([[cos_r, -sin_r, 0], [sin_r, cos_r, 0], [0, 0, 1]])
    return np.asarray(over @ sideways @ up)


_EARS = [127, 234, 356, 454]
_RIMS = np.concatenate([RIGHT_EYE[1], RIGHT_EYE[2], LEFT_EYE[1], LEFT_EYE[2]])

"""What a face does, on the points of its mesh: jaw, lips, lids and brows of a head that looks straight ahead."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from avatarify.train.face_move import FaceMove

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

# All sizes are shares of the distance of the outer eye corners.
_JAW_FALL = 0.38
_WIDEST = 0.5  # no gap of the lips grows beyond this
_JAW_BACK = 0.25  # of its fall: the jaw swings about a hinge
_JAW_ASIDE = 0.05
_CORNER_FALL = 0.3  # of the jaw's: corners of the mouth are pulled along
_SMILE_WIDE, _SMILE_UP, _SMILE_REACH = 0.09, 0.07, 0.24
_OPEN_NARROWS = 0.5  # of a full smile: an open mouth is narrower
_BROWS_RISE = 0.1
_ABOVE_BROWS, _BELOW_BROWS = 0.30, 0.11  # how far skin goes with them
_UPPER_SHARE = 0.85  # of a closing eye's gap is the upper lid's way

_UPPER_RIM, _LOWER_RIM = 0.12, 0.22  # of an eye's gap: how far lashes reach beyond the rims of the mesh


def express(face: Floats, move: FaceMove) -> Floats:
    """face: [468,3] x right, y down, z away from the viewer, of a head that looks straight ahead, any unit -> the same
    with the expression of `move`; its turns and shifts are not looked at."""
    across = eye_distance(face)
    moved = face + _mouth(face, move, across) + _smile(face, move, across)
    if move.brows != 0:
        moved[:, 1] -= _BROWS_RISE * move.brows * across * _brow_weight(face, across)
    return moved + _lid_ways(face, RIGHT_EYE, move.lid_right) + _lid_ways(face, LEFT_EYE, move.lid_left)


def eye_distance(face: Floats) -> float:
    """From outer corner to outer corner."""
    return max(float(np.linalg.norm(face[_EYE_CORNERS[0]] - face[_EYE_CORNERS[1]])), 1e-6)


def unfolded(face: Floats) -> Floats:
    """[468,3] as for `express` -> [468,2], unit the distance of the eyes: the face spread out flat, its mouth and eyes open
    even where they are shut, so that neighbours on the skin, and no others, are neighbours."""
    across = eye_distance(face)
    gap = float(np.linalg.norm(_lip_gaps(face)[3:8], axis=1).mean())
    spread = express(face, FaceMove(mouth=float(np.clip((0.35 - gap / across) / _JAW_FALL, 0, 1))))
    for eye in (RIGHT_EYE, LEFT_EYE):
        upper, lower = eye[1], eye[2]
        width = np.linalg.norm(face[upper[0]] - face[upper[-1]])
        gaps = face[lower, 1] - face[upper, 1]
        lacking = np.maximum(0.15 * width * _arch(len(upper)) - gaps, 0) / 2
        spread[upper[1:-1], 1] -= lacking[1:-1]
        spread[lower[1:-1], 1] += lacking[1:-1]
    nose = spread[_NOSE_TIP]
    behind = np.clip((spread[:, 2] - nose[2]) / across, 0, 2)
    return np.asarray((spread[:, :2] - nose[:2]) / across * (1 + 0.35 * behind)[:, None])


def loosened(face: Floats) -> Floats:
    """The same with the rims of the eyes drawn further out: lashes, and the line that drawn eyes have, belong to the eye."""
    loose = face.copy()
    for _, upper, lower, _ in (RIGHT_EYE, LEFT_EYE):
        gap = face[lower] - face[upper]
        loose[upper] -= _UPPER_RIM * gap
        loose[lower] += _LOWER_RIM * gap
    return loose


def _lid_ways(face: Floats, eye: tuple[Indices, ...], shut: float) -> Floats:
    """face: [468,D] of any pose, in its own picture. shut: of the gap. Returns how far its points go.

    The upper lid comes down over the eye, its fold follows; the lower one rises a little."""
    way = np.zeros_like(face)
    above, upper, lower, below = eye
    gap = shut * (face[lower] - face[upper])
    way[upper] = _UPPER_SHARE * gap
    way[lower] = -(1 - _UPPER_SHARE) * gap
    way[above[0]] = 0.12 * gap[1:-1]
    way[above[1]] = 0.5 * gap[1:-1]
    way[below] = -0.07 * gap[1:-1]
    return way


def _mouth(face: Floats, move: FaceMove, across: float) -> Floats:
    way = np.zeros_like(face)
    skin = _jaw_weight(face, across)
    gaps = _lip_gaps(face)
    middle = gaps[3:8].mean(0)
    low = skin.copy()
    arch = _arch(11) ** 0.6
    low[UPPER_LIP] = 0.0
    low[LOWER_LIP] = arch
    if move.mouth >= 0:
        room = max(_WIDEST * across - float(np.linalg.norm(middle)), 0.0)
        fall = min(_JAW_FALL * across * move.mouth, room)
        weight = skin.copy()
        weight[UPPER_LIP] = _CORNER_FALL * (1 - arch) - 0.06 * arch
        weight[LOWER_LIP] = _CORNER_FALL + (1 - _CORNER_FALL) * arch
        way[:, 1] += fall * weight
        way[:, 2] += _JAW_BACK * fall * weight
    else:
        way += move.mouth * skin[:, None] * middle
        way[UPPER_LIP] = 0.0
        way[LOWER_LIP] = move.mouth * gaps
    way[:, 0] += _JAW_ASIDE * across * move.jaw * low
    return way


def _smile(face: Floats, move: FaceMove, across: float) -> Floats:
    way = np.zeros_like(face)
    wide = move.smile - _OPEN_NARROWS * max(move.mouth, 0.0)
    if wide == 0 and move.smile == 0:
        return way
    for corner, side in zip(_MOUTH_CORNERS, (-1, 1), strict=True):
        distance = np.linalg.norm(face[:, :2] - face[corner, :2], axis=1)
        weight = across * np.exp(-((distance / (_SMILE_REACH * across)) ** 2))
        way[:, 0] += side * _SMILE_WIDE * wide * weight
        way[:, 1] -= _SMILE_UP * max(move.smile, 0.0) * weight
    return way


def _brow_weight(face: Floats, across: float) -> Floats:
    apart = face[:, None, :2] - face[BROWS, :2]
    distance = np.linalg.norm(apart, axis=-1)
    nearest = distance.argmin(1)
    every = np.arange(len(face))
    reach = np.where(apart[every, nearest, 1] < 0, _ABOVE_BROWS, _BELOW_BROWS) * across
    weight = np.exp(-((distance[every, nearest] / reach) ** 2))
    for above, upper, lower, below in (RIGHT_EYE, LEFT_EYE):
        weight[above[0]] = np.minimum(weight[above[0]], 0.4)
        weight[above[1]] = np.minimum(weight[above[1]], 0.1)
        weight[np.concatenate([upper, lower, below])] = 0.0
    return np.asarray(weight)


def _jaw_weight(face: Floats, across: float) -> Floats:
    """How far skin goes with the jaw: 1 below the mouth, little beside it, 0 above. Lips have their own."""
    corners = face[list(_MOUTH_CORNERS), :2]
    offset = face[:, :2] - corners.mean(0)
    down = offset[:, 1] / np.maximum(np.hypot(offset[:, 0], offset[:, 1]), 1e-9)
    share = np.clip((down + 0.5) / 1.2, 0, 1)
    beyond = np.maximum(np.abs(offset[:, 0]) - np.ptp(corners[:, 0]) / 2, 0) / (0.45 * across)
    return np.asarray(share**2 * (3 - 2 * share) * np.exp(-(beyond**2)))


def _lip_gaps(face: Floats) -> Floats:
    """[11,3] from the upper to the lower inner lip, from corner to corner; its ends are 0."""
    return np.asarray(face[LOWER_LIP[-1]] - face[UPPER_LIP[-1]])


def _arch(count: int) -> Floats:
    """0 at both ends, 1 in the middle."""
    return np.sin(np.linspace(0, np.pi, count))


# Indices into MediaPipe's face mesh; "right" is the person's own. Rows of the lips begin at the left of
# the picture, rows of an eye at its outer corner.
UPPER_LIP: Final[Indices] = np.array(
    [
        [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
        [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306],
        [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292],
        [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
    ]
)
"""[4,11] from its outer edge to its inner one, corners included."""
LOWER_LIP: Final[Indices] = np.array(
    [
        [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
        [76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306],
        [62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292],
        [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
    ]
)
RIGHT_EYE: Final[tuple[Indices, ...]] = (
    np.array([[113, 225, 224, 223, 222, 221, 189], [247, 30, 29, 27, 28, 56, 190]]),
    np.array([33, 246, 161, 160, 159, 158, 157, 173, 133]),
    np.array([33, 7, 163, 144, 145, 153, 154, 155, 133]),
    np.array([25, 110, 24, 23, 22, 26, 112]),
)
"""Two rows of skin above the upper rim, the upper rim, the lower rim, a row below; rims include both corners."""
LEFT_EYE: Final[tuple[Indices, ...]] = (
    np.array([[342, 445, 444, 443, 442, 441, 413], [467, 260, 259, 257, 258, 286, 414]]),
    np.array([263, 466, 388, 387, 386, 385, 384, 398, 362]),
    np.array([263, 249, 390, 373, 374, 380, 381, 382, 362]),
    np.array([255, 339, 254, 253, 252, 256, 341]),
)
OUTLINE: Final[Indices] = np.array(
    [10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377]
    + [152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]
)
"""Around the face, from the top of the forehead, clockwise in the picture."""
BROWS: Final[Indices] = np.array(
    [70, 63, 105, 66, 107, 46, 53, 52, 65, 55, 300, 293, 334, 296, 336, 276, 283, 282, 295, 285]
)
CHEEKS: Final[Indices] = np.array([50, 205, 280, 425, 151])
"""Bare skin in most faces: two places of each cheek, and the forehead."""
_EYE_CORNERS = (33, 263)
_MOUTH_CORNERS = (61, 291)
_NOSE_TIP = 4

"""A moved portrait shows what was asked for, and its points lie where the face mesh finds them again."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from avatarify.face.detector import FaceDetector
from avatarify.face.mesh import FaceMesh, Mesh, eye_opening, head_pose, mouth_opening
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.train.face_expression import LEFT_EYE, LOWER_LIP, OUTLINE, RIGHT_EYE, UPPER_LIP
from avatarify.train.face_motion import MovedFace, apply, fitting, move_face
from avatarify.train.face_move import FaceMove, random_face_move

AVATARS = Path(__file__).parents[2] / "assets" / "avatars"
SIDE = 138
STILL = FaceMove()


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder()


@pytest.fixture(scope="module", params=["astronaut", "kofi"])
def portrait(request: pytest.FixtureRequest) -> Image:
    """A photograph and a drawing, as small as they are in training."""
    image = read_image(AVATARS / f"{request.param}.png")
    return np.asarray(cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="module")
def mesh(portrait: Image, finder: Finder) -> Mesh:
    return finder.find(portrait)


class Finder:
    """The face of a picture, found anew."""

    def __init__(self) -> None:
        self._detector, self._mesher = FaceDetector(), FaceMesh()

    def find(self, image: Image) -> Mesh:
        mesh = self._mesher.find(image, self._detector.detect(image)[0])
        assert mesh.score > 0.5
        return mesh


def told(moved: MovedFace, mesh: Mesh) -> Mesh:
    """What the returned points say, at the depth that the portrait has."""
    return mesh._replace(points=moved.points)


def heights(mesh: Mesh, rows: npt.NDArray[np.int64]) -> list[float]:
    """How far down each row of points lies, in its middle."""
    return [float(mesh.points[row[2:-2], 1].mean()) for row in rows]


def test_nothing_asked_nothing_moved(portrait: Image, mesh: Mesh) -> None:
    moved = apply(STILL, portrait, mesh.solid)
    assert moved.points == pytest.approx(mesh.points, abs=1e-9)
    assert np.abs(moved.image.astype(int) - portrait).mean() < 0.1
    assert np.abs(moved.image.astype(int) - portrait).max() <= 2


def test_rows_of_lips_and_lids_follow_each_other(mesh: Mesh) -> None:
    level = apply(FaceMove(roll=-head_pose(mesh).roll, mouth=0.5), np.zeros((SIDE, SIDE, 3), np.uint8), mesh.solid)
    upright = told(level, mesh)
    lips = [*heights(upright, UPPER_LIP), *heights(upright, LOWER_LIP[::-1])]
    assert np.diff(lips).min() > -0.3, "pixels"
    for above, upper, lower, below in (RIGHT_EYE, LEFT_EYE):
        lids = [*heights(upright, above), *(heights(upright, row[None])[0] for row in (upper, lower, below))]
        assert np.diff(lids).min() > -0.3
    outline = upright.points[OUTLINE]
    offset = outline - outline.mean(0)
    turn = np.unwrap(np.arctan2(offset[:, 1], offset[:, 0]))
    assert (np.diff(turn) > 0).all(), "once around, clockwise"
    assert turn[-1] - turn[0] < 2 * np.pi


def test_same_chance_same_picture(portrait: Image, mesh: Mesh) -> None:
    first, again, other = (move_face(portrait, mesh.solid, np.random.default_rng(seed)) for seed in (1, 1, 3))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.points, again.points)
    assert np.abs(first.points - other.points).max() > 1
    assert first.image.dtype == np.uint8
    assert first.image.shape == portrait.shape
    assert first.points.shape == (468, 2)


def test_one_eye_closes_the_other_stays(portrait: Image, mesh: Mesh) -> None:
    before = eye_opening(mesh)
    moved = apply(FaceMove(lid_right=1.0), portrait, mesh.solid)
    after = eye_opening(told(moved, mesh))
    assert after.right < 0.35 * before.right, "only the depth of the two rims may still differ"
    assert after.left == pytest.approx(before.left)
    changed = np.abs(moved.image.astype(int) - portrait).sum(-1)
    assert changed[:, int(mesh.points[168, 0]) :].max() <= 6, "nothing beyond the bridge of the nose"


def test_a_shut_eye_shows_skin(portrait: Image, mesh: Mesh) -> None:
    # The face mesh itself hardly sees whether so small an eye is shut; so look at its pixels.
    moved = apply(FaceMove(lid_right=1.0, lid_left=1.0), portrait, mesh.solid)
    for above, upper, lower, _ in (RIGHT_EYE, LEFT_EYE):
        across, down = mesh.points[upper[3:6]], mesh.points[lower[3:6]]
        eye = (0.6 * across + 0.4 * down).astype(int)
        lid = mesh.points[above[1][2:5]].astype(int)
        skin = portrait[lid[:, 1], lid[:, 0]].mean(0)
        was, now = (np.abs(image[eye[:, 1], eye[:, 0]] - skin).mean() for image in (portrait, moved.image))
        assert now < 0.6 * was


def test_mouth_opens_and_closes_again(portrait: Image, mesh: Mesh, finder: Finder) -> None:
    before = mouth_opening(mesh)
    opened = apply(FaceMove(mouth=0.7), portrait, mesh.solid)
    assert mouth_opening(told(opened, mesh)) > before + 0.15
    found = finder.find(opened.image)
    assert mouth_opening(found) > before + 0.07
    assert (
        mouth_opening(finder.find(apply(FaceMove(mouth=-1.0), opened.image, found.solid).image))
        < mouth_opening(found) - 0.05
    )


def test_open_mouth_is_dark_inside(portrait: Image, mesh: Mesh) -> None:
    opened = apply(FaceMove(mouth=0.8, teeth=0.0, tongue=0.0), portrait, mesh.solid)
    column, row = opened.points[[13, 14]].mean(0).astype(int)
    lip = portrait[tuple(mesh.points[14].astype(int)[::-1])]
    assert opened.image[row, column].sum() < 0.6 * lip.sum()


@pytest.mark.parametrize("degrees", [-18, 18])
@pytest.mark.parametrize("axis", ["yaw", "pitch", "roll"])
def test_head_turns_as_asked(portrait: Image, mesh: Mesh, finder: Finder, axis: str, degrees: float) -> None:
    asked = degrees * (0.6 if axis == "pitch" else 1.0)
    moved = apply(FaceMove(**{axis: asked}), portrait, mesh.solid)
    found = getattr(head_pose(finder.find(moved.image)), axis) - getattr(head_pose(mesh), axis)
    assert 0.35 * abs(asked) < found * np.sign(asked) < 1.8 * abs(asked)


def test_points_lie_where_the_mesh_finds_them(portrait: Image, mesh: Mesh, finder: Finder) -> None:
    move = FaceMove(yaw=8, pitch=-5, roll=6, x=0.05, y=-0.03, scale=1.08, mouth=0.4, smile=0.4)
    moved = apply(move, portrait, mesh.solid)
    across = np.linalg.norm(mesh.points[33] - mesh.points[263])
    off = np.linalg.norm(moved.points - finder.find(moved.image).points, axis=1) / across
    still = np.linalg.norm(moved.points - mesh.points, axis=1) / across
    assert off.mean() < 0.1
    assert off.mean() < 0.5 * still.mean()


def test_smile_brows_and_jaw_go_their_way(portrait: Image, mesh: Mesh) -> None:
    def way(move: FaceMove) -> npt.NDArray[np.float64]:
        return apply(move, portrait, mesh.solid).points - mesh.points

    smile, brows, jaw = way(FaceMove(smile=1)), way(FaceMove(brows=1)), way(FaceMove(jaw=1))
    assert smile[291, 0] > 1 > -1 > smile[61, 0]
    assert smile[[61, 291], 1].max() < -0.5
    assert brows[[105, 334], 1].max() < -2
    assert np.abs(brows[[*RIGHT_EYE[1], *LEFT_EYE[2], 152]]).max() < 0.05
    assert jaw[152, 0] > 1
    assert abs(jaw[10, 0]) < 0.05


def test_background_keeps_still_or_follows(portrait: Image, mesh: Mesh) -> None:
    still, follows = (apply(FaceMove(x=0.08, follow=follow), portrait, mesh.solid).image for follow in (0.0, 1.0))
    here, there = (np.abs(image[:, :3].astype(int) - portrait[:, :3]).mean() for image in (still, follows))
    assert here < 0.5 * there
    shift = np.float32([[1, 0, 0.08 * SIDE], [0, 1, 0]])
    whole = cv2.warpAffine(portrait, shift, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT_101)
    assert np.abs(follows.astype(int) - whole).mean() < 3


@pytest.mark.parametrize("offset", [(-70, 0), (60, 50), (0, 80), (300, 300)])
def test_face_at_the_border(portrait: Image, mesh: Mesh, offset: tuple[int, int]) -> None:
    solid = mesh.solid + (*offset, 0)
    for seed in range(6):
        moved = move_face(portrait, solid, np.random.default_rng(seed))
        assert moved.image.shape == portrait.shape
        assert np.isfinite(moved.points).all()


def test_a_bad_mesh_breaks_nothing(portrait: Image) -> None:
    solid = np.random.default_rng(0).normal(60, 25, (468, 3))
    for seed in range(6):
        assert move_face(portrait, solid, np.random.default_rng(seed)).image.shape == portrait.shape


def test_chance_keeps_half_of_the_heads_still() -> None:
    moves = [random_face_move(np.random.default_rng(seed)) for seed in range(400)]
    still = [move for move in moves if (move.yaw, move.pitch, move.roll, move.x, move.y) == (0, 0, 0, 0, 0)]
    assert 160 < len(still) < 240
    assert all(move.mouth or max(move.lid_right, move.lid_left) >= 0.5 for move in still)
    assert all(move.scale == 1 for move in still)
    values = np.array([astuple(move) for move in moves])
    assert np.abs(values[:, :3]).max(0) == pytest.approx((25, 12, 15), rel=0.25)
    blinks = [move for move in moves if min(move.lid_right, move.lid_left) > 0.9]
    assert len(blinks) > 0.2 * len(moves)
    assert len({move.mouth for move in moves}) > 100


def test_moves_are_made_to_fit_the_face(portrait: Image, mesh: Mesh) -> None:
    assert fitting(FaceMove(mouth=0.5, yaw=10, lid_left=1), mesh.solid) == FaceMove(mouth=0.5, yaw=10, lid_left=1)
    assert fitting(FaceMove(yaw=90), mesh.solid).yaw < 60
    closed = mesh.solid
    closed[LOWER_LIP[-1]] = closed[UPPER_LIP[-1]]
    closed[RIGHT_EYE[2]] = closed[RIGHT_EYE[1]]
    changed = fitting(FaceMove(mouth=-0.8, lid_right=1, lid_left=1), closed)
    assert (changed.mouth, changed.lid_right, changed.lid_left) == (0.8, 0, 1)
    gaping = mesh.solid
    gaping[LOWER_LIP[-1], 1] += 0.5 * np.linalg.norm(mesh.points[33] - mesh.points[263])
    assert fitting(FaceMove(mouth=0.8), gaping).mouth == -0.8

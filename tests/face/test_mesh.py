"""The mesh sits on the face, and what is read from it has the right sign and size."""

from __future__ import annotations

import csv
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from scipy.stats import spearmanr

from avatarify.face.detector import FaceDetector
from avatarify.face.mesh import FaceMesh, Mesh, eye_opening, head_pose, mesh_to_68, mouth_opening
from avatarify.frame import Image
from tests.face.face_pictures import FACE_AT, face_at

EYES, MOUTH = slice(36, 48), slice(48, 68)


@pytest.fixture(scope="session")
def mesh(portrait: Image, detector: FaceDetector, mesher: FaceMesh) -> Mesh:
    return mesher.find(portrait, detector.detect(portrait)[0])


def turned(mesh: Mesh, *, yaw: float = 0, pitch: float = 0, roll: float = 0) -> Mesh:
    """The same head turned by degrees in the camera's axes (x right, y down, z away) around its middle."""
    y, p, r = np.radians([yaw, pitch, roll])
    # A positive yaw takes the nose (at -z) to the right, a positive pitch takes it up, a positive roll is clockwise.
    around_y = [[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]]
    around_x = [[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]]
    around_z = [[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]]
    middle = mesh.solid.mean(0)
    solid = (mesh.solid - middle) @ (np.array(around_z) @ around_y @ around_x).T + middle
    return Mesh(solid[:, :2], solid[:, 2], mesh.score)


def test_points_lie_on_eyes_and_mouth(mesh: Mesh, portrait: Image, detector: FaceDetector) -> None:
    assert mesh.score > 0.9
    assert mesh.points.shape == (468, 2)
    points = mesh_to_68(mesh)
    right_eye, left_eye, _, mouth, *_ = detector.detect(portrait)[0].points
    assert np.linalg.norm(points[36:42].mean(0) - right_eye) < 6
    assert np.linalg.norm(points[42:48].mean(0) - left_eye) < 6
    assert np.linalg.norm(points[MOUTH].mean(0) - mouth) < 8


def test_68_points_keep_the_classic_order(mesh: Mesh) -> None:
    points = mesh_to_68(mesh)
    assert points.shape == (68, 2)
    assert points[0, 0] < points[4, 0] < points[8, 0] < points[12, 0] < points[16, 0], (
        "the jaw, from the person's right"
    )
    assert points[17:27, 1].mean() < points[EYES, 1].mean() < points[30, 1] < points[MOUTH, 1].mean() < points[8, 1]


@pytest.mark.parametrize("scale", [0.4, 3.0, 9.0])
def test_pixels_and_depth_scale_with_the_picture(
    mesh: Mesh, mesher: FaceMesh, detector: FaceDetector, portrait: Image, scale: float
) -> None:
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=kind)
    again = mesher.find(picture, detector.detect(picture)[0])
    assert np.abs(again.points / scale - mesh.points).mean() < 1.2
    assert np.ptp(again.depth) / scale == pytest.approx(np.ptp(mesh.depth), rel=0.1)


def test_rotated_face_gets_the_rotated_mesh(
    mesh: Mesh, mesher: FaceMesh, detector: FaceDetector, portrait: Image
) -> None:
    turn = cv2.getRotationMatrix2D((256, 256), 25, 1)
    picture = cv2.warpAffine(portrait, turn, (512, 512))
    again = mesher.find(picture, detector.detect(picture)[0])
    wanted = mesh.points @ turn[:, :2].T + turn[:, 2]
    assert np.linalg.norm(again.points - wanted, axis=1).mean() < 4
    assert head_pose(again).roll == pytest.approx(head_pose(mesh).roll - 25, abs=4), "counter-clockwise is negative"


def test_no_face_scores_low(mesher: FaceMesh, portrait: Image) -> None:
    assert mesher.find(portrait, face_at(440, 60, 100)).score < 0.1
    assert mesher.find(portrait, face_at(-900, 60, 100)).score < 0.1
    assert mesher.find(np.zeros((1, 1, 3), np.uint8), face_at(0, 0, 0)).score < 0.1


@pytest.mark.parametrize("degrees", [-40, -15, 20, 35])
@pytest.mark.parametrize("axis", ["yaw", "pitch", "roll"])
def test_pose_follows_a_turned_head(mesh: Mesh, axis: str, degrees: float) -> None:
    straight = head_pose(mesh)
    level = turned(mesh, roll=-straight.roll)
    level = turned(level, yaw=-head_pose(level).yaw)
    level = turned(level, pitch=-head_pose(level).pitch)
    assert head_pose(level) == pytest.approx((0, 0, 0), abs=0.5)
    wanted = {"yaw": 0.0, "pitch": 0.0, "roll": 0.0, axis: degrees}
    assert head_pose(turned(level, **wanted)) == pytest.approx((wanted["yaw"], wanted["pitch"], wanted["roll"]), abs=1)


def test_looking_straight_reads_near_zero(mesh: Mesh) -> None:
    pose = head_pose(mesh)
    assert abs(pose.yaw) < 10
    assert abs(pose.pitch) < 10
    assert 0 < pose.roll < 10, "her head leans a little towards her left shoulder"


def test_mirrored_picture_mirrors_yaw_and_roll(
    mesh: Mesh, mesher: FaceMesh, detector: FaceDetector, portrait: Image
) -> None:
    picture = np.ascontiguousarray(portrait[:, ::-1])
    again = head_pose(mesher.find(picture, detector.detect(picture)[0]))
    straight = head_pose(mesh)
    assert again == pytest.approx((-straight.yaw, straight.pitch, -straight.roll), abs=4)
    assert again.roll < 0 < straight.roll


def test_mouth_opens_with_the_lower_lip(mesh: Mesh) -> None:
    points = mesh.points.copy()
    across = np.linalg.norm(mesh.solid[33] - mesh.solid[263])
    points[[87, 14, 317], 1] += 0.3 * across
    assert mouth_opening(mesh._replace(points=points)) == pytest.approx(mouth_opening(mesh) + 0.3, abs=0.03)
    points[[87, 14, 317]] = points[[82, 13, 312]]
    depth = mesh.depth.copy()
    depth[[87, 14, 317]] = depth[[82, 13, 312]]
    assert mouth_opening(Mesh(points, depth, 1.0)) == pytest.approx(0, abs=1e-9)


def test_one_eye_closes(mesh: Mesh) -> None:
    both = eye_opening(mesh)
    assert both.right == pytest.approx(both.left, rel=0.2)
    points, depth = mesh.points.copy(), mesh.depth.copy()
    points[[144, 153]], depth[[144, 153]] = points[[160, 158]], depth[[160, 158]]
    winking = eye_opening(Mesh(points, depth, 1.0))
    assert winking.right == pytest.approx(0, abs=1e-9)
    assert winking.left == both.left


def test_openings_do_not_change_when_the_head_turns(mesh: Mesh) -> None:
    away = turned(mesh, yaw=30, pitch=10)
    assert mouth_opening(away) == pytest.approx(mouth_opening(mesh), rel=1e-6)
    assert eye_opening(away) == pytest.approx(eye_opening(mesh), rel=1e-6)


def test_face_is_where_the_fixture_says(mesh: Mesh) -> None:
    assert np.linalg.norm(mesh.points.mean(0) - FACE_AT) < 12


@pytest.mark.reference
def test_ranges_rank_real_clips_as_their_manifest_does(
    reference_data: Path, detector: FaceDetector, mesher: FaceMesh
) -> None:
    with (reference_data / "faces" / "MANIFEST.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["file"].startswith("train/video")][::4]
    told, read = [], []
    for row in rows:
        seen = []
        with av.open(str(reference_data / "faces" / row["file"])) as clip:
            for index, frame in enumerate(clip.decode(video=0)):
                if index % 12 == 0:
                    image = frame.to_ndarray(format="rgb24")
                    mesh = mesher.find(image, detector.detect(image)[0])
                    seen.append((head_pose(mesh).yaw, head_pose(mesh).pitch, mouth_opening(mesh)))
        told.append([float(row[name]) for name in ("yaw_range", "pitch_range", "mouth_range")])
        read.append(np.ptp(seen, axis=0))
    assert len(rows) >= 20
    for column in range(3):
        assert spearmanr(np.array(told)[:, column], np.array(read)[:, column]).statistic > 0.7

"""One look at the whole picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from avatarify.face.detector import FaceDetector, overlap
from avatarify.frame import Image
from tests.face.face_pictures import FACE_AT, FACE_SIDE, Canvas, face_at


def test_finds_the_face_and_its_points(detector: FaceDetector, portrait: Image) -> None:
    (face,) = detector.detect(portrait)
    assert face.score > 0.8
    assert np.linalg.norm(face.centre - FACE_AT) < 6
    assert face.side == pytest.approx(FACE_SIDE, rel=0.12)
    right_eye, left_eye, nose, mouth, right_ear, left_ear = face.points
    assert right_ear[0] < right_eye[0] < nose[0] < left_eye[0] < left_ear[0]
    assert right_eye[1] < nose[1] < mouth[1]


def test_leaves_the_picture_as_it_was(detector: FaceDetector, portrait: Image) -> None:
    before = portrait.copy()
    detector.detect(portrait)
    assert np.array_equal(before, portrait)


@pytest.mark.parametrize(("width", "height"), [(512, 640), (640, 512), (600, 600)])
def test_letterbox_maps_back_to_pixels(detector: FaceDetector, portrait: Image, width: int, height: int) -> None:
    left, top = width - 512, height - 512
    picture = Canvas(width, height).put(portrait, left=left, top=top, side=512).image
    (face,) = detector.detect(picture)
    assert np.linalg.norm(face.centre - FACE_AT - (left, top)) < 0.1 * FACE_SIDE


@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
def test_boxes_scale_with_the_picture(detector: FaceDetector, portrait: Image, scale: float) -> None:
    picture = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    (face,) = detector.detect(picture)
    assert np.linalg.norm(face.centre / scale - FACE_AT) < 6
    assert face.side / scale == pytest.approx(FACE_SIDE, rel=0.12)


def test_rotated_and_grey_faces(detector: FaceDetector, portrait: Image) -> None:
    turn = cv2.getRotationMatrix2D((256, 256), 30, 1)
    (face,) = detector.detect(cv2.warpAffine(portrait, turn, (512, 512)))
    assert np.linalg.norm(face.centre - turn @ (*FACE_AT, 1)) < 12
    grey = cv2.cvtColor(cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    assert len(detector.detect(grey)) == 1


def test_best_face_first(detector: FaceDetector, portrait: Image) -> None:
    head = portrait[:300, 75:375]
    picture = Canvas(600, 310).put(head, left=0, top=0, side=300).put(head, left=310, top=20, side=280).image
    faces = detector.detect(picture)
    assert len(faces) == 2
    assert faces[0].score >= faces[1].score
    assert sorted(face.centre[0] for face in faces) == pytest.approx([150, 450], abs=12)


def test_threshold_is_a_limit(detector: FaceDetector, portrait: Image) -> None:
    score = detector.detect(portrait)[0].score
    assert detector.detect(portrait, score + 0.01) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (2, 3), (128, 128)])
def test_any_shape_of_nothing_is_no_face(detector: FaceDetector, shape: tuple[int, int]) -> None:
    assert detector.detect(np.full((*shape, 3), 127, np.uint8)) == []


def test_moved_face() -> None:
    face = face_at(10, 20, 8).moved(5, 6, 2)
    assert face.centre == pytest.approx([25, 46])
    assert face.side == 16
    assert face.points[0] == pytest.approx([25, 46])


def test_overlap_is_the_share_of_the_smaller() -> None:
    assert overlap(face_at(50, 50, 40), face_at(50, 50, 10)) == pytest.approx(1)
    assert overlap(face_at(50, 50, 40), face_at(70, 50, 40)) == pytest.approx(0.5)
    assert overlap(face_at(50, 50, 40), face_at(95, 50, 40)) == 0

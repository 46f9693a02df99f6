"""What is read from faces: landmarks, identity, likeness."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from avatarify.errors import FaceError
from avatarify.evaluate.face_reader import FaceReader, similarity, warped
from avatarify.evaluate.identity_net import SAME_PERSON
from avatarify.evaluate.perceptual import feature_distance
from avatarify.evaluate.transfer import identity_distance, interocular, keypoint_distance
from avatarify.face.detector import Face
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.paths import AVATARS


def test_two_instruments_agree_on_the_landmarks(reader: FaceReader, astronaut: Image) -> None:
    found = reader.read(astronaut)
    assert found is not None
    inner = keypoint_distance(found.landmarks[17:], found.mesh_landmarks[17:])  # the jaw differs by definition
    assert inner / interocular(found.mesh_landmarks) < 0.07


class Pointer:
    """Finds the same points on every face, or none."""

    def __init__(self, *, finds: bool) -> None:
        self.finds = finds
        self.asked: list[Face] = []

    def find(self, image: Image, face: Face) -> npt.NDArray[np.float64]:
        self.asked.append(face)
        if not self.finds:
            raise FaceError("No points.", "Take another picture.")
        return np.full((68, 2), 7.0)


def test_another_instrument_may_find_the_landmarks(astronaut: Image, reader: FaceReader) -> None:
    pointer = Pointer(finds=True)
    found, usual = FaceReader(pointer).read(astronaut), reader.read(astronaut)
    assert found is not None
    assert usual is not None
    assert (found.landmarks == 7.0).all()
    assert np.array_equal(found.mesh_landmarks, usual.mesh_landmarks), "the other figures keep theirs"
    assert pointer.asked[0].side > 40


def test_a_face_whose_points_another_instrument_does_not_find_is_missing(astronaut: Image) -> None:
    assert FaceReader(Pointer(finds=False)).read(astronaut) is None


def test_landmarks_move_with_the_picture(reader: FaceReader, astronaut: Image) -> None:
    shift = np.array([7.0, -4.0])
    moved = cv2.warpAffine(
        astronaut, np.column_stack([np.eye(2), shift]), astronaut.shape[1::-1], borderMode=cv2.BORDER_REPLICATE
    )
    before, after = reader.read(astronaut), reader.read(np.asarray(moved, np.uint8))
    assert before is not None
    assert after is not None
    assert keypoint_distance(after.landmarks, before.landmarks + shift) < 0.8
    assert keypoint_distance(after.landmarks, before.landmarks) == pytest.approx(np.hypot(*shift), abs=0.8)


def test_one_person_is_near_another_is_far(reader: FaceReader, astronaut: Image) -> None:
    mirrored = reader.read(astronaut[:, ::-1].copy())
    dimmed = reader.read((astronaut * 0.7).astype(np.uint8))
    other = reader.read(read_image(AVATARS / "kofi.png"))
    same = reader.read(astronaut)
    assert same is not None
    assert mirrored is not None
    assert dimmed is not None
    assert other is not None
    assert identity_distance(same.embedding, mirrored.embedding) < SAME_PERSON / 2
    assert identity_distance(same.embedding, dimmed.embedding) < SAME_PERSON / 2
    assert identity_distance(same.embedding, other.embedding) > SAME_PERSON


def test_perceptual_distance_grows_with_the_damage(reader: FaceReader, astronaut: Image) -> None:
    whole = reader.read(astronaut)
    assert whole is not None

    def distance(image: Image) -> float:
        return feature_distance(reader.identity(image, whole.alignment).stages, whole.stages)

    blurred = [distance(np.asarray(cv2.GaussianBlur(astronaut, (0, 0), sigma), np.uint8)) for sigma in (1, 2, 4)]
    assert distance(astronaut) == 0
    assert 0.01 < blurred[0] < blurred[1] < blurred[2] < 2
    assert distance(np.roll(astronaut, 4, axis=1)) > 0.02, "a misplaced face counts"


def test_no_face_is_none(reader: FaceReader) -> None:
    assert reader.read(np.full((128, 128, 3), 90, np.uint8)) is None


def test_stages_must_match() -> None:
    with pytest.raises(ValueError, match="0 and 0 stages"):
        feature_distance([], [])


def test_similarity_finds_rotation_scale_and_shift() -> None:
    points = np.random.default_rng(1).normal(size=(5, 2))
    angle, scale = 0.4, 1.7
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    found = similarity(points, points @ turn.T + (3, -2))
    np.testing.assert_allclose(found, np.column_stack([turn, (3, -2)]), atol=1e-9)


def test_a_warp_puts_corners_onto_corners(astronaut: Image) -> None:
    halved = warped(astronaut, np.array([[0.5, 0, 0], [0, 0.5, 0]]), 120)
    expected = cv2.resize(astronaut, (120, 120), interpolation=cv2.INTER_AREA)
    assert np.abs(halved.astype(int) - expected).mean() < 5
    shifted = np.abs(halved[:, 1:].astype(int) - expected[:, :-1]).mean()
    assert shifted > 1.5 * np.abs(halved.astype(int) - expected).mean(), "half a pixel would show"

"""What is said about portraits, each sentence on a picture that has the fault and none on one that has not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from avatarify.face.detector import FaceDetector
from avatarify.face.mesh import FaceMesh, Mesh
from avatarify.face.quality import PortraitVerdict, judge_portrait
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from tests.face.face_pictures import Canvas, face_at


@pytest.fixture(scope="session")
def large(portrait: Image) -> Image:
    return cv2.resize(portrait, (1024, 1024), interpolation=cv2.INTER_CUBIC)


def judged(image: Image, detector: FaceSearch, mesher: FaceMesh) -> PortraitVerdict:
    faces = detector.detect(image)
    return judge_portrait(image, faces, mesher.find(image, faces[0]) if faces else None)


def test_good_portrait_has_no_problems(large: Image, search: FaceSearch, mesher: FaceMesh) -> None:
    assert judged(large, search, mesher) == PortraitVerdict(True, ())


def test_no_face(search: FaceSearch, mesher: FaceMesh) -> None:
    verdict = judged(np.zeros((300, 300, 3), np.uint8), search, mesher)
    assert not verdict.usable
    assert verdict.problems[0].startswith("No face was found.")


def test_two_faces(portrait: Image, search: FaceSearch, mesher: FaceMesh) -> None:
    picture = Canvas(1024, 512).put(portrait, left=0, top=0, side=512).put(portrait, left=512, top=0, side=512).image
    assert any("2 faces are" in problem for problem in judged(picture, search, mesher).problems)


def test_small_second_face_is_not_mentioned(large: Image) -> None:
    assert judge_portrait(large, [face_at(450, 250, 200), face_at(800, 250, 90)]) == PortraitVerdict(True, ())


@pytest.mark.parametrize(("side", "usable"), [(380, True), (170, False)])
def test_few_pixels(portrait: Image, search: FaceSearch, mesher: FaceMesh, side: int, usable: bool) -> None:
    picture = Canvas(600, 600).put(portrait, left=100, top=100, side=side).image
    verdict = judged(picture, search, mesher)
    assert verdict.usable is usable
    assert any("pixels wide" in problem for problem in verdict.problems)


def test_cut_head(large: Image, search: FaceSearch, mesher: FaceMesh) -> None:
    problems = judged(np.ascontiguousarray(large[:, 390:]), search, mesher).problems
    assert any("border cuts the head" in problem for problem in problems)


@pytest.mark.parametrize(("gain", "words"), [(0.2, "too dark"), (6.0, "overexposed")])
def test_light(large: Image, gain: float, words: str) -> None:
    picture = np.clip(large * gain, 0, 255).astype(np.uint8)
    assert any(words in problem for problem in judge_portrait(picture, [face_at(450, 250, 200)]).problems)


def test_blur(large: Image, search: FaceSearch, mesher: FaceMesh) -> None:
    problems = judged(cv2.GaussianBlur(large, (0, 0), 5), search, mesher).problems
    assert problems == ("The face is blurred. Use a sharper picture.",)


def squeezed(mesh: Mesh, degrees: float) -> Mesh:
    """The mesh of the same head turned to the person's left."""
    angle = np.radians(degrees)
    x = mesh.points[:, 0] * np.cos(angle) - mesh.depth * np.sin(angle)
    depth = mesh.points[:, 0] * np.sin(angle) + mesh.depth * np.cos(angle)
    return Mesh(np.column_stack([x, mesh.points[:, 1]]), depth, mesh.score)


@pytest.mark.parametrize(("degrees", "words", "usable"), [(35, "turned by", True), (60, "from the side", False)])
def test_turned_head(
    large: Image, detector: FaceDetector, mesher: FaceMesh, degrees: float, words: str, usable: bool
) -> None:
    faces = detector.detect(large)
    verdict = judge_portrait(large, faces, squeezed(mesher.find(large, faces[0]), degrees))
    assert verdict.usable is usable
    (problem,) = verdict.problems
    assert words in problem


def test_leaning_head(large: Image, search: FaceSearch, mesher: FaceMesh) -> None:
    turn = cv2.getRotationMatrix2D((450, 250), -35, 1)
    problems = judged(
        cv2.warpAffine(large, turn, (1024, 1024), borderMode=cv2.BORDER_REPLICATE), search, mesher
    ).problems
    assert any("head leans by" in problem for problem in problems)


def test_covered_face(large: Image) -> None:
    nothing = Mesh(np.zeros((468, 2)), np.zeros(468), 0.1)
    assert any(
        "hard to read" in problem for problem in judge_portrait(large, [face_at(450, 250, 200)], nothing).problems
    )

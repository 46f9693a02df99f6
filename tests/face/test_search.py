"""Small faces in big pictures."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.face.detector import FaceDetector
from avatarify.face.search import FaceSearch, look_closer
from avatarify.frame import Image
from tests.face.face_pictures import FACE_AT, FACE_SIDE, Canvas, ScriptedDetector, face_at


@pytest.mark.parametrize("side", [700, 350, 200, 110])
def test_small_face_in_a_big_picture(search: FaceSearch, portrait: Image, side: int) -> None:
    left, top = 1000 - side, 600 - side // 2
    (face,) = search.detect(Canvas(1000, 1000).put(portrait, left=left, top=top, side=side).image)
    scale = side / 512
    assert np.linalg.norm(face.centre - FACE_AT * scale - (left, top)) < 0.12 * FACE_SIDE * scale
    assert face.side == pytest.approx(FACE_SIDE * scale, rel=0.15)


def test_one_look_is_not_enough_for_them(detector: FaceDetector, portrait: Image) -> None:
    assert detector.detect(Canvas(1000, 1000).put(portrait, left=650, top=400, side=350).image) == []


def test_face_in_a_panorama(search: FaceSearch, portrait: Image) -> None:
    (face,) = search.detect(Canvas(12000, 520).put(portrait, left=9000, top=8, side=512).image)
    assert np.linalg.norm(face.centre - FACE_AT - (9000, 8)) < 12


def test_two_small_faces(search: FaceSearch, portrait: Image) -> None:
    canvas = Canvas(1600, 1000).put(portrait, left=100, top=300, side=420).put(portrait, left=1000, top=350, side=420)
    assert len(search.detect(canvas.image)) == 2


def test_a_found_face_ends_the_search(portrait: Image) -> None:
    large = ScriptedDetector([face_at(256, 256, 300)])
    FaceSearch(large).detect(portrait)
    assert large.looks == 1


def test_an_unsure_face_in_a_window_is_dropped(portrait: Image) -> None:
    unsure = ScriptedDetector([], *([[face_at(128, 128, 60, score=0.6)]] * 200))
    assert FaceSearch(unsure, depth=1).detect(portrait) == []
    assert unsure.looks > 9


def test_nothing_is_found_in_noise(search: FaceSearch) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert search.detect(noise) == []


def test_looking_closer_at_no_face_finds_none(detector: FaceDetector, portrait: Image) -> None:
    assert look_closer(detector, portrait, face_at(450, 50, 60)) is None
    assert look_closer(detector, portrait, face_at(-500, 50, 60)) is None

"""Portraits: which face a square is about, and what to do about a square that was chosen by hand."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.avatars import FaceTools, Sighting, look_for_faces, portrait_of
from avatarify.face.crop import Crop
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.paths import AVATARS
from tests.face.face_pictures import Canvas

SUVI = read_image(AVATARS / "suvi.png", max_side=300)
KOFI = read_image(AVATARS / "kofi.png", max_side=300)


@pytest.fixture(scope="module")
def pair() -> Image:
    return Canvas(700, 400).put(SUVI, left=20, top=50, side=300).put(KOFI, left=380, top=50, side=300).image


@pytest.fixture(scope="module")
def seen(pair: Image) -> Sighting:
    return look_for_faces(pair, FaceTools(FaceSearch(), FaceMesh()))


def test_company_is_told_of_the_whole_picture_but_not_of_a_square(pair: Image, seen: Sighting) -> None:
    assert len(seen.faces) == 2
    whole = portrait_of(pair, seen, size=64)
    assert any("2 faces" in problem for problem in whole.verdict.problems)
    for left in (20.0, 380.0):
        one = portrait_of(pair, seen, size=64, crop=Crop(left, 50, 300))
        assert one.verdict.usable
        assert not any("2 faces" in problem for problem in one.verdict.problems)
        assert one.face is not None
        assert left < one.face.centre[0] < left + 300
        assert one.image.shape == (64, 64, 3)


@pytest.mark.parametrize(
    ("crop", "advice"),
    [
        (Crop(20 - 150, 50 - 150, 600), "Make the square smaller"),
        (Crop(20 + 75, 50 + 90, 150), "Make the square larger"),
        (Crop(20 + 80, 50, 300), "Move the square"),
    ],
)
def test_a_square_by_hand_is_advised_on(pair: Image, seen: Sighting, crop: Crop, advice: str) -> None:
    verdict = portrait_of(pair, seen, size=64, crop=crop).verdict
    assert verdict.usable
    assert any(advice in problem for problem in verdict.problems)


def test_a_square_without_a_face_will_not_work(pair: Image, seen: Sighting) -> None:
    beside = portrait_of(pair, seen, size=64, crop=Crop(320, 0, 60))
    assert not beside.verdict.usable
    assert beside.face is None


def test_a_picture_without_a_face_still_has_a_square() -> None:
    wall = np.full((80, 120, 3), 128, np.uint8)
    nothing = look_for_faces(wall, FaceTools(FaceSearch(), FaceMesh()))
    assert nothing.crop == Crop(20, 0, 80)
    assert not portrait_of(wall, nothing, size=32).verdict.usable

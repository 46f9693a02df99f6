"""A pair becomes one of somebody else: both of its pictures alike, its motion as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from avatarify.face.detector import FaceDetector
from avatarify.face.mesh import FaceMesh
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.train.appearance import vary
from avatarify.train.config import AugmentConfig
from avatarify.train.face_expression import LEFT_EYE, LOWER_LIP, OUTLINE, UPPER_LIP
from avatarify.train.face_motion import apply
from avatarify.train.face_move import FaceMove
from avatarify.train.portrait_motion import Shown, ShownPair

AVATARS = Path(__file__).parents[2] / "assets" / "avatars"
SIDE = 138
SKIN, HAIR = AugmentConfig(complexion=1.0), AugmentConfig(beard=1.0)
CHEEKS, UNDER_NOSE = [50, 280], [164]


@pytest.fixture(scope="module", params=["astronaut", "kofi"])
def pair(request: pytest.FixtureRequest) -> ShownPair:
    """A photograph and a drawing, as small as they are in training: a face, and the same with its mouth wide open."""
    whole = read_image(AVATARS / f"{request.param}.png")
    image = np.asarray(cv2.resize(whole, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    mesh = FaceMesh().find(image, FaceDetector().detect(image)[0])
    moved = apply(FaceMove(mouth=0.7, x=0.05), image, mesh.solid)
    return ShownPair(Shown(image, mesh.points), Shown(moved.image, moved.points, filmed=True))


def filled(shown: Shown, rows: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    assert shown.points is not None
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(mask, [shown.points[rows].round().astype(np.int32)], (1,))
    return np.asarray(mask > 0)


def at(shown: Shown, indices: list[int], image: Image | None = None) -> float:
    """Mean of the pixels around these places."""
    assert shown.points is not None
    blurred = cv2.blur(shown.image if image is None else image, (3, 3))
    column, row = shown.points[indices].round().astype(int).T
    return float(blurred[row, column].mean())


def all_of(pair: ShownPair, config: AugmentConfig, count: int = 24) -> list[ShownPair]:
    return [vary(pair, config, np.random.default_rng(seed)) for seed in range(count)]


def test_nothing_asked_nothing_changed_and_no_chance_taken(pair: ShownPair) -> None:
    """Runs that older versions began go on with the same row of pairs."""
    random = np.random.default_rng(0)
    before = random.bit_generator.state
    varied = vary(pair, AugmentConfig(), random)
    assert np.array_equal(varied.source.image, pair.source.image)
    assert np.array_equal(varied.driving.image, pair.driving.image)
    assert random.bit_generator.state == before


@pytest.mark.parametrize("lacking", ["source", "driving"])
def test_a_face_that_is_not_known_stays_as_it_is(pair: ShownPair, lacking: str) -> None:
    known: Shown = getattr(pair, lacking)
    given = pair._replace(**{lacking: known._replace(points=None)})
    assert vary(given, replace(SKIN, beard=1.0), np.random.default_rng(0)) is given


def test_where_things_are_is_kept(pair: ShownPair) -> None:
    before = pair.source.image.copy()
    for varied in all_of(pair, replace(SKIN, beard=1.0), 4):
        assert varied.source.points is pair.source.points
        assert varied.driving.points is pair.driving.points
        assert (varied.source.filmed, varied.driving.filmed) == (False, True)
        assert varied.source.image.dtype == varied.driving.image.dtype == np.uint8
    assert np.array_equal(pair.source.image, before)


def test_shares_are_probabilities(pair: ShownPair) -> None:
    for config in (AugmentConfig(complexion=0.5), AugmentConfig(beard=0.5)):
        changed = [not np.array_equal(varied.source.image, pair.source.image) for varied in all_of(pair, config, 40)]
        assert 10 < sum(changed) < 30


def test_skin_gets_darker_and_lighter_in_both_pictures_alike(pair: ShownPair) -> None:
    varied = all_of(pair, SKIN)
    ours = np.array([at(each.source, CHEEKS) for each in varied])
    theirs = np.array([at(each.driving, CHEEKS) for each in varied])
    was = at(pair.source, CHEEKS)
    assert ours.min() < 0.75 * was
    assert ours.max() > min(1.1 * was, 170)
    assert np.abs(ours - theirs).max() < 15 + np.abs(was - at(pair.driving, CHEEKS))


def test_what_is_black_or_white_stays(pair: ShownPair) -> None:
    image = pair.source.image.astype(int)
    black, white = image.max(-1) < 12, (image.min(-1) > 170) & (np.ptp(image, axis=-1) < 12)
    assert black.sum() > 8
    for varied in all_of(pair, SKIN, 8):
        change = np.abs(varied.source.image - image)
        assert change[black].max() < 12
        assert not white.any() or change[white].mean() < 15


def test_hair_grows_under_the_nose_and_nowhere_but_on_the_lower_face(pair: ShownPair) -> None:
    eyes = [*LEFT_EYE[0][0].tolist(), *LEFT_EYE[3][::-1].tolist()]
    for shown_at in ("source", "driving"):
        before: Shown = getattr(pair, shown_at)
        face, eye = filled(before, OUTLINE.tolist()), filled(before, eyes)
        beyond = cv2.dilate(face.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0  # edges are soft
        grown, bare = 0, [195, 151, 117, 346]  # nose, forehead, below the eyes
        for varied in all_of(pair, HAIR):
            after: Shown = getattr(varied, shown_at)
            assert np.array_equal(after.image[beyond | eye], before.image[beyond | eye])
            assert not [place for place in bare if at(after, [place]) != at(before, [place])]
            grown += abs(at(after, UNDER_NOSE) - at(before, UNDER_NOSE)) > 8
        assert grown > 12  # of 24; some hair has the skin's own brightness


def test_the_inside_of_an_open_mouth_is_not_overgrown(pair: ShownPair) -> None:
    inside = filled(pair.driving, [*UPPER_LIP[-1].tolist(), *LOWER_LIP[-1][::-1].tolist()])
    assert inside.sum() > 20
    core = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    for varied in all_of(pair, HAIR, 8):
        change = np.abs(varied.driving.image.astype(int) - pair.driving.image)[core]
        assert change.mean() < 3


def test_hair_moves_with_the_face(pair: ShownPair) -> None:
    right, down = 9, 5
    image, points = pair.source.image, pair.source.points
    assert points is not None
    moved = Shown(np.roll(image, (down, right), (0, 1)), points + (right, down))
    for varied in all_of(ShownPair(pair.source, moved), HAIR, 8):
        back = np.roll(varied.driving.image, (-down, -right), (0, 1)).astype(int)
        difference = np.abs(varied.source.image - back)
        assert difference.mean() < 0.3
        assert np.percentile(difference, 99) < 12


def test_the_same_chance_makes_the_same_pair(pair: ShownPair) -> None:
    config = replace(SKIN, beard=1.0)
    one, other = (vary(pair, config, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one.source.image, other.source.image)
    assert np.array_equal(one.driving.image, other.driving.image)

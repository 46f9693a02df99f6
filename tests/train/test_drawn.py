"""Drawn people as training data."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from avatarify.character.character import Character
from avatarify.character.expression import Expression
from avatarify.character.eyes import Eye, rims
from avatarify.character.head import model
from avatarify.character.view import look
from avatarify.frame import Image
from avatarify.train.drawn import PAIRS_PER_PERSON, DrawnPairs, random_character, random_expression
from avatarify.train.portrait_motion import ShownPair


def equal(one: ShownPair, other: ShownPair) -> bool:
    return np.array_equal(one.source.image, other.source.image) and np.array_equal(
        one.driving.image, other.driving.image
    )


def test_one_person_in_two_poses() -> None:
    source, driving = (shown.image for shown in DrawnPairs(0).pair(5, 48))
    assert source.shape == driving.shape == (48, 48, 3)
    assert np.abs(source.astype(int) - driving).mean() > 1
    assert np.abs(source[:3, :3].astype(int) - driving[:3, :3]).mean() < 6  # the same background


def test_a_pair_depends_on_its_number_and_seed_alone() -> None:
    pairs = DrawnPairs(0)
    first = pairs.pair(3, 32)
    pairs.pair(9, 32)
    assert equal(first, pairs.pair(3, 32))
    assert not equal(first, pairs.pair(4, 32))
    assert not equal(first, DrawnPairs(1).pair(3, 32))


def test_faces_are_looked_for_where_that_is_asked_for() -> None:
    assert [shown.points for shown in DrawnPairs(0).pair(0, 96)] == [None, None]
    found = [shown.points for number in range(0, 96, 8) for shown in DrawnPairs(0, meshes=True).pair(number, 138)]
    known = [points for points in found if points is not None]
    assert len(known) > 20  # of 24; a face that looks far aside may be missed
    assert all(points.shape == (468, 2) for points in known)


@pytest.mark.parametrize("blink", [0.5, 1.0])
def test_lids_are_where_the_drawer_has_them(monkeypatch: pytest.MonkeyPatch, blink: float) -> None:
    """The person's right eye shuts, the left one stays open. Networks see drawn lids half open, shut ones and open ones."""
    size, person = 192, random_character(np.random.default_rng(4))
    poses = [Expression(mouth_open=0.4), Expression(mouth_open=0.4, blink_right=blink)]
    monkeypatch.setattr("avatarify.train.drawn.random_expression", lambda _: next(row))
    monkeypatch.setattr("avatarify.train.drawn.random_character", lambda _: person)
    row = iter(poses)
    known = [shown.points for shown in DrawnPairs(0, meshes=True).pair(0, size)]
    before, after = (points for points in known if points is not None)
    # Outer corner, outside of the middle, middle, inner corner; upper ones, then the lower middle one.
    span, places = np.array([1, 0.25, 0, -1]), {-1: [33, 160, 159, 133, 145], 1: [263, 387, 386, 362, 374]}
    for points, pose in ((before, poses[0]), (after, poses[1])):
        for side, indices in places.items():
            upper, lower = rims(Eye(person, model(person), look(pose, size, size), side), pose, span)
            assert points[indices] == pytest.approx(np.array([*upper[:3], lower[3], lower[2]]), abs=0.02)
    assert (after - before)[159, 1] > 4 * blink
    others = np.abs(after - before)
    assert others[[386, 374, 13, 14, 152]].max() == 0


def test_people_change_after_some_pairs() -> None:
    people = [
        random_character(np.random.default_rng([0, 1, number // PAIRS_PER_PERSON]))
        for number in (0, 1, PAIRS_PER_PERSON)
    ]
    assert people[0] == people[1] != people[2]


def test_where_few_pairs_are_drawn_a_person_still_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Character] = []
    picture: Image = np.zeros((8, 8, 3), np.uint8)
    monkeypatch.setattr("avatarify.train.drawn.draw", lambda person, *_: drawn.append(person) or picture)
    pairs = DrawnPairs(0, share=0.1)
    for number in range(0, 1000, 10):
        pairs.pair(number, 8)
    changes = sum(one != other for one, other in itertools.pairwise(drawn))
    assert changes == 99 // PAIRS_PER_PERSON


def test_every_pose_is_in_range_and_poses_differ() -> None:
    poses = [random_expression(np.random.default_rng(seed)) for seed in range(5000)]  # out of range would raise
    assert np.std([pose.yaw for pose in poses]) > 8
    blinks = np.array([pose.blink_left for pose in poses])
    assert 0.1 < (blinks == 1).mean() < 0.2
    assert 0.1 < ((blinks > 0) & (blinks < 1)).mean() < 0.2

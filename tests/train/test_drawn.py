"""Drawn people as training data."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from avatarify.character.character import Character
from avatarify.train.drawn import PAIRS_PER_PERSON, drawn_pair, random_character, random_expression


def test_one_person_in_two_poses() -> None:
    source, driving = drawn_pair(5, 48, seed=0)
    assert source.shape == driving.shape == (48, 48, 3)
    assert np.abs(source.astype(int) - driving).mean() > 1
    assert np.abs(source[:3, :3].astype(int) - driving[:3, :3]).mean() < 6  # the same background


def test_a_pair_depends_on_its_number_and_seed_alone() -> None:
    first = drawn_pair(3, 32, seed=0)
    drawn_pair(9, 32, seed=0)
    again = drawn_pair(3, 32, seed=0)
    assert np.array_equal(first[0], again[0])
    assert not np.array_equal(first[0], drawn_pair(4, 32, seed=0)[0])
    assert not np.array_equal(first[0], drawn_pair(3, 32, seed=1)[0])


def test_people_change_after_some_pairs() -> None:
    people = [
        random_character(np.random.default_rng([0, 1, number // PAIRS_PER_PERSON]))
        for number in (0, 1, PAIRS_PER_PERSON)
    ]
    assert people[0] == people[1] != people[2]


def test_where_few_pairs_are_drawn_a_person_still_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Character] = []
    picture = np.zeros((8, 8, 3), np.uint8)
    monkeypatch.setattr("avatarify.train.drawn.draw", lambda person, *_: drawn.append(person) or picture)
    for number in range(0, 1000, 10):
        drawn_pair(number, 8, seed=0, share=0.1)
    changes = sum(one != other for one, other in itertools.pairwise(drawn))
    assert changes == 99 // PAIRS_PER_PERSON


def test_every_pose_is_in_range_and_poses_differ() -> None:
    poses = [random_expression(np.random.default_rng(seed)) for seed in range(5000)]  # out of range would raise
    assert np.std([pose.yaw for pose in poses]) > 8
    assert 0.05 < np.mean([pose.blink_left for pose in poses]) < 0.3

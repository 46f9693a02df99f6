from __future__ import annotations

import numpy as np
import pytest
import torch

from avatarify.train.augmentation import View
from avatarify.train.face_points import FACE, GuidedPoint, LandmarkConfig, TiePoints
from avatarify.train.landmarks import joined, locate, part, unknown

CONFIG = LandmarkConfig((GuidedPoint("middle", (0, 1), (0, 1)), GuidedPoint("right", (2,), (3,), weight=2.0)))
POINTS = np.zeros((468, 2))
POINTS[:4] = [(40, 20), (60, 20), (25, 50), (90, 50)]


def test_places_are_in_the_units_of_keypoints() -> None:
    found = locate(POINTS, View(0, 0, 100, mirrored=False), CONFIG)
    assert found.value[0].tolist() == [pytest.approx([0, -0.6]), pytest.approx([-0.5, 0])]
    assert found.weight.tolist() == [[1.0, 2.0]]


def test_a_mirrored_view_shows_the_other_side_in_its_place() -> None:
    found = locate(POINTS, View(0, 0, 100, mirrored=True), CONFIG)
    assert found.value[0].tolist() == [pytest.approx([0, -0.6]), pytest.approx([-0.8, 0])]


def test_what_is_cropped_away_is_not_known() -> None:
    found = locate(POINTS, View(30, 10, 50, mirrored=False), CONFIG)
    assert found.value[0, 0].tolist() == pytest.approx([-0.2, -0.6])
    assert found.weight.tolist() == [[1.0, 0.0]]


def test_without_a_face_nothing_is_known() -> None:
    found = locate(None, View(0, 0, 100, mirrored=False), FACE)
    assert found.value.shape == (1, FACE.count, 2)
    assert found.weight.sum() == 0


def test_pairs_are_joined_in_their_order() -> None:
    one = locate(POINTS, View(0, 0, 100, mirrored=False), CONFIG)
    both = joined([unknown(1, 2), one])
    assert torch.equal(both.value[1:], one.value)
    assert both.weight.tolist() == [[0.0, 0.0], [1.0, 2.0]]


def test_in_films_a_place_may_count_less() -> None:
    config = LandmarkConfig((GuidedPoint("lid", (2,), (3,), weight=2.0, filmed=0.1), GuidedPoint("chin", (0,), (0,))))
    view = View(0, 0, 100, mirrored=False)
    assert locate(POINTS, view, config).weight[0].tolist() == [2.0, 1.0]
    assert locate(POINTS, view, config, filmed=True).weight[0].tolist() == pytest.approx([0.2, 1.0])


def test_tie_points_come_behind_the_points_and_keep_their_names_in_a_mirror() -> None:
    """Both pictures of a pair are mirrored, so a point of the mesh is still where its like comes from."""
    config = LandmarkConfig(
        (GuidedPoint("right", (2,), (3,)),),
        (TiePoints("both", (2, 3), weight=3.0), TiePoints("lid", (0,), weight=2.0, filmed=0.5)),
    )
    assert config.count == 4
    mirrored = locate(POINTS, View(0, 0, 100, mirrored=True), config, filmed=True)
    assert mirrored.value[0, :, 0].tolist() == pytest.approx([-0.8, 0.5, -0.8, 0.2])
    assert mirrored.weight.tolist() == [[1.0, 3.0, 3.0, 1.0]]
    ties = part(mirrored, slice(1, None))
    assert ties.value.shape == (1, 3, 2)
    assert ties.weight.tolist() == [[3.0, 3.0, 1.0]]


def test_no_place_of_the_face_is_a_tie_point_twice() -> None:
    chosen = [index for group in FACE.ties for index in group.mesh]
    assert len(chosen) == len(set(chosen))
    assert all(0 <= index < 468 for index in chosen)
    for (one, other), pair in zip(FACE.tie_gap_places, FACE.tie_gaps, strict=True):
        assert (chosen[one], chosen[other]) == pair
    assert len(FACE.tie_gaps) == 9 + 9 + 7 + 7 + 1

"""What is measured of a motion that was transferred."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.evaluate.transfer import (
    Followed,
    followed,
    identity_distance,
    interocular,
    keypoint_distance,
    mean,
    missing_rate,
)


def test_keypoint_distance_is_the_mean_of_the_points_distances() -> None:
    target = np.zeros((4, 2))
    points = np.array([[3.0, 4.0], [0.0, 0.0], [6.0, 8.0], [0.0, 1.0]])
    assert keypoint_distance(points, target) == pytest.approx((5 + 0 + 10 + 1) / 4)


def test_interocular_is_between_the_outer_corners() -> None:
    points = np.zeros((68, 2))
    points[36], points[45] = (10, 20), (40, 60)
    assert interocular(points) == pytest.approx(50)


def test_identity_distance_is_euclidean() -> None:
    one, other = np.zeros(128), np.zeros(128)
    other[[3, 70]] = 0.3, 0.4
    assert identity_distance(one, other) == pytest.approx(0.5)


def test_missing_rate_counts_the_drivers_faces_only() -> None:
    assert missing_rate([True, True, False, True, True], [True, False, False, True, False]) == 0.5
    assert missing_rate([False, False], [True, False]) is None


def test_following_is_correlation_and_slope() -> None:
    random = np.random.default_rng(2)
    driver = random.normal(10, 4, 40)
    output = 0.3 * driver + random.normal(0, 1, 40)
    found = followed(list(driver), list(output))
    assert found.correlation == pytest.approx(np.corrcoef(driver, output)[0, 1])
    assert found.gain == pytest.approx(np.polyfit(driver, output, 1)[0])


def test_frames_without_a_face_are_left_out() -> None:
    assert followed([1, None, 2, 3, 9], [2, 7, 4, 6, None]) == pytest.approx(Followed(1.0, 2.0))


def test_a_still_output_has_no_correlation_but_a_gain_of_nothing() -> None:
    assert followed([1, 2, 3], [5, 5, 5]) == Followed(None, 0.0)


@pytest.mark.parametrize("driver", [[4, 4, 4], [1, 2, None], []])
def test_nothing_can_follow_a_still_or_unseen_driver(driver: list[float | None]) -> None:
    assert followed(driver, [1.0, 2.0, 3.0][: len(driver)]) == Followed(None, None)


def test_mean_is_of_what_is_there() -> None:
    assert mean([1, None, 2]) == 1.5
    assert mean([None]) is None

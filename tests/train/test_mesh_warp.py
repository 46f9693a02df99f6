from __future__ import annotations

import numpy as np
import pytest

from avatarify.train.mesh_warp import ring, source_map, strip, triangulate

SQUARE = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 20.0], [0.0, 20.0]])
HALVES = np.array([[0, 1, 2], [0, 2, 3]])


def area(points: np.ndarray, triangles: np.ndarray) -> float:
    one, two = (points[triangles[:, corner]] - points[triangles[:, 0]] for corner in (1, 2))
    return float(np.abs(one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]).sum() / 2)


def test_net_covers_the_hull_once() -> None:
    points = np.concatenate([SQUARE, np.random.default_rng(0).uniform(1, 19, (60, 2))])
    triangles = triangulate(points)
    assert area(points, triangles) == pytest.approx(400, rel=1e-3)
    assert set(triangles.ravel()) == set(range(64))


def test_net_leaves_out_what_lies_twice() -> None:
    triangles = triangulate(np.concatenate([SQUARE, SQUARE[:2]]))
    assert area(SQUARE, triangles) == pytest.approx(400)


def test_strips_and_rings_hang_together() -> None:
    assert strip(np.arange(3), np.arange(3, 6)).shape == (4, 3)
    inner = SQUARE * 0.5 + 5
    triangles = ring(np.arange(4), np.arange(4, 8))
    assert area(np.concatenate([SQUARE, inner]), triangles) == pytest.approx(300)


def test_points_that_stay_leave_all_pixels() -> None:
    columns, rows = source_map(SQUARE, SQUARE, HALVES, 20)
    assert columns == pytest.approx(np.tile(np.arange(20), (20, 1)), abs=1e-5)
    assert rows == pytest.approx(columns.T)


def test_pixels_go_with_their_points() -> None:
    columns, rows = source_map(SQUARE, SQUARE * 0.5 + (4, 2), HALVES, 20)
    # The middle of pixel (9, 4) is (9.5, 4.5): half of it came from (11, 5), the middle of a pixel at 10.5, 4.5.
    assert (columns[4, 9], rows[4, 9]) == pytest.approx((10.5, 4.5))
    assert (columns[15, 9], rows[15, 9]) == (9, 15), "nothing lies there"


def test_the_last_triangle_lies_on_top() -> None:
    points = np.concatenate([SQUARE, SQUARE])
    origins = np.concatenate([SQUARE, SQUARE + 100])
    lower, upper = HALVES, HALVES + 4
    assert source_map(origins, points, np.concatenate([lower, upper]), 20).columns[8, 5] == pytest.approx(105)
    assert source_map(origins, points, np.concatenate([upper, lower]), 20).columns[8, 5] == pytest.approx(5)


def test_what_lies_outside_or_flat_is_passed_over() -> None:
    flat = np.array([[0, 0, 1], [1, 2, 2]])
    assert source_map(SQUARE, SQUARE + 500, HALVES, 20).columns[3, 7] == 7
    assert source_map(SQUARE + 50, SQUARE, flat, 20).columns[3, 7] == 7

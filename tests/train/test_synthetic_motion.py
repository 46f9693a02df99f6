"""Points go where the picture goes."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.train.synthetic_motion import move, random_motion

SIDE = 96


@pytest.mark.parametrize("seed", range(8))
def test_a_dot_is_found_where_its_point_went(seed: int) -> None:
    motion = random_motion(SIDE, np.random.default_rng(seed))
    down, across = np.mgrid[:SIDE, :SIDE] + 0.5
    seen = 0
    for point in np.array([[30.0, 40.0], [48.0, 48.0], [60.0, 50.0]]):
        dot = 255 * np.exp(-((across - point[0]) ** 2 + (down - point[1]) ** 2) / 4)
        moved = motion.image(np.repeat(dot[..., None], 3, -1).astype(np.uint8))[..., 0].astype(float)
        wanted = motion.points(point[None])[0]
        if wanted.min() < 8 or wanted.max() > SIDE - 8:
            continue
        seen += 1
        found = np.array([(moved * across).sum(), (moved * down).sum()]) / moved.sum()
        assert np.linalg.norm(wanted - point) > 0.5, "it did move"
        assert found == pytest.approx(wanted, abs=0.9)
    assert seen > 0


def test_points_come_back_through_the_warp() -> None:
    motion = random_motion(SIDE, np.random.default_rng(3))
    rows, columns = np.mgrid[20:76:8, 20:76:8]
    origins = np.stack([motion.columns[rows, columns], motion.rows[rows, columns]], -1).reshape(-1, 2) + 0.5
    assert motion.points(origins) == pytest.approx(np.stack([columns, rows], -1).reshape(-1, 2) + 0.5, abs=0.01)


def test_points_beyond_the_border_stay_finite() -> None:
    far = np.array([[-300.0, 20.0], [500.0, 900.0]])
    assert np.isfinite(random_motion(SIDE, np.random.default_rng(1)).points(far)).all()


def test_move_is_the_picture_alone() -> None:
    image = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), np.uint8)
    one, two = np.random.default_rng(9), np.random.default_rng(9)
    assert np.array_equal(move(image, one), random_motion(SIDE, two).image(image))
    assert one.random() == two.random(), "and takes the same random numbers"

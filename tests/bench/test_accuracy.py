"""How far pictures are from the yardstick's."""

from __future__ import annotations

import math

import numpy as np
import pytest

from avatarify.bench.accuracy import accuracy
from avatarify.bench.runner import Taken


def film(*levels: int, shift: float = 0.0) -> list[Taken]:
    """Pictures of one grey each, keypoints moved to the right by `shift` in [-1,1]."""
    keypoints = np.zeros((3, 2), np.float32)
    keypoints[1, 0] = shift
    return [Taken(keypoints, np.full((8, 8, 3), level, np.uint8)) for level in levels]


def test_equal_films() -> None:
    found = accuracy(film(10, 20), film(10, 20))
    assert (found.max_error, found.mean_error, found.keypoint_shift_px, found.change_ratio) == (0, 0, 0, 1)
    assert math.isinf(found.psnr_db)


def test_figures_by_hand() -> None:
    found = accuracy(film(10, 24, shift=0.01), film(10, 20))
    assert (found.max_error, found.mean_error) == (4, 2)
    assert found.psnr_db == pytest.approx(10 * math.log10(255**2 / 8))
    assert found.keypoint_shift_px == pytest.approx(1.28)
    assert found.change_ratio == pytest.approx(1.4)


def test_dark_and_bright_do_not_wrap_around() -> None:
    assert accuracy(film(0, 255), film(255, 0)).max_error == 255


def test_a_still_has_no_flicker_to_compare() -> None:
    assert accuracy(film(10, 11), film(10, 10)).change_ratio is None


def test_different_lengths_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="1 and 2 pictures"):
        accuracy(film(1), film(1, 2))

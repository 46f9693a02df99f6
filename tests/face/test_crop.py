"""Cutting squares, inside and outside the picture."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.face.crop import Crop, centre_square
from avatarify.frame import Image


def ramp(width: int, height: int) -> Image:
    """Red is the column, green the row."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x, y, np.zeros_like(x)], -1).astype(np.uint8)


def test_inside_at_own_scale_is_a_copy_of_the_pixels() -> None:
    picture = ramp(100, 80)
    cut = Crop(10, 20, 30).apply(picture)
    assert np.array_equal(cut, picture[20:50, 10:40])
    assert not np.shares_memory(cut, picture)


def test_whole_picture_is_a_copy() -> None:
    picture = ramp(64, 64)
    cut = Crop(0, 0, 64).apply(picture, 64)
    assert np.array_equal(cut, picture)
    assert not np.shares_memory(cut, picture)


def test_shrinking_averages() -> None:
    checks = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)
    small = Crop(0, 0, 64).apply(np.dstack([checks] * 3), 16)
    assert np.ptp(small) <= 1
    assert small.mean() == pytest.approx(127.5, abs=1)


def test_enlarging_keeps_the_place() -> None:
    large = Crop(10, 20, 30).apply(ramp(100, 80), 120)
    assert large.shape == (120, 120, 3)
    assert large[60, 60, :2] == pytest.approx([24.6, 34.6], abs=1)


@pytest.mark.parametrize(("left", "top"), [(-20, 10), (10, -20), (70, 10), (10, 60), (-20, -20), (-30, -30)])
def test_what_is_inside_stays_in_its_place(left: int, top: int) -> None:
    picture = ramp(100, 90)
    cut = Crop(left, top, 50).apply(picture)
    assert cut.shape == (50, 50, 3)
    x, y = np.clip([left, top], 0, None)
    kept = picture[y : top + 50, x : left + 50]
    place = cut[y - top : y - top + kept.shape[0], x - left : x - left + kept.shape[1]]
    assert np.array_equal(place, kept)


def test_outside_continues_the_border() -> None:
    picture = np.full((40, 40, 3), (200, 30, 90), np.uint8)
    assert np.ptp(Crop(-20, -20, 80).apply(picture, 128).reshape(-1, 3), axis=0).max() <= 1
    halves = np.zeros((40, 40, 3), np.uint8)
    halves[:, 20:] = 220
    cut = Crop(-40, -40, 120).apply(halves)
    assert cut[60, 5].max() < 40
    assert cut[60, 115].min() > 180


@pytest.mark.parametrize("crop", [Crop(500, 500, 20), Crop(-500, 10, 20), Crop(3.4, 2.2, 0.2), Crop(-9, -9, 1000)])
@pytest.mark.parametrize("shape", [(1, 1), (30, 40), (1, 500)])
def test_any_crop_of_any_picture_is_a_square(crop: Crop, shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 77, np.uint8)
    cut = crop.apply(picture, 33)
    assert cut.shape == (33, 33, 3)
    assert cut.dtype == np.uint8
    assert np.abs(cut.astype(int) - 77).max() <= 1


def test_centre_square() -> None:
    assert centre_square(ramp(120, 80)) == Crop(20, 0, 80)
    assert centre_square(ramp(80, 121)) == Crop(0, 20.5, 80)
    assert centre_square(ramp(64, 64)) == Crop(0, 0, 64)


@pytest.mark.parametrize("side", [40, 61, 96, 150])
def test_sample_is_apply_but_for_a_little_softness(side: int) -> None:
    """Of a smooth picture both are the same, wherever the square lies and whether it shrinks, grows or reaches outside."""
    y, x = np.mgrid[:120, :160]
    waves = 128 + 60 * np.sin(x / 9) + 50 * np.cos(y / 11)
    picture = np.dstack([waves, 255 - waves, np.roll(waves, 20)]).clip(0, 255).astype(np.uint8)
    for left, top in ((20, 10), (-15, 5), (90, 60)):
        crop = Crop(left, top, side)
        apart = np.abs(crop.sample(picture, 64).astype(int) - crop.apply(picture, 64))
        assert apart.mean() < 1
        assert np.percentile(apart, 99) <= 6


def test_sample_does_not_skip_pixels() -> None:
    checks = (np.indices((96, 96)).sum(0) % 2 * 255).astype(np.uint8)
    for size in (16, 20, 32, 40):
        small = Crop(0, 0, 96).sample(np.dstack([checks] * 3), size)
        assert np.ptp(small) < 40, "a picture of noise must not become bright and dark blocks"
        assert small.mean() == pytest.approx(127.5, abs=6)


def test_sample_gives_an_array_of_its_own() -> None:
    picture = ramp(64, 64)
    cut = Crop(0, 0, 64).sample(picture, 64)
    assert np.array_equal(cut, picture)
    assert not np.shares_memory(cut, picture)

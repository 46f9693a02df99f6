"""Pairs of pictures changed alike."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from avatarify.frame import Image
from avatarify.train.augmentation import View, augment, degrade
from avatarify.train.config import AugmentConfig
from avatarify.train.synthetic_motion import move

STILL = AugmentConfig(brightness=0, contrast=0, saturation=0, hue=0, flip=False)


@pytest.fixture
def image() -> Image:
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[..., 0] = np.arange(32) * 8
    pixels[..., 1] = np.arange(32)[:, None] * 8
    pixels[..., 2] = 90
    return pixels


def test_nothing_asked_nothing_changed(image: Image) -> None:
    source, driving, view = augment(image, image[::-1], 32, STILL, np.random.default_rng(0))
    assert np.array_equal(source, image)
    assert np.array_equal(driving, image[::-1])
    assert view == View(0, 0, 32, mirrored=False)


@pytest.mark.parametrize(
    "change",
    [
        {"flip": True},
        {"crop": 0.4},
        {"brightness": 0.3},
        {"contrast": 0.3},
        {"saturation": 0.9},
        {"hue": 0.3},
        {"zoom": 0.2},
    ],
)
def test_both_pictures_change_alike(image: Image, change: dict[str, float]) -> None:
    config = dataclasses.replace(STILL, **change)  # type: ignore[arg-type]
    outcomes = [augment(image, image, 32, config, np.random.default_rng(seed)) for seed in range(6)]
    assert all(np.array_equal(each.source, each.driving) for each in outcomes)
    assert len({each.source.tobytes() for each in outcomes}) > 1


@pytest.mark.parametrize(("crop", "zoom"), [(0.4, 0.0), (0.0, 0.3), (0.2, 0.3)])
def test_the_view_says_where_things_have_gone(crop: float, zoom: float) -> None:
    spot = np.array([[20.0, 12.0]])  # the corner that four bright pixels share
    image: Image = np.zeros((32, 32, 3), np.uint8)
    image[11:13, 19:21] = 255
    config = dataclasses.replace(STILL, flip=True, crop=crop, zoom=zoom)
    mirrored = set()
    for seed in range(30):
        changed = augment(image, image, 64, config, np.random.default_rng(seed))
        mirrored.add(changed.view.mirrored)
        place = (changed.view.place(spot)[0] + 1) / 2 * 64
        if (place < 6).any() or (place > 58).any():
            continue
        bright = changed.source[..., 0].astype(float)
        rows, columns = np.indices(bright.shape) + 0.5
        found = np.array([(bright * columns).sum(), (bright * rows).sum()]) / bright.sum()
        assert found == pytest.approx(place, abs=0.6)
    assert mirrored == {True, False}


def test_colours_keep_grey_grey_and_stay_near() -> None:
    grey = np.full((8, 8, 3), 120, np.uint8)
    config = AugmentConfig(saturation=0.5, hue=0.5, flip=False)
    for seed in range(20):
        changed = augment(grey, grey, 8, config, np.random.default_rng(seed)).source
        assert np.ptp(changed.astype(int), axis=-1).max() <= 1
        assert abs(int(changed[0, 0, 0]) - 120) <= 127.5 * 0.1 + 12 + 1


def test_crop_reaches_as_far_as_it_may(image: Image) -> None:
    config = dataclasses.replace(STILL, crop=0.5)
    lows = [int(augment(image, image, 32, config, np.random.default_rng(seed))[0][..., 0].min()) for seed in range(60)]
    assert max(lows) > 0.25 * 255
    assert min(lows) < 20


def test_pictures_are_shown_larger_and_smaller(image: Image) -> None:
    """Around smaller ones the border is drawn out, alike at all edges."""
    config = dataclasses.replace(STILL, zoom=0.25)
    outcomes = [augment(image, image, 32, config, np.random.default_rng(seed)) for seed in range(60)]
    scales = [32 / each.view.kept for each in outcomes]
    assert 0.74 < min(scales) < 0.8
    assert 1.2 < max(scales) < 1.28
    smallest = outcomes[int(np.argmin(scales))].source
    assert np.ptp(smallest[:, :3, 0].astype(int)) <= 2  # nothing but the leftmost column, which is black in red
    assert smallest[16, 0, 0] <= 2
    assert smallest[16, -1, 0] >= 246


def test_uneven_light_changes_smoothly_and_keeps_the_colours() -> None:
    grey = np.full((64, 64, 3), (120, 80, 40), np.uint8)
    kinds = [degrade(grey, np.random.default_rng(seed)).astype(float) for seed in range(40)]
    lit = [each for each in kinds if np.ptp(each[..., 0]) > 25 and np.abs(np.diff(each[..., 0], axis=1)).max() < 15]
    assert 5 < len(lit) < 15, "a quarter of all"
    for each in lit:
        share = each / each.sum(-1, keepdims=True)
        assert np.abs(share[each.max(-1) < 255] - np.array([0.5, 1 / 3, 1 / 6])).max() < 0.02


def test_degraded_pictures_are_worse_but_alike(image: Image) -> None:
    large = np.repeat(np.repeat(image, 4, 0), 4, 1)  # blur is measured in shares of the side
    errors = [
        float(np.abs(degrade(large, np.random.default_rng(seed)).astype(int) - large).mean()) for seed in range(30)
    ]
    assert all(0 < error < 40 for error in errors)
    assert max(errors) > 3


def test_synthetic_motion_moves_by_its_own_chance(image: Image) -> None:
    first, again, other = (move(image, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == image.shape
    assert np.array_equal(first, again)
    assert np.abs(first.astype(int) - image).mean() > 3
    assert np.abs(first.astype(int) - other).mean() > 3

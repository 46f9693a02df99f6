"""L1 and PSNR agree with what others compute."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from avatarify.evaluate.pixels import flicker, l1, mean_square, psnr, ssim
from avatarify.frame import Image

Pair = tuple[Image, Image]


@pytest.fixture(params=["noise", "blur", "shift"])
def pair(request: pytest.FixtureRequest, astronaut: Image) -> Pair:
    """A picture and a spoiled copy."""
    if request.param == "noise":
        noise = np.random.default_rng(5).normal(0, 12, astronaut.shape)
        return (astronaut + noise).clip(0, 255).astype(np.uint8), astronaut
    if request.param == "blur":
        return np.asarray(cv2.GaussianBlur(astronaut, (0, 0), 2), np.uint8), astronaut
    return np.roll(astronaut, 3, axis=1), astronaut


def test_l1_is_the_mean_difference(pair: Pair) -> None:
    output, target = pair
    total = sum(abs(int(a) - int(b)) for a, b in zip(output.reshape(-1), target.reshape(-1), strict=True))
    assert l1(output, target) == pytest.approx(total / 255 / output.size, abs=1e-12)
    assert l1(output, target) > 0.005
    assert l1(target, target) == 0


def test_psnr_is_scikit_images(pair: Pair) -> None:
    assert psnr(mean_square(*pair)) == pytest.approx(peak_signal_noise_ratio(pair[1], pair[0]), abs=1e-9)


def test_equal_pictures_have_infinite_psnr(astronaut: Image) -> None:
    assert psnr(mean_square(astronaut, astronaut)) == math.inf


def test_ssim_is_scikit_images(pair: Pair) -> None:
    expected = structural_similarity(
        *pair, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    assert ssim(*pair) == pytest.approx(expected, abs=1e-6)
    assert ssim(pair[1], pair[1]) == pytest.approx(1)


def test_ssim_needs_room_for_its_window() -> None:
    with pytest.raises(ValueError, match="10 x 20"):
        ssim(np.zeros((20, 10, 3), np.uint8), np.zeros((20, 10, 3), np.uint8))


def test_flicker_counts_only_what_the_target_does_not_do() -> None:
    dark, light = np.full((8, 8, 3), 100, np.uint8), np.full((8, 8, 3), 151, np.uint8)
    assert flicker(dark, light, dark, dark) == pytest.approx(51 / 255)
    assert flicker(dark, light, light, dark) == 0, "the target changes as much"
    assert flicker(dark, dark, dark, light) == 0, "a still picture does not flicker"

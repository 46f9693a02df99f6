"""The naive yardstick: near the keypoints the picture goes with them."""

from __future__ import annotations

import numpy as np
import torch

from avatarify.evaluate.baseline import affine_warp
from avatarify.frame import Image
from avatarify.model.motion import Keypoints


def keypoints(shift: tuple[float, float] = (0.0, 0.0)) -> Keypoints:
    value = torch.linspace(-0.7, 0.7, 20).reshape(1, 10, 2).flip(2) + torch.tensor(shift)
    return Keypoints(value, torch.eye(2).expand(1, 10, 2, 2).clone())


def test_without_motion_the_portrait_stays(astronaut: Image) -> None:
    warped = affine_warp(astronaut, keypoints(), keypoints())
    assert np.abs(warped.astype(int) - astronaut).max() <= 1


def test_near_the_keypoints_the_picture_goes_with_them(astronaut: Image) -> None:
    pixels = 12
    right = 2 * pixels / (astronaut.shape[1] - 1)
    warped = affine_warp(astronaut, keypoints(), keypoints((right, 0.0)))
    middle = slice(90, 150)
    moved = np.roll(astronaut, pixels, axis=1)[middle, middle].astype(int)
    still = astronaut[middle, middle].astype(int)
    here = warped[middle, middle].astype(int)
    assert np.abs(here - moved).mean() < 0.6 * np.abs(here - still).mean()
    corner = np.abs(warped[:20, -20:].astype(int) - astronaut[:20, -20:]).mean()
    assert corner < np.abs(here - still).mean(), "far from them it stays"


def test_a_portrait_that_may_not_be_written_to(astronaut: Image) -> None:
    frozen = astronaut.copy()
    frozen.flags.writeable = False
    assert affine_warp(frozen, keypoints(), keypoints()).shape == astronaut.shape

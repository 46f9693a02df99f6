"""Scaling and blurring as a matrix gives the same."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from avatarify.errors import CheckpointError
from avatarify.model.blocks import AntiAliasDownsample
from avatarify.model.network import fit
from avatarify.runtime.rewrites.resampling import Shrink, bilinear_matrix, blur_matrix, fit_matrix


def noise(side: int) -> torch.Tensor:
    return torch.randint(0, 256, (side, side, 3), generator=torch.Generator().manual_seed(side)).to(torch.uint8)


@pytest.mark.parametrize("size", [32, 48, 64, 100, 256])
@pytest.mark.parametrize("scale", [1.0, 0.5, 0.25])
def test_fitting_and_blurring_is_one_matrix_along_each_axis(size: int, scale: float) -> None:
    down: nn.Module = AntiAliasDownsample(3, scale) if scale != 1 else nn.Identity()
    picture = noise(size)
    shrink = Shrink(blur_matrix(down, 64) @ fit_matrix(size, 64))
    expected = down(fit(picture.permute(2, 0, 1)[None] / 255, 64))
    torch.testing.assert_close(shrink(picture), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("size", "side"), [(16, 64), (64, 16), (10, 33)])
def test_bilinear_scaling_is_a_matrix(size: int, side: int) -> None:
    matrix = bilinear_matrix(size, side)
    x = torch.randn(1, 2, size, size, dtype=torch.float64)
    expected = nn.functional.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)
    torch.testing.assert_close(matrix @ x @ matrix.T, expected)


def test_a_blur_that_is_no_product_is_refused() -> None:
    down = AntiAliasDownsample(3, 0.25)
    down.weight[:, :, 0, 0] += 0.1
    with pytest.raises(CheckpointError, match="not the same along both axes"):
        blur_matrix(down, 64)
    down = AntiAliasDownsample(3, 0.25)
    down.weight[1] *= 2
    with pytest.raises(CheckpointError, match="colours differently"):
        blur_matrix(down, 64)

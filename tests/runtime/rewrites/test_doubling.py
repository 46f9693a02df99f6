"""Doubling and convolving in one step gives the same."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from avatarify.runtime.rewrites.doubling import FourAtOnce, doubling


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("sides", [(1, 1), (2, 3), (8, 8)])
def test_doubling_and_convolving_is_one_transposed_convolution(sides: tuple[int, int], bias: bool) -> None:
    torch.manual_seed(0)
    conv = nn.Conv2d(5, 4, 3, padding=1, bias=bias)
    x = torch.randn(2, 5, *sides)
    expected = conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))
    torch.testing.assert_close(doubling(conv)(x), expected, rtol=0, atol=1e-5)


def test_only_the_networks_own_convolutions_are_doubled() -> None:
    with pytest.raises(AssertionError):
        doubling(nn.Conv2d(3, 3, 5, padding=2))


@pytest.mark.parametrize(("out_channels", "kernel"), [(3, 7), (4, 7), (1, 3)])
def test_four_pixels_at_once(out_channels: int, kernel: int) -> None:
    torch.manual_seed(0)
    conv = nn.Conv2d(6, out_channels, kernel, padding=kernel // 2)
    x = torch.randn(1, 6, 12, 8)
    torch.testing.assert_close(FourAtOnce(conv)(x), conv(x), rtol=0, atol=1e-5)

"""Blocks in fewer operations give the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from avatarify.model.blocks import DownBlock, Hourglass, ResBlock, SameBlock, UpBlock
from avatarify.model.config import HourglassConfig
from avatarify.runtime.rewrites.blocks import FastDown, FastHourglass, FastRes, FastSame, FastUp
from tests.fakes.models import lively


@pytest.mark.parametrize(
    ("plain", "fast"),
    [
        (SameBlock(6, 8, 7), FastSame),
        (DownBlock(6, 8), FastDown),
        (UpBlock(6, 8), FastUp),
        (ResBlock(6), FastRes),
    ],
    ids=["same", "down", "up", "res"],
)
def test_blocks_without_norms_do_the_same(plain: nn.Module, fast: Callable[[nn.Module], nn.Module]) -> None:
    plain = lively(plain)
    x = torch.randn(1, 6, 8, 8, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(fast(plain)(x), plain(x), rtol=1e-5, atol=1e-5)


def test_an_hourglass_takes_its_channels_in_another_order_and_without_an_empty_one() -> None:
    plain = lively(Hourglass(HourglassConfig(block_expansion=4, max_features=16, num_blocks=2), 5))
    order = torch.tensor([3, 1, 4, 2])  # channel 0 is always zero
    x = torch.randn(1, 5, 16, 16, generator=torch.Generator().manual_seed(1))
    x[:, 0] = 0
    expected = plain(x)
    found = FastHourglass(plain, order)(x[:, order])
    width = expected.shape[1] - 5
    torch.testing.assert_close(found[:, :width], expected[:, :width], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(found[:, width:], x[:, order])

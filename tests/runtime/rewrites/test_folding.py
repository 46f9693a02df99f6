"""Norms folded into convolutions give the same."""

from __future__ import annotations

import torch
from torch import nn

from avatarify.runtime.rewrites.folding import affine_of, folded, joined
from tests.fakes.models import lively


def test_a_norm_is_a_factor_and_a_shift() -> None:
    norm = lively(nn.BatchNorm2d(5))
    x = torch.randn(2, 5, 3, 3)
    scale, shift = affine_of(norm)
    expected = x.double() * scale[:, None, None] + shift[:, None, None]
    torch.testing.assert_close(norm(x), expected.float(), rtol=0, atol=1e-6)


def test_a_norm_behind_a_convolution_vanishes_in_it() -> None:
    torch.manual_seed(0)
    for bias in (True, False):
        conv, norm = nn.Conv2d(4, 5, 3, padding=1, bias=bias), lively(nn.BatchNorm2d(5))
        x = torch.randn(1, 4, 7, 6)
        torch.testing.assert_close(folded(conv, norm)(x), norm(conv(x)), rtol=0, atol=1e-5)
        assert not folded(conv, norm).weight.requires_grad


def test_two_heads_are_one_convolution() -> None:
    torch.manual_seed(0)
    first, second = nn.Conv2d(4, 3, 7), nn.Conv2d(4, 2, 7, bias=False)
    x = torch.randn(1, 4, 9, 9)
    torch.testing.assert_close(joined(first, second)(x), torch.cat([first(x), second(x)], 1), rtol=0, atol=1e-6)
    torch.testing.assert_close(joined(first)(x), first(x), rtol=0, atol=1e-6)

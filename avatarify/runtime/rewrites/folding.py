"""Batch norms vanish into the convolutions before them; in evaluation mode they are one factor and one shift a channel."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Affine(NamedTuple):
    """What a batch norm does to each channel: x * scale + shift, both [C] in float64."""

    scale: Tensor
    shift: Tensor


def affine_of(norm: nn.BatchNorm2d) -> Affine:
    """The factor and shift of a batch norm in evaluation mode."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
    return Affine(scale, norm.bias.double() - norm.running_mean.double() * scale)


def folded(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    """One convolution that does what `conv` and the `norm` after it do."""
    scale, shift = affine_of(norm)
    weight = conv.weight.double() * scale[:, None, None, None]
    bias = (conv.bias.double() if conv.bias is not None else 0) * scale + shift
    return convolution(weight, bias, padding=_side(conv.padding))


def joined(first: nn.Conv2d, *others: nn.Conv2d) -> nn.Conv2d:
    """Convolutions of one input as a single one, their outputs one after the other. All have the first one's kernel and padding."""
    convs = (first, *others)
    biases = [conv.bias if conv.bias is not None else torch.zeros(conv.out_channels) for conv in convs]
    return convolution(torch.cat([conv.weight for conv in convs]), torch.cat(biases), padding=_side(first.padding))


def convolution(weight: Tensor, bias: Tensor, *, padding: int, stride: int = 1) -> nn.Conv2d:
    """A float32 convolution with these values; weight [out,in,k,k], bias [out]."""
    out_channels, in_channels, side = weight.shape[:3]
    conv = nn.Conv2d(in_channels, out_channels, side, stride=stride, padding=padding)
    with torch.no_grad():
        conv.weight.copy_(weight)
        conv.bias.copy_(bias)  # type: ignore[union-attr]
    return conv.requires_grad_(False)


def _side(padding: object) -> int:
    assert isinstance(padding, tuple), "the networks pad by numbers"
    assert padding[0] == padding[1]
    return int(padding[0])

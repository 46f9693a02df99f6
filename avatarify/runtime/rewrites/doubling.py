"""Doubling the size at four ninths of the work, and an output layer as wide as the processor likes it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from avatarify.runtime.rewrites.folding import convolution


def doubling(conv: nn.Conv2d) -> nn.ConvTranspose2d:
    """Nearest-neighbour doubling followed by this 3x3 convolution, as one transposed convolution of 4x4, stride 2.

    Two of three taps fall on the same small pixel, so their weights add up: 16 products a pixel of four instead of 36.
    """
    assert conv.kernel_size == (3, 3)
    assert conv.padding == (1, 1)
    # An even pixel 2i sees its neighbour i-1 once and i twice, an odd one sees i twice and i+1 once.
    taps = torch.tensor([[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]], dtype=torch.float64)  # [4,3]
    weight = torch.einsum("ay,oiyx,bx->ioab", taps, conv.weight.double(), taps)
    transposed = nn.ConvTranspose2d(conv.in_channels, conv.out_channels, 4, stride=2, padding=1)
    with torch.no_grad():
        transposed.weight.copy_(weight)
        if conv.bias is None:
            transposed.bias.zero_()  # type: ignore[union-attr]
        else:
            transposed.bias.copy_(conv.bias)  # type: ignore[union-attr]
    return transposed.requires_grad_(False)


class FourAtOnce(nn.Module):
    """A convolution to few channels that computes each 2x2 block of its output as channels of one 8x8 kernel, stride 2.

    Takes 64 products where 49 would do, but fills a processor's vectors, which three channels do not.
    """

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__()
        side = conv.kernel_size[0]
        assert side % 2 == 1
        assert conv.padding == (side // 2, side // 2)
        weight = torch.zeros(conv.out_channels, 2, 2, conv.in_channels, side + 1, side + 1, dtype=torch.float64)
        for down in range(2):
            for right in range(2):
                weight[:, down, right, :, down : down + side, right : right + side] = conv.weight.double()
        bias = conv.bias if conv.bias is not None else torch.zeros(conv.out_channels)
        self.conv = convolution(weight.flatten(0, 2), bias.repeat_interleave(4), padding=side // 2, stride=2)
        self.shuffle = nn.PixelShuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        """[B,in,H,W] with even sides -> [B,out,H,W]."""
        out: Tensor = self.shuffle(self.conv(x))
        return out

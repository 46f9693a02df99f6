"""The networks' blocks without batch norms."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.blocks import DownBlock, Hourglass, ResBlock, SameBlock, UpBlock
from avatarify.runtime.rewrites.doubling import doubling
from avatarify.runtime.rewrites.folding import affine_of, convolution, folded


class FastSame(nn.Module):
    """SameBlock: one convolution, ReLU."""

    def __init__(self, block: SameBlock) -> None:
        super().__init__()
        self.conv = folded(block.conv, block.norm)

    def forward(self, x: Tensor) -> Tensor:
        """[B,in,H,W] -> [B,out,H,W]."""
        return F.relu(self.conv(x))


class FastDown(nn.Module):
    """DownBlock: one convolution, ReLU, average pooling by 2."""

    def __init__(self, block: DownBlock) -> None:
        super().__init__()
        self.conv = folded(block.conv, block.norm)

    def forward(self, x: Tensor) -> Tensor:
        """[B,in,H,W] -> [B,out,H/2,W/2]."""
        return F.avg_pool2d(F.relu(self.conv(x)), 2)


class FastUp(nn.Module):
    """UpBlock: one transposed convolution, ReLU."""

    def __init__(self, block: UpBlock) -> None:
        super().__init__()
        self.conv = doubling(folded(block.conv, block.norm))

    def forward(self, x: Tensor) -> Tensor:
        """[B,in,H,W] -> [B,out,2H,2W]."""
        return F.relu(self.conv(x))


class FastRes(nn.Module):
    """ResBlock: its second norm is in the first convolution; the first norm comes before a ReLU and stays, as factor and shift."""

    scale: Tensor
    shift: Tensor

    def __init__(self, block: ResBlock) -> None:
        super().__init__()
        scale, shift = affine_of(block.norm1)
        self.register_buffer("scale", scale.float()[None, :, None, None])
        self.register_buffer("shift", shift.float()[None, :, None, None])
        self.conv1 = folded(block.conv1, block.norm2)
        self.conv2 = block.conv2

    def forward(self, x: Tensor) -> Tensor:
        """[B,C,H,W] -> [B,C,H,W]."""
        out: Tensor = self.conv1(F.relu(x * self.scale + self.shift))
        out = self.conv2(F.relu(out))
        return x + out


class FastHourglass(nn.Module):
    """Hourglass. order: where each channel of its input lay in the original's [B,in,H,W]; channels left out were always zero."""

    def __init__(self, hourglass: Hourglass, order: Tensor) -> None:
        super().__init__()
        self.down_blocks = nn.ModuleList(FastDown(block) for block in hourglass.encoder.down_blocks)  # type: ignore[arg-type]
        self.up_blocks = nn.ModuleList(FastUp(block) for block in hourglass.decoder.up_blocks)  # type: ignore[arg-type]
        first = self.down_blocks[0]
        assert isinstance(first, FastDown)
        first.conv = reordered(first.conv, order)

    def forward(self, x: Tensor) -> Tensor:
        """[B,in,H,W] -> [B, width(0) + in, H, W]."""
        maps = [x]
        for block in self.down_blocks:
            maps.append(block(maps[-1]))
        out = maps.pop()
        for block in self.up_blocks:
            out = torch.cat([block(out), maps.pop()], 1)
        return out


def reordered(conv: nn.Conv2d, order: Tensor) -> nn.Conv2d:
    """The same convolution of an input whose channel i is the old one's channel order[i]."""
    assert conv.bias is not None
    padding = conv.padding[0]
    assert isinstance(padding, int)
    return convolution(conv.weight[:, order], conv.bias, padding=padding)

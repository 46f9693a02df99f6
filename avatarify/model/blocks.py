"""The layers that the networks are made of. Attribute names are the original's: they are the names in public weights."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.config import HourglassConfig


class SameBlock(nn.Module):
    """Convolution, batch norm, ReLU; the size stays."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size, padding=kernel_size // 2)
        self.norm = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B,in,H,W] -> [B,out,H,W]."""
        return F.relu(self.norm(self.conv(x)))


class DownBlock(nn.Module):
    """3x3 convolution, batch norm, ReLU, average pooling by 2."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B,in,H,W] -> [B,out,H/2,W/2]."""
        out = F.relu(self.norm(self.conv(x)))
        return F.avg_pool2d(out, 2)


class UpBlock(nn.Module):
    """Nearest-neighbour doubling, 3x3 convolution, batch norm, ReLU."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B,in,H,W] -> [B,out,2H,2W]."""
        return F.relu(self.norm(self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))))


class ResBlock(nn.Module):
    """Pre-activation residual block of two 3x3 convolutions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(channels)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B,C,H,W] -> [B,C,H,W]."""
        out: Tensor = self.conv1(F.relu(self.norm1(x)))
        out = self.conv2(F.relu(self.norm2(out)))
        return x + out


class Encoder(nn.Module):
    """The hourglass's way down; keeps what it passes."""

    def __init__(self, config: HourglassConfig, in_channels: int) -> None:
        super().__init__()
        widths = [in_channels, *(config.width(depth + 1) for depth in range(config.num_blocks))]
        self.down_blocks = nn.ModuleList(DownBlock(*pair) for pair in pairwise(widths))

    def forward(self, x: Tensor) -> list[Tensor]:
        """[B,in,H,W] -> the input and every halved map, finest first."""
        maps = [x]
        for block in self.down_blocks:
            maps.append(block(maps[-1]))
        return maps


class Decoder(nn.Module):
    """The hourglass's way up; every step is joined by the encoder's map of that size."""

    def __init__(self, config: HourglassConfig) -> None:
        super().__init__()
        blocks = []
        for depth in reversed(range(config.num_blocks)):
            joined = 1 if depth == config.num_blocks - 1 else 2
            blocks.append(UpBlock(joined * config.width(depth + 1), config.width(depth)))
        self.up_blocks = nn.ModuleList(blocks)

    def forward(self, maps: list[Tensor]) -> Tensor:
        """The encoder's maps -> [B, width(0) + in, H, W]."""
        *maps, out = maps
        for block in self.up_blocks:
            *maps, skip = maps
            out = torch.cat([block(out), skip], 1)
        return out


class Hourglass(nn.Module):
    """U-Net without convolutions at full size."""

    def __init__(self, config: HourglassConfig, in_channels: int) -> None:
        super().__init__()
        self.encoder = Encoder(config, in_channels)
        self.decoder = Decoder(config)

    def forward(self, x: Tensor) -> Tensor:
        """[B,in,H,W] -> [B, width(0) + in, H, W]; H and W divisible by 2**num_blocks."""
        out: Tensor = self.decoder(self.encoder(x))
        return out


class AntiAliasDownsample(nn.Module):
    """Gaussian blur, then every n-th pixel. sigma = (n - 1) / 2; borders see zeros, as the original's do."""

    weight: Tensor

    def __init__(self, channels: int, scale_factor: float) -> None:
        super().__init__()
        self.step = round(1 / scale_factor)
        size = self.kernel_size(scale_factor)
        # On the CPU whatever device is being built for: arithmetic on "meta", where shapes are checked, costs a second of imports.
        distance = torch.arange(size, dtype=torch.float32, device="cpu") - (size - 1) / 2
        line = torch.exp(-(distance**2) / (2 * ((self.step - 1) / 2) ** 2))
        kernel = torch.outer(line, line)
        self.register_buffer("weight", (kernel / kernel.sum()).repeat(channels, 1, 1, 1))  # [C,1,k,k]

    @staticmethod
    def kernel_size(scale_factor: float) -> int:
        """Side of the blur kernel: four sigma to each side, odd."""
        return 2 * round(4 * (1 / scale_factor - 1) / 2) + 1

    def forward(self, x: Tensor) -> Tensor:
        """[B,C,H,W] -> [B,C,H/n,W/n]."""
        return F.conv2d(x, self.weight, stride=self.step, padding=self.weight.shape[-1] // 2, groups=x.shape[1])


def downsample(channels: int, scale_factor: float) -> nn.Module:
    """The blur-and-subsample of `scale_factor`, or nothing for 1 (then there are no weights either)."""
    return nn.Identity() if scale_factor == 1 else AntiAliasDownsample(channels, scale_factor)

"""dlib's face ResNet in PyTorch: a face becomes 128 numbers that lie near each other for pictures of one person."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.evaluate.weights import IDENTITY, fill

SIDE = 150
"""Of the aligned face, in pixels."""

SAME_PERSON = 0.6
"""dlib's limit: embeddings nearer than this are taken for one person."""

_MEAN = (122.782, 117.001, 104.298)
_STAGES = (("conv32", 32, 3), ("conv64", 64, 3), ("conv128", 128, 2), ("conv256", 256, 2))  # name, channels, blocks


class IdentityFeatures(NamedTuple):
    """embedding: [B,128]; Euclidean distance tells people apart (SAME_PERSON). stages: four feature maps, fine to coarse."""

    embedding: Tensor
    stages: tuple[Tensor, ...]


class IdentityNet(nn.Module):
    """29 layers; some 30 ms a face on one core. `forward`: [B,3,150,150] RGB, 0..255, aligned as in `aligned_face`."""

    def __init__(self) -> None:
        super().__init__()
        self.conv32_down = _ScaledConv(3, 32, 7, stride=2, padding=0)
        before = 32
        for name, channels, blocks in _STAGES:
            if channels != before:
                self.add_module(f"{name}_down", _Block(before, channels, halve=True))
            for number in range(1, blocks + 1):
                self.add_module(f"{name}_{number}", _Block(channels, channels, halve=False))
            before = channels
        self.conv256_down_out = _Block(256, 256, halve=True)
        self.fc = nn.Linear(256, 128, bias=False)

    @classmethod
    def load(cls) -> IdentityNet:
        """With the shipped weights. Raises CheckpointError."""
        net = cls()
        fill(net, IDENTITY)
        return net

    def forward(self, faces: Tensor) -> IdentityFeatures:
        x = (faces - torch.tensor(_MEAN, device=faces.device, dtype=faces.dtype).view(1, 3, 1, 1)) / 256
        x = F.max_pool2d(F.relu(self.conv32_down(x)), 3, 2)  # [B,32,35,35]
        stages = []
        for name, _, blocks in _STAGES:
            if name != "conv32":
                x = self.get_submodule(f"{name}_down")(x)
            for number in range(1, blocks + 1):
                x = self.get_submodule(f"{name}_{number}")(x)
            stages.append(x)
        x = self.conv256_down_out(x)
        return IdentityFeatures(self.fc(x.mean((2, 3))), tuple(stages))


class _ScaledConv(nn.Module):
    """A convolution, and a scale and shift for each channel (a batch norm that has been frozen)."""

    def __init__(self, channels: int, out: int, kernel: int = 3, *, stride: int = 1, padding: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out, channels, kernel, kernel))
        self.bias, self.scale, self.shift = (nn.Parameter(torch.zeros(out)) for _ in range(3))
        self._stride, self._padding = stride, padding

    def forward(self, x: Tensor) -> Tensor:
        x = F.conv2d(x, self.weight, self.bias, self._stride, self._padding)
        return x * self.scale.view(1, -1, 1, 1) + self.shift.view(1, -1, 1, 1)


class _Block(nn.Module):
    """Two convolutions beside a shortcut. One that halves averages its shortcut, whose new row, column and channels are zeros."""

    def __init__(self, channels: int, out: int, *, halve: bool) -> None:
        super().__init__()
        self.conv1 = _ScaledConv(channels, out, stride=2 if halve else 1, padding=0 if halve else 1)
        self.conv2 = _ScaledConv(out, out)
        self._halve = halve

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv2(F.relu(self.conv1(x)))
        if self._halve:
            x = F.avg_pool2d(x, 2, 2)
            height, width = (max(a, b) for a, b in zip(x.shape[2:], out.shape[2:], strict=True))
            x, out = _grown(x, height, width), _grown(out, height, width)
            x = F.pad(x, (0, 0, 0, 0, 0, out.shape[1] - x.shape[1]))
        return F.relu(x + out)


def _grown(x: Tensor, height: int, width: int) -> Tensor:
    """[B,C,h,w] with zeros added right and below."""
    return F.pad(x, (0, width - x.shape[3], 0, height - x.shape[2]))

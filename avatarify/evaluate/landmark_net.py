"""A small network for the 68 classic face points. It has no part in the app, so the app's own tracking does not grade itself."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.evaluate.weights import LANDMARKS, fill

SIDE = 112
"""Of the crop, in pixels."""

MARGIN = 1.15
"""The crop's side over the longer side of the points' box."""

_MEAN = (122.782, 117.001, 104.298)
_WIDTHS = (32, 64, 128, 256)


class LandmarkNet(nn.Module):
    """Four dense blocks of separable convolutions; some 8 ms a face on one core.

    `forward`: [B,3,112,112] RGB, 0..255, of the face upright -> [B,68,2] xy in [0,1] of the crop: jaw 0-16, brows 17-26,
    nose 27-35, eyes 36-47, mouth 48-67.
    """

    def __init__(self) -> None:
        super().__init__()
        before = 3
        for index, width in enumerate(_WIDTHS):
            self.add_module(f"dense{index}", _DenseBlock(before, width, plain=index == 0))
            before = width
        self.fc = nn.Linear(256, 136)

    @classmethod
    def load(cls) -> LandmarkNet:
        """With the shipped weights. Raises CheckpointError."""
        net = cls()
        fill(net, LANDMARKS)
        return net

    def forward(self, faces: Tensor) -> Tensor:
        x = (faces - torch.tensor(_MEAN, device=faces.device, dtype=faces.dtype).view(1, 3, 1, 1)) / 255
        for index in range(len(_WIDTHS)):
            x = self.get_submodule(f"dense{index}")(x)
        points: Tensor = self.fc(F.avg_pool2d(x, 7, 2).flatten(1))
        return points.view(-1, 68, 2)


class _DenseBlock(nn.Module):
    """Halves the side; each of four convolutions adds to the sum of those before."""

    def __init__(self, channels: int, out: int, *, plain: bool) -> None:
        super().__init__()
        self.conv0: nn.Module = _Plain(channels, out) if plain else _Separable(channels, out, stride=2)
        self.conv1, self.conv2, self.conv3 = (_Separable(out, out) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        total: Tensor = F.relu(self.conv0(x))
        part = self.conv1(total)
        total = total + part
        part = self.conv2(F.relu(total))
        total = total + part
        part = self.conv3(F.relu(total))
        return F.relu(total + part)


class _Plain(nn.Module):
    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out, channels, 3, 3))
        self.bias = nn.Parameter(torch.zeros(out))

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(_padded(x, 2), self.weight, self.bias, 2)


class _Separable(nn.Module):
    """Depthwise 3x3, then pointwise."""

    def __init__(self, channels: int, out: int, *, stride: int = 1) -> None:
        super().__init__()
        self.depthwise = nn.Parameter(torch.zeros(channels, 1, 3, 3))
        self.pointwise = nn.Parameter(torch.zeros(out, channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(out))
        self._stride = stride

    def forward(self, x: Tensor) -> Tensor:
        x = F.conv2d(_padded(x, self._stride), self.depthwise, None, self._stride, groups=x.shape[1])
        return F.conv2d(x, self.pointwise, self.bias)


def _padded(x: Tensor, stride: int) -> Tensor:
    """TensorFlow's "same" for a 3x3 kernel: at stride 2 an even side is padded only at its end."""
    return F.pad(x, (0, 1, 0, 1) if stride == 2 else (1, 1, 1, 1))

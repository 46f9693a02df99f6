"""MobileNetV2 (arXiv 1801.04381) up to the layers that a perceptual loss looks at."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from avatarify.perceptual.imagenet import normalised

# expansion, channels, count, stride of each group of blocks
_GROUPS = (
    *((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2)),
    *((6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)),
)
_TAPS = (1, 3, 6, 10, 13)  # blocks whose output is compared; their sides are 1/2, 1/4, 1/8, 1/16, 1/16 of the picture's


class _Convolution(nn.Sequential):
    def __init__(self, channels: int, out: int, kernel: int = 3, stride: int = 1, groups: int = 1) -> None:
        convolution = nn.Conv2d(channels, out, kernel, stride, kernel // 2, groups=groups, bias=False)
        super().__init__(convolution, nn.BatchNorm2d(out), nn.ReLU6())


class _InvertedResidual(nn.Module):
    def __init__(self, channels: int, out: int, stride: int, expansion: int) -> None:
        super().__init__()
        hidden = channels * expansion
        widen = [_Convolution(channels, hidden, 1)] if expansion != 1 else []
        narrow = [nn.Conv2d(hidden, out, 1, bias=False), nn.BatchNorm2d(out)]
        self.conv = nn.Sequential(*widen, _Convolution(hidden, hidden, 3, stride, hidden), *narrow)
        self.adds = stride == 1 and channels == out

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv(x)
        return x + out if self.adds else out


class MobileNetV2(nn.Module):
    """The blocks up to the last tap."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [_Convolution(3, 32, stride=2)]
        channels = 32
        for expansion, out, count, stride in _GROUPS:
            for index in range(count):
                layers.append(_InvertedResidual(channels, out, stride if index == 0 else 1, expansion))
                channels = out
        self.layers = nn.Sequential(*layers[: max(_TAPS) + 1])

    def fold(self) -> None:
        """Merge every batch norm into the convolution before it, in place: the same features for a fifth less time."""
        for part in [module for module in self.modules() if isinstance(module, nn.Sequential)]:
            for index in range(len(part) - 1):
                convolution, norm = part[index], part[index + 1]
                if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                    part[index], part[index + 1] = fuse_conv_bn_eval(convolution, norm), nn.Identity()

    def features(self, images: Tensor) -> list[Tensor]:
        """[B,3,H,W] RGB in [0,1], at least 16 pixels a side -> 5 maps of 16, 24, 32, 64 and 96 channels."""
        x, found = normalised(images), []
        for index, layer in enumerate(self.layers):
            x = layer(x)
            if index in _TAPS:
                found.append(x)
        return found

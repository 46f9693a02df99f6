"""VGG-19 (arXiv 1409.1556) up to relu5_1: the paper's perceptual backbone."""

from __future__ import annotations

from torch import Tensor, nn

from avatarify.perceptual.imagenet import normalised

_WIDTHS = (64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512, 512, 512, 512, 0, 512)  # 0 is a pooling
_TAPS = (1, 6, 11, 20, 29)  # the ReLUs relu1_1 .. relu5_1


class Vgg19(nn.Module):
    """The convolutions that the taps need."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for width in _WIDTHS:
            if width == 0:
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
                channels = width
        self.layers = nn.Sequential(*layers)

    def features(self, images: Tensor) -> list[Tensor]:
        """[B,3,H,W] RGB in [0,1], at least 16 pixels a side -> 5 maps of 64, 128, 256, 512 and 512 channels."""
        x, found = normalised(images), []
        for index, layer in enumerate(self.layers):
            x = layer(x)
            if index in _TAPS:
                found.append(x)
        return found

"""Tells real pictures from generated ones, patch by patch, at several scales. Needed in training only."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.config import DiscriminatorConfig
from avatarify.model.motion import Keypoints, gaussians


class Judgement(NamedTuple):
    """features: the output of every block, for feature matching. prediction_map: [B,1,h,w], unbounded, 1 means real."""

    features: tuple[Tensor, ...]
    prediction_map: Tensor


class DiscriminatorBlock(nn.Module):
    """4x4 convolution without padding, instance norm, leaky ReLU, average pooling by 2."""

    def __init__(self, in_channels: int, out_channels: int, *, norm: bool, pool: bool, spectral_norm: bool) -> None:
        super().__init__()
        self.conv = _convolution(in_channels, out_channels, 4, spectral_norm)
        self.norm = nn.InstanceNorm2d(out_channels, affine=True) if norm else None
        self.pool = pool

    def forward(self, x: Tensor) -> Tensor:
        """[B,in,H,W] -> [B,out,h,w]."""
        out = self.conv(x)
        if self.norm is not None:
            out = self.norm(out)
        out = F.leaky_relu(out, 0.2)
        return F.avg_pool2d(out, 2) if self.pool else out


class Discriminator(nn.Module):
    """One scale."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.kp_variance = config.kp_variance if config.num_keypoints else None
        first = config.num_channels + config.num_keypoints
        widths = [min(config.max_features, config.block_expansion * 2**depth) for depth in range(config.num_blocks + 1)]
        last = config.num_blocks - 1
        self.down_blocks = nn.ModuleList(
            DiscriminatorBlock(
                first if index == 0 else widths[index],
                widths[index + 1],
                norm=index != 0,
                pool=index != last,
                spectral_norm=config.spectral_norm,
            )
            for index in range(config.num_blocks)
        )
        self.conv = _convolution(widths[-1], 1, 1, config.spectral_norm)

    def forward(self, image: Tensor, keypoints: Keypoints | None = None) -> Judgement:
        """image: [B,3,H,W] in [0,1]. keypoints: of that image, where the discriminator is conditioned on them."""
        out = image
        if self.kp_variance is not None:
            if keypoints is None:
                raise ValueError("this discriminator is conditioned on keypoints: pass those of the image")
            heat = gaussians(keypoints.value, image.shape[2], image.shape[3], self.kp_variance)
            out = torch.cat([image, heat.to(image.dtype)], 1)
        features = []
        for block in self.down_blocks:
            out = block(out)
            features.append(out)
        return Judgement(tuple(features), self.conv(out))


class MultiScaleDiscriminator(nn.Module):
    """One discriminator per scale of the image pyramid; weights are named by scale, as in the original."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.scales = config.scales
        self.discs = nn.ModuleDict({_scale_name(scale): Discriminator(config) for scale in config.scales})

    def forward(self, pyramid: dict[float, Tensor], keypoints: Keypoints | None = None) -> dict[float, Judgement]:
        """pyramid: the image at each scale, [B,3,H*scale,W*scale]."""
        return {scale: self.discs[_scale_name(scale)](pyramid[scale], keypoints) for scale in self.scales}


def _scale_name(scale: float) -> str:
    """A module name cannot hold a dot: 0.5 is '0-5', 1 is '1'."""
    return f"{scale:g}".replace(".", "-")


def _convolution(in_channels: int, out_channels: int, kernel_size: int, spectral_norm: bool) -> nn.Module:
    convolution = nn.Conv2d(in_channels, out_channels, kernel_size)
    return nn.utils.spectral_norm(convolution) if spectral_norm else convolution

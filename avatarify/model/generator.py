"""Paints the moved portrait: the source's features are warped, what was hidden is inpainted (paper, section 3.2).

A `blend` generator works on a small image and paints a picture and an alpha. Alpha says how far the warped portrait itself,
at its own full size, can be trusted: its real pixels give the detail, the painting fills what they cannot show.

A plain generator with `detail` enlarges its picture and adds what the warped portrait shows finer than the picture can, where nothing is
hidden and where both agree on what is coarse.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.blocks import DownBlock, ResBlock, SameBlock, UpBlock, downsample
from avatarify.model.config import ModelConfig
from avatarify.model.cues import CueLayers, motion_cues
from avatarify.model.dense_motion import DenseMotion, DenseMotionNetwork
from avatarify.model.motion import Keypoints, coordinate_grid, precise

AGREEMENT = 0.06  # mean difference of colour, in units of [0,1], at which detail is down to a third


class SourceFeatures(NamedTuple):
    """All that the generator needs of a source image, computed once.

    features: [B,C,f,f] after the down blocks. small: [B,3,h,w], the dense motion network's view.
    portrait: [B,3,N,N] in [0,1] at the size of the output; only a `blend` generator looks at it.
    """

    features: Tensor
    small: Tensor
    portrait: Tensor


class Prediction(NamedTuple):
    """image: [B,3,N,N] in [0,1]. For a `blend` or `detail` generator also its parts, else they equal `image` and ones:
    paint: [B,3,S,S] in [0,1]; alpha: [B,1,S,S] in [0,1], the share of the warped portrait or of its detail; warped: [B,3,N,N]."""

    image: Tensor
    motion: DenseMotion
    paint: Tensor
    alpha: Tensor
    warped: Tensor


class Generator(nn.Module):
    """Occlusion-aware generator. Names of parameters are the original's."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__()
        config = model.generator
        self.blend, self.detail = config.blend, config.detail
        self.portrait_padding = "border" if config.extend_border else "zeros"
        self.align_corners = model.align_corners
        self.flow_by_corners = model.flow_by_corners
        self.still_below = config.still_below
        self.dense_motion_network = DenseMotionNetwork(model)
        self.down = downsample(model.num_channels, config.scale_factor)
        self.first = SameBlock(model.num_channels, config.width(0), 7)
        widths = [config.width(depth) for depth in range(config.num_down_blocks + 1)]
        pairs = list(pairwise(widths))
        self.down_blocks = nn.ModuleList(DownBlock(*pair) for pair in pairs)
        self.bottleneck = nn.Sequential()
        for index in range(config.num_bottleneck_blocks):
            self.bottleneck.add_module(f"r{index}", ResBlock(widths[-1]))
        self.up_blocks = nn.ModuleList(UpBlock(wide, narrow) for narrow, wide in reversed(pairs))
        self.final = nn.Conv2d(widths[0], model.num_channels + config.blend, 7, padding=3)
        self.cues = CueLayers(model) if config.cue_width else None

    def encode(self, image: Tensor, portrait: Tensor) -> SourceFeatures:
        """image: [B,3,S,S] in [0,1], S the model's image size; portrait: the same picture [B,3,N,N] at the output's size."""
        features = self.first(self.down(image))
        for block in self.down_blocks:
            features = block(features)
        return SourceFeatures(features, self.dense_motion_network.down(image), portrait)

    def motion(self, source: SourceFeatures, source_keypoints: Keypoints, driving: Keypoints) -> DenseMotion:
        """The motion that takes the source's keypoints to the driving ones."""
        motion: DenseMotion = self.dense_motion_network(source.small, source_keypoints, driving)
        return motion

    def additions(self, source: SourceFeatures, motion: DenseMotion) -> list[Tensor]:
        """What the cues add to the decoder's maps, [B,C_i,s_i,s_i] for ModelConfig.cued_sides; nothing for a generator without."""
        if self.cues is None:
            return []
        side = source.small.shape[-1]
        field = _resize(motion.deformation.permute(0, 3, 1, 2), side, by_corners=self.flow_by_corners).permute(
            0, 2, 3, 1
        )
        moved_small = self._warp(source.small, field)
        added: list[Tensor] = self.cues(motion_cues(moved_small, field, motion.occlusion_map, motion.anchors))
        return added

    def decode(self, source: SourceFeatures, motion: DenseMotion) -> Tensor:
        """Warp, occlude, add what the cues say, inpaint -> [B,3 or 4,s,s] in (0,1) at the generator's own size."""
        moved = self._warp(source.features, motion.deformation)
        out = moved * _resize(motion.occlusion_map, moved.shape[-1]).to(moved.dtype)
        added = self.additions(source, motion)
        out = self.bottleneck(out + added[0] if added else out)
        for index, block in enumerate(self.up_blocks, start=1):
            out = block(out)
            out = out + added[index] if index < len(added) else out
        return torch.sigmoid(precise(self.final(out)))

    def compose(self, source: SourceFeatures, motion: DenseMotion, decoded: Tensor, size: int) -> Prediction:
        """Turn what `decode` gave into the picture. size: S, the model's image size."""
        if self.detail and not self.blend:
            return self.detailed(source, motion, _resize(decoded, size))
        if not self.blend:
            return Prediction(decoded, motion, decoded, torch.ones_like(decoded[:, :1]), decoded)
        painted = _resize(decoded, size)
        paint, alpha = painted[:, :3], painted[:, 3:]
        side = source.portrait.shape[-1]
        trust, deformation = _resize(alpha, side), motion.deformation
        if self.still_below:
            still = still_share(deformation, self.still_below, size)
            identity = coordinate_grid(deformation.shape[1], deformation.shape[2], deformation)
            deformation = identity + (deformation - identity) * (1 - still[..., None])
            trust = trust + (1 - trust) * _resize(still[:, None] * _resize(motion.occlusion_map, still.shape[-1]), side)
        warped = self._warp(source.portrait, deformation, self.portrait_padding)
        image = trust * warped + (1 - trust) * _resize(paint, side)
        return Prediction(image, motion, paint, alpha, warped)

    def detailed(self, source: SourceFeatures, motion: DenseMotion, paint: Tensor) -> Prediction:
        """paint + share * (warped - what of it survives the model's size), all at the portrait's size."""
        side, small = source.portrait.shape[-1], paint.shape[-1]
        warped = self._warp(source.portrait, motion.deformation, self.portrait_padding)
        if side <= small:
            return Prediction(_resize(paint, side), motion, paint, torch.zeros_like(paint[:, :1]), warped)
        coarse = F.interpolate(warped, size=(small, small), mode="area")
        share = agreement(paint, coarse) * _resize(motion.occlusion_map, small)
        fine = warped - _resize(coarse, side)
        image = (_resize(paint, side) + _resize(share, side) * fine).clamp(0, 1)
        return Prediction(image, motion, paint, share, warped)

    def _warp(self, x: Tensor, deformation: Tensor, padding_mode: str = "zeros") -> Tensor:
        """x: [B,C,H,W] -> the same, each pixel taken from where the deformation says. The field stays float32."""
        field = _resize(deformation.permute(0, 3, 1, 2), x.shape[-1], by_corners=self.flow_by_corners).permute(
            0, 2, 3, 1
        )
        return F.grid_sample(precise(x), field, padding_mode=padding_mode, align_corners=self.align_corners).to(x.dtype)


def agreement(paint: Tensor, coarse: Tensor) -> Tensor:
    """[B,3,S,S] twice, in [0,1] -> [B,1,S,S] in (0,1]: 1 where they are equal, next to nothing where they show different things."""
    apart: Tensor = (paint - coarse).abs().mean(1, keepdim=True)
    return torch.exp(-((apart / AGREEMENT) ** 2))


def still_share(deformation: Tensor, bound: float, size: int) -> Tensor:
    """[B,h,w,2] xy in [-1,1] -> [B,h,w]: 1 where it moves by less than `bound` pixels of a picture of `size`, 0 from twice that on."""
    away = deformation - coordinate_grid(deformation.shape[1], deformation.shape[2], deformation)
    share: Tensor = (2 - away.norm(dim=-1) * (size / 2 / bound)).clamp(0, 1)
    return share


def _resize(x: Tensor, side: int, *, by_corners: bool = False) -> Tensor:
    """Bilinear, by pixel centres (align_corners=False in every era of torch), or from corner pixel to corner pixel."""
    if x.shape[-1] == side:
        return x
    return F.interpolate(x, size=(side, side), mode="bilinear", align_corners=by_corners)

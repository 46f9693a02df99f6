"""Joins the keypoints' local motions into one dense field, and says what it cannot explain (paper, section 3.2)."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.anchors import anchored, anchors_of, finer
from avatarify.model.blocks import Hourglass, downsample
from avatarify.model.config import ModelConfig
from avatarify.model.motion import Keypoints, gaussians, precise, sparse_motions


class DenseMotion(NamedTuple):
    """deformation: [B,h,w,2], where each pixel comes from, in [-1,1]; [B,2h,2w,2] where anchors are lids. occlusion_map: [B,1,h,w],
    0 where the source shows nothing to take from. mask: [B,K+1,h,w], the share of background and of each keypoint's motion.
    anchors: [B,A,2] xy in [-1,1], where they are to be in the result."""

    deformation: Tensor
    occlusion_map: Tensor
    mask: Tensor
    anchors: Tensor


class DenseMotionNetwork(nn.Module):
    """An hourglass over K+1 sparsely moved copies of the source, each with its heat map difference (paper Eq. 6 to 8)."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__()
        config = model.dense_motion
        self.kp_variance = config.kp_variance
        self.align_corners = model.align_corners
        self.anchors, self.lids = config.anchors, config.lids
        self.down = downsample(model.num_channels, config.scale_factor)
        channels = (model.num_keypoints + 1) * (model.num_channels + 1)
        self.hourglass = Hourglass(config.hourglass, channels)
        features = config.hourglass.out_channels(channels)
        side, pad = config.head_kernel, config.head_kernel // 2
        self.mask = nn.Conv2d(features, model.num_keypoints + 1, side, padding=pad)
        self.occlusion = nn.Conv2d(features, 1, side, padding=pad) if config.estimate_occlusion_map else None

    def forward(self, small: Tensor, source: Keypoints, driving: Keypoints) -> DenseMotion:
        """small: [B,3,h,w], the source image after `down`. source, driving: its keypoints and those to move it to."""
        batch, channels, height, width = small.shape
        motions = sparse_motions(source, driving, height, width)  # [B,K+1,h,w,2]
        count = motions.shape[1]
        copies = precise(small)[:, None].expand(-1, count, -1, -1, -1).reshape(-1, channels, height, width)
        moved = F.grid_sample(copies, motions.flatten(0, 1), align_corners=self.align_corners)
        heat = gaussians(driving.value, height, width, self.kp_variance)
        heat = heat - gaussians(source.value, height, width, self.kp_variance)
        heat = F.pad(heat, (0, 0, 0, 0, 1, 0))  # the background's difference is 0
        stacked = torch.cat([heat[:, :, None], moved.view(batch, count, channels, height, width)], 2).flatten(1, 2)
        features = self.hourglass(stacked)
        mask = F.softmax(precise(self.mask(features)), dim=1)
        deformation = (mask[..., None] * motions).sum(1)
        anchors = anchors_of(source.value, driving.value, self.anchors)
        if self.anchors:
            if self.lids:
                deformation = finer(deformation)
            deformation = anchored(deformation, *anchors, lids=self.lids)
        return DenseMotion(deformation, self._occlusion_map(features), mask, anchors.driving)

    def _occlusion_map(self, features: Tensor) -> Tensor:
        if self.occlusion is None:
            return torch.ones_like(precise(features[:, :1]))
        return torch.sigmoid(precise(self.occlusion(features)))

"""The simplest use of keypoints: each carries its surroundings with its own affine motion. No dense motion network, no painting."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.frame import Image
from avatarify.model.motion import Keypoints, gaussians, sparse_motions

# Reach of a keypoint, and the still background's constant weight beside theirs. Of nine pairs the ones with the least L1 on
# ten clips that are not in any published table: a baseline that is made weak proves nothing.
_VARIANCE = 0.1
_BACKGROUND = 0.2
_GRID = 64


def affine_warp(portrait: Image, source: Keypoints, driving: Keypoints) -> Image:
    """The portrait, uint8 [N,N,3] RGB, with every pixel taken from the mean of where the keypoints' affine motions
    (paper Eq. 4) say it comes from, weighted by its nearness to each; beyond the edge the border is drawn out.
    """
    source, driving = _on_cpu(source), _on_cpu(driving)
    motions = sparse_motions(source, driving, _GRID, _GRID)  # [1,K+1,g,g,2]
    near = gaussians(driving.value, _GRID, _GRID, _VARIANCE)  # [1,K,g,g]
    weights = torch.cat([torch.full_like(near[:, :1], _BACKGROUND), near], 1)
    weights = weights / weights.sum(1, keepdim=True)
    field = (weights[..., None] * motions).sum(1).permute(0, 3, 1, 2)  # [1,2,g,g]
    side = portrait.shape[0]
    field = F.interpolate(field, size=(side, side), mode="bilinear", align_corners=True).permute(0, 2, 3, 1)
    pixels = torch.from_numpy(np.array(portrait)).permute(2, 0, 1)[None].float()
    warped = F.grid_sample(pixels, field, padding_mode="border", align_corners=True)[0]
    result: Image = warped.round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).contiguous().numpy()
    return result


def _on_cpu(keypoints: Keypoints) -> Keypoints:
    def moved(x: Tensor) -> Tensor:
        return x.detach().float().cpu()

    return Keypoints(moved(keypoints.value), moved(keypoints.jacobian))

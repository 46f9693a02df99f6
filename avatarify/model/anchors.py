"""Holds the dense deformation to the keypoints that it is made from.

A softmax over motions blurs what two keypoints do near each other: between lips that part, the deformation takes the mean of both. First
order motion says where each keypoint comes from (paper Eq. 4 at z = p_D), so there the deformation is put right, and softly around it.

A lid's edge is where one surface covers another: what is above goes with it, what is below is left as it was found. Put right on both
sides of it, the eye would come down with its lid, and never shut.
"""

from __future__ import annotations

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.model.motion import coordinate_grid, gaussians, precise

REACH: Final = 0.06
"""One sigma of what is put right around a keypoint, in [-1,1]: less than half of the way from the lips' middle to a corner of the mouth."""
EDGE: Final = 0.03
"""How far below a lid's edge the deformation is back to what it was, in [-1,1]; a pixel of a 64 x 64 deformation."""
_ROUNDS = 6
"""After them a third of what is wrong is left where two keypoints are nearer than REACH, elsewhere next to nothing."""


def anchored(deformation: Tensor, source: Tensor, driving: Tensor, *, lids: int = 0) -> Tensor:
    """T'(z) = T(z) + sum_a g_a(z) c_a with T'(d_a) = s_a, g_a a Gaussian around d_a. Anchors that are very near each other share
    what is wrong, and what is wrong with their difference stays in part: a deformation does not fold.

    deformation: T, [B,h,w,2]. source, driving: s and d, [B,A,2]; all xy in [-1,1]. Sums are written out, as in motion.py.
    lids: the upper lids are the anchors A - lids (of the eye on the left of the picture) and A - lids + 1; 0: there are none. Below a
    lid its g_a falls to 0 on the way of EDGE; "below" is at right angles to the line from the one lid to the other.
    """
    height, width = deformation.shape[1:3]
    source, driving = precise(source), precise(driving)
    field = deformation.permute(0, 3, 1, 2)
    found = F.grid_sample(field, driving[:, None], padding_mode="border", align_corners=True)[:, :, 0].transpose(1, 2)
    apart = (driving[:, :, None] - driving[:, None]).square().sum(-1)  # [B,A,A]
    overlap = torch.exp(apart * (-0.5 / REACH**2))
    around = gaussians(driving, height, width, REACH**2)  # [B,A,h,w]
    if lids:
        down, steep = _below(driving, lids)
        depth = (driving * down).sum(-1)  # [B,A]
        overlap = overlap * (1 - ((depth[:, :, None] - depth[:, None]) * steep).clamp(0, 1))
        grid = coordinate_grid(height, width, driving)
        depths = (grid * down[:, :, None]).sum(-1)  # [B,h,w]
        around = around * (1 - ((depths[:, None] - depth[..., None, None]) * steep[:, None, None]).clamp(0, 1))
    share = 1 / overlap.sum(-1, keepdim=True)  # with it the rounds come to an end wherever the anchors are
    wrong = source - found
    change = share * wrong
    for _ in range(_ROUNDS - 1):
        change = change + share * (wrong - (overlap[..., None] * change[:, None]).sum(2))
    return deformation + (around[..., None] * change[:, :, None, None]).sum(1)


def _below(driving: Tensor, lids: int) -> tuple[Tensor, Tensor]:
    """Which way is down, [B,1,2] of length 1, and how fast each anchor ends that way, [A]: 1 / EDGE for lids, 0 for others."""
    first = driving.shape[1] - lids
    across = driving[:, first + 1 : first + 2] - driving[:, first : first + 1]
    across = across * torch.rsqrt(across.square().sum(-1, keepdim=True) + 1e-9)
    down = torch.stack([-across[..., 1], across[..., 0]], -1)
    return down, F.pad(driving.new_full((2,), 1 / EDGE), (first, lids - 2))

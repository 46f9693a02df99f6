"""Holds the dense deformation to the keypoints that it is made from.

A softmax over motions blurs what two keypoints do near each other: between lips that part, the deformation takes the mean of both. First
order motion says where each keypoint comes from (paper Eq. 4 at z = p_D), so there the deformation is put right, and softly around it.
"""

from __future__ import annotations

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.model.motion import gaussians, precise

REACH: Final = 0.06
"""One sigma of what is put right around a keypoint, in [-1,1]: less than half of the way from the lips' middle to a corner of the mouth."""
_ROUNDS = 6
"""After them a third of what is wrong is left where two keypoints are nearer than REACH, elsewhere next to nothing."""


def anchored(deformation: Tensor, source: Tensor, driving: Tensor) -> Tensor:
    """T'(z) = T(z) + sum_a g_a(z) c_a with T'(d_a) = s_a, g_a a Gaussian around d_a. Anchors that are very near each other share
    what is wrong, and what is wrong with their difference stays in part: a deformation does not fold.

    deformation: T, [B,h,w,2]. source, driving: s and d, [B,A,2]; all xy in [-1,1]. Sums are written out, as in motion.py.
    """
    height, width = deformation.shape[1:3]
    source, driving = precise(source), precise(driving)
    field = deformation.permute(0, 3, 1, 2)
    found = F.grid_sample(field, driving[:, None], padding_mode="border", align_corners=True)[:, :, 0].transpose(1, 2)
    apart = (driving[:, :, None] - driving[:, None]).square().sum(-1)  # [B,A,A]
    overlap = torch.exp(apart * (-0.5 / REACH**2))
    share = 1 / overlap.sum(-1, keepdim=True)  # with it the rounds come to an end wherever the anchors are
    wrong = source - found
    change = share * wrong
    for _ in range(_ROUNDS - 1):
        change = change + share * (wrong - (overlap[..., None] * change[:, None]).sum(2))
    around = gaussians(driving, height, width, REACH**2)  # [B,A,h,w]
    return deformation + (around[..., None] * change[:, :, None, None]).sum(1)

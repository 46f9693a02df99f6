"""Holds the dense deformation to the keypoints that it is made from.

A softmax over motions blurs what two keypoints do near each other: between lips that part, the deformation takes the mean of both. First
order motion says where each keypoint comes from (paper Eq. 4 at z = p_D), so there the deformation is put right, and softly around it.

A lid's edge is where one surface covers another: what is above goes with it, what is below is left as it was found. Put right on both
sides of it, the eye would come down with its lid, and never shut.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.model.motion import coordinate_grid, gaussians, precise

REACH: Final = 0.06
"""One sigma of what is put right around a keypoint, in [-1,1]: less than half of the way from the lips' middle to a corner of the mouth."""
LID_REACH: Final = 0.09
"""The same along a lid's edge, which comes down as a whole."""
EDGE: Final = 0.015
"""How far below a lid's edge the deformation is back to what it was, in [-1,1]: one place of 128 x 128."""
_ROUNDS = 6
"""After them a third of what is wrong is left where two keypoints are nearer than REACH, elsewhere next to nothing."""


class Anchors(NamedTuple):
    """Where they come from, and where they are to be: [B,A,2] xy in [-1,1]."""

    source: Tensor
    driving: Tensor


def anchors_of(source: Tensor, driving: Tensor, count: int) -> Anchors:
    """The last `count` of keypoints [B,K,2]."""
    first = source.shape[1] - count
    return Anchors(source[:, first:], driving[:, first:])


def finer(deformation: Tensor) -> Tensor:
    """[B,h,w,2] -> [B,2h,2w,2], from corner to corner: an eye is too few places high for its lid to have an edge among them."""
    height, width = deformation.shape[1:3]
    field = deformation.permute(0, 3, 1, 2)
    grown = F.interpolate(field, size=(2 * height, 2 * width), mode="bilinear", align_corners=True)
    return grown.permute(0, 2, 3, 1)


def anchored(deformation: Tensor, source: Tensor, driving: Tensor, *, lids: int = 0) -> Tensor:
    """T'(z) = T(z) + sum_a g_a(z) c_a with T'(d_a) = s_a, g_a a Gaussian around d_a. Anchors that are very near each other share
    what is wrong, and what is wrong with their difference stays in part: a deformation does not fold.

    deformation: T, [B,h,w,2]. source, driving: s and d, [B,A,2]; all xy in [-1,1]. Sums are written out, as in motion.py.
    lids: the upper lids are the anchors A - lids (of the eye on the left of the picture) and A - lids + 1; 0: there are none. Theirs
    is `covering`.
    """
    height, width = deformation.shape[1:3]
    source, driving = precise(source), precise(driving)
    field = deformation.permute(0, 3, 1, 2)
    found = F.grid_sample(field, driving[:, None], padding_mode="border", align_corners=True)[:, :, 0].transpose(1, 2)
    apart = (driving[:, :, None] - driving[:, None]).square().sum(-1)  # [B,A,A]
    overlap = torch.exp(apart * (-0.5 / REACH**2))
    around = gaussians(driving, height, width, REACH**2)  # [B,A,h,w]
    if lids:
        first = driving.shape[1] - lids
        edges = driving[:, first : first + 2]
        overlap = torch.cat([overlap[:, :, :first], covering(driving, edges), overlap[:, :, first + 2 :]], 2)
        places = coordinate_grid(height, width, driving).view(1, -1, 2)
        lid = covering(places, edges).transpose(1, 2).reshape(-1, 2, height, width)
        around = torch.cat([around[:, :first], lid, around[:, first + 2 :]], 1)
    share = 1 / overlap.sum(-1, keepdim=True)  # with it the rounds come to an end wherever the anchors are
    wrong = source - found
    change = share * wrong
    for _ in range(_ROUNDS - 1):
        change = change + share * (wrong - (overlap[..., None] * change[:, None]).sum(2))
    return deformation + (around[..., None] * change[:, :, None, None]).sum(1)


def covering(places: Tensor, edges: Tensor) -> Tensor:
    """How much each place goes with each of two lids, [B,P,2] in [0,1]: 1 at the middle of its edge, less beside and above it, and
    0 from EDGE below it on. places: [B,P,2] or [1,P,2]. edges: [B,2,2], of the eye on the left of the picture first."""
    across = edges[:, 1] - edges[:, 0]
    across = (across * torch.rsqrt(across.square().sum(-1, keepdim=True) + 1e-9))[:, None, None]  # [B,1,1,2]
    down = torch.stack([-across[..., 1], across[..., 0]], -1)
    offset = places[:, :, None] - edges[:, None]  # [B,P,2,2]
    along, depth = (offset * across).sum(-1), (offset * down).sum(-1)
    soft = torch.exp(-0.5 * ((along / LID_REACH).square() + (depth / REACH).square()))
    return soft * (1 - depth / EDGE).clamp(0, 1)

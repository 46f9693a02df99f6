"""Tells the painting what the driving face does.

The generator paints from the source's features, moved (paper, section 3.2). At an eighth of the picture's size a mouth is two of them
wide, and moved or not, they are those of a shut one: nothing says that it is to be open, or that the warp only stretches lips there. The
dense motion knows, and at four times as many places a side.
"""

from __future__ import annotations

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.anchors import REACH
from avatarify.model.config import ModelConfig
from avatarify.model.motion import coordinate_grid, gaussians, precise

_TRAVEL: Final = 4.0  # a motion by a quarter of the way from the middle to an edge counts 1, as much as a colour


def num_cues(model: ModelConfig) -> int:
    """C of what `motion_cues` gives."""
    return model.num_channels + 3 + model.dense_motion.anchors


def cued_sides(model: ModelConfig) -> tuple[int, ...]:
    """Of the maps in the decoder that cues are added to, coarse to fine: from the features' side up to the dense motion's."""
    config = model.generator
    if not config.cues:
        return ()
    full = round(model.image_size * config.scale_factor)
    finest = round(model.image_size * model.dense_motion.scale_factor)
    sides = (full >> depth for depth in range(config.num_down_blocks, -1, -1))
    return tuple(side for side in sides if side <= finest)


def motion_cues(moved: Tensor, deformation: Tensor, occlusion_map: Tensor, driving: Tensor) -> Tensor:
    """moved: [B,3,h,w] in [0,1], the source's small picture, taken from where the deformation says. deformation: [B,h,w,2], occlusion_map:
    [B,1,h,w]. driving: where the anchors are, [B,A,2]; all xy in [-1,1].

    Returns [B,C,h,w], float32: moved, how far each place travels in x and y, the occlusion map, a Gaussian around each anchor. A mouth
    opens where the deformation draws out what lies between two anchors.
    """
    height, width = moved.shape[-2:]
    grid = coordinate_grid(height, width, deformation)
    travel = (precise(deformation) - grid).permute(0, 3, 1, 2) * _TRAVEL
    return torch.cat([precise(moved), travel, precise(occlusion_map), gaussians(driving, height, width, REACH**2)], 1)


class CueConvs(nn.Module):
    """What the cues add to maps of the decoder, one 3x3 convolution for each. They begin at 0: whatever model they are put into goes on
    as it was."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__()
        config = model.generator
        self.sides = cued_sides(model)
        depths = (config.num_down_blocks - index for index in range(len(self.sides)))
        self.convs = nn.ModuleList(nn.Conv2d(num_cues(model), config.width(depth), 3, padding=1) for depth in depths)
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    def forward(self, cues: Tensor) -> list[Tensor]:
        """[B,C,h,w] -> [B,C_i,s_i,s_i] for each side, coarse to fine."""
        finest = cues.shape[-1]
        return [conv(F.avg_pool2d(cues, finest // side)) for conv, side in zip(self.convs, self.sides, strict=True)]

"""Tells the decoder of the motion.

The generator paints from the source's features, moved (paper, section 3.2). At an eighth of the picture's size a mouth is two features
wide; moved or not, they are those of a shut mouth: nothing says that it is to be open, or that the warp only stretches lips there. The
dense motion knows, and at more places.
"""

from __future__ import annotations

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.anchors import REACH
from avatarify.model.blocks import SameBlock
from avatarify.model.config import ModelConfig
from avatarify.model.motion import gaussians, precise

# Numbers below 1e-38 take a processor many times as long as others: of a frame they were two milliseconds.
_NOTHING: Final = 1e-30


def num_cues(model: ModelConfig) -> int:
    """C of what `motion_cues` gives: the moved picture, strain, occlusion, anchors."""
    return model.num_channels + 4 + 1 + model.dense_motion.anchors


def motion_cues(moved_small: Tensor, deformation: Tensor, occlusion_map: Tensor, anchors: Tensor) -> Tensor:
    """moved_small: [B,3,h,w] in [0,1], the source's small picture, taken from where the deformation says. deformation: [B,h,w,2].
    occlusion_map: [B,1,h,w]. anchors: where they are to be, [B,A,2]; all xy in [-1,1].

    Returns [B,C,h,w], float32: that picture, the strain of the deformation, the occlusion map, a Gaussian around each anchor. Where a
    mouth opens the deformation draws out what lies between two anchors.
    """
    height, width = moved_small.shape[-2:]
    around = gaussians(anchors, height, width, REACH**2)
    around = around * (around > _NOTHING)
    return torch.cat([precise(moved_small), strain(deformation), precise(occlusion_map), around], 1)


def strain(deformation: Tensor) -> Tensor:
    """How the deformation T differs from a shift: dT/dz - 1 by central differences. [B,h,w,2] in [-1,1] -> [B,4,h,w]: of x and y along x,
    then along y. 0 where nothing is stretched, -1 for x along x and y along y where all is taken from one point; at the edges dT/dz
    counts half."""
    height, width = deformation.shape[1:3]
    field = F.pad(precise(deformation).permute(0, 3, 1, 2), (1, 1, 1, 1), mode="replicate")
    along_x = (field[:, :, 1:-1, 2:] - field[:, :, 1:-1, :-2]) * ((width - 1) / 4)
    along_y = (field[:, :, 2:, 1:-1] - field[:, :, :-2, 1:-1]) * ((height - 1) / 4)
    return torch.cat([along_x[:, :1] - 1, along_x[:, 1:], along_y[:, :1], along_y[:, 1:] - 1], 1)


class CueLayers(nn.Module):
    """From cues to what they add to maps of the decoder. The last layers begin at 0: whatever model they are put into goes on as it was."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__()
        config = model.generator
        self.sides = model.cued_sides
        self.first = SameBlock(num_cues(model), config.cue_width, 3)
        depths = (config.num_down_blocks - index for index in range(len(self.sides)))
        self.to_maps = nn.ModuleList(nn.Conv2d(config.cue_width, config.width(depth), 3, padding=1) for depth in depths)
        for parameter in self.to_maps.parameters():
            nn.init.zeros_(parameter)

    def forward(self, cues: Tensor) -> list[Tensor]:
        """[B,C,h,w] -> [B,C_i,s_i,s_i] for each of the sides, coarse to fine."""
        return spread(self.first(cues), self.sides, self.to_maps)


def spread(told: Tensor, sides: tuple[int, ...], to_maps: nn.ModuleList) -> list[Tensor]:
    """[B,C,h,w] -> what each of `to_maps` makes of it at each of the sides, which divide h and w."""
    return [layer(F.avg_pool2d(told, told.shape[-1] // side)) for side, layer in zip(sides, to_maps)]  # noqa: B905 - traced

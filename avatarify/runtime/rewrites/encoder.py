"""All that depends on the portrait alone, computed once when it is chosen."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.config import ModelConfig
from avatarify.model.generator import Generator
from avatarify.model.motion import coordinate_grid
from avatarify.runtime.rewrites.blocks import FastDown, FastSame
from avatarify.runtime.rewrites.resampling import Shrink, blur_matrix, fit_matrix


class View(nn.Module):
    """What the generator sees of portraits of one size N."""

    def __init__(self, generator: Generator, config: ModelConfig, size: int) -> None:
        super().__init__()
        fit = fit_matrix(size, config.image_size)
        self.image = Shrink(blur_matrix(generator.down, config.image_size) @ fit)
        self.small = Shrink(blur_matrix(generator.dense_motion_network.down, config.image_size) @ fit)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """picture: uint8 [N,N,3] -> the generator's input [1,3,s,s] and the dense motion network's [1,3,h,w], in [0,1]."""
        return self.image(picture), self.small(picture)


class FastEncoder(nn.Module):
    """`Generator.encode` behind `View`, and what the dense motion network's still background sees. side: h."""

    grid: Tensor

    def __init__(self, generator: Generator, config: ModelConfig, *, side: int) -> None:
        super().__init__()
        self.align_corners = config.align_corners
        self.first = FastSame(generator.first)
        self.down_blocks = nn.ModuleList(FastDown(block) for block in generator.down_blocks)  # type: ignore[arg-type]
        self.register_buffer("grid", coordinate_grid(side, side, generator.final.weight)[None])

    def forward(self, image: Tensor, small: Tensor) -> tuple[Tensor, Tensor]:
        """As `View` gives them -> features [1,C,f,f]; background [1,3,h,w]: `small` taken from where it is."""
        features = self.first(image)
        for block in self.down_blocks:
            features = block(features)
        return features, F.grid_sample(small, self.grid, align_corners=self.align_corners)

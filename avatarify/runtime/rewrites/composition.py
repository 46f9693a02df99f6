"""From what the decoder painted to the picture that is shown, uint8."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.config import ModelConfig
from avatarify.model.generator import Generator
from avatarify.runtime.rewrites.resampling import bilinear_matrix


class Sides(NamedTuple):
    """On the way from what is painted to the picture. painted: s. image: S. motion: h. portrait: N."""

    painted: int
    image: int
    motion: int
    portrait: int


class FastBlend(nn.Module):
    """`Generator.compose` of a blending generator. Bilinear growing is two matrix products: most of this step's time goes to reading and
    writing memory, and these write each number once."""

    grow: Tensor
    field_rows: Tensor
    field_columns: Tensor

    def __init__(self, generator: Generator, config: ModelConfig, sides: Sides) -> None:
        super().__init__()
        self.side = sides.portrait
        self.align_corners = config.align_corners
        self.padding = generator.portrait_padding
        grow = bilinear_matrix(sides.image, sides.portrait) @ bilinear_matrix(sides.painted, sides.image)
        self.register_buffer("grow", grow.float())
        field = bilinear_matrix(sides.motion, sides.portrait)
        self.register_buffer("field_rows", field.float())
        # x and y stay beside each other, as grid_sample wants them: [h*2] -> [N*2]
        self.register_buffer("field_columns", torch.kron(field.T.contiguous(), torch.eye(2)).float())

    def forward(self, decoded: Tensor, deformation: Tensor, portrait: Tensor) -> Tensor:
        """decoded: [1,4,s,s] in [0,1]. deformation: [1,h,w,2]. portrait: [1,3,N,N] in [0,255] -> uint8 [N,N,3]."""
        field = self.field_rows @ deformation.flatten(2)[0] @ self.field_columns
        warped = F.grid_sample(
            portrait,
            field.view(1, self.side, self.side, 2),
            padding_mode=self.padding,
            align_corners=self.align_corners,
        )
        paint = self._grown(decoded[:, :3] * 255)
        return as_pixels(paint + self._grown(decoded[:, 3:]) * (warped - paint))

    def _grown(self, x: Tensor) -> Tensor:
        """[1,C,s,s] -> [1,C,N,N]."""
        return self.grow @ x @ self.grow.T


class FastPicture(nn.Module):
    """`Generator.compose` of a plain generator: its picture as it is."""

    def forward(self, decoded: Tensor) -> Tensor:
        """decoded: [1,3,S,S] in [0,1] -> uint8 [S,S,3]."""
        return as_pixels(decoded * 255)


def as_pixels(image: Tensor) -> Tensor:
    """[1,3,N,N] in [0,255] -> uint8 [N,N,3], rounded."""
    return image[0].round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).contiguous()

"""From what the decoder painted to the picture that is shown, uint8.

Bilinear scaling is two matrix products: most of these steps' time goes to reading and writing memory, and products write each number once.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.config import ModelConfig
from avatarify.model.generator import Generator, agreement
from avatarify.model.motion import coordinate_grid
from avatarify.runtime.rewrites.resampling import Scale, bilinear_matrix, fit_matrix


class Sides(NamedTuple):
    """On the way from what is painted to the picture. painted: s. image: S. motion: h, of the occlusion map. deformation: h, or 2h
    where anchors are lids. portrait: N."""

    painted: int
    image: int
    motion: int
    deformation: int
    portrait: int


class FastBlend(nn.Module):
    """`Generator.compose` of a blending generator."""

    def __init__(self, generator: Generator, config: ModelConfig, sides: Sides) -> None:
        super().__init__()
        self.warp = FastWarp(generator, config, sides)
        fit = bilinear_matrix(sides.painted, sides.image)
        self.grow = Scale(bilinear_matrix(sides.image, sides.portrait) @ fit)

    def forward(self, decoded: Tensor, deformation: Tensor, portrait: Tensor) -> Tensor:
        """decoded: [1,4,s,s] in [0,1]. deformation: [1,h,w,2]. portrait: [1,3,N,N] in [0,255] -> uint8 [3,N,N]."""
        paint = self.grow(decoded[:, :3] * 255)
        return as_pixels(paint + self.grow(decoded[:, 3:]) * (self.warp(deformation, portrait) - paint))


class FastStillBlend(nn.Module):
    """The same where what hardly moves is held still (`GeneratorConfig.still_below`)."""

    identity: Tensor

    def __init__(self, generator: Generator, config: ModelConfig, sides: Sides) -> None:
        super().__init__()
        self.warp = FastWarp(generator, config, sides)
        self.grow = Scale(bilinear_matrix(sides.image, sides.portrait) @ bilinear_matrix(sides.painted, sides.image))
        even = sides.motion == sides.deformation
        self.fit_map = nn.Identity() if even else Scale(bilinear_matrix(sides.motion, sides.deformation))
        self.grow_map = Scale(bilinear_matrix(sides.deformation, sides.portrait))
        self.bound, self.size = generator.still_below, sides.image
        self.register_buffer("identity", coordinate_grid(sides.deformation, sides.deformation, torch.zeros(()))[None])

    def forward(self, decoded: Tensor, deformation: Tensor, occlusion_map: Tensor, portrait: Tensor) -> Tensor:
        """As FastBlend; occlusion_map: [1,1,h,w]."""
        away = deformation - self.identity
        still = (2 - away.square().sum(-1).sqrt() * (self.size / 2 / self.bound)).clamp(0, 1)  # [1,h,w]
        warped = self.warp(self.identity + away * (1 - still[..., None]), portrait)
        paint, trust = self.grow(decoded[:, :3] * 255), self.grow(decoded[:, 3:])
        trust = trust + (1 - trust) * self.grow_map(still[:, None] * self.fit_map(occlusion_map))
        return as_pixels(paint + trust * (warped - paint))


class FastDetail(nn.Module):
    """`Generator.compose` of a plain generator with `detail`, for portraits that are larger than its picture."""

    def __init__(self, generator: Generator, config: ModelConfig, sides: Sides) -> None:
        super().__init__()
        self.warp = FastWarp(generator, config, sides)
        self.fit = Scale(bilinear_matrix(sides.painted, sides.image))
        self.fit_map = Scale(bilinear_matrix(sides.motion, sides.image))
        self.shrink = Scale(fit_matrix(sides.portrait, sides.image))
        self.grow = Scale(bilinear_matrix(sides.image, sides.portrait))

    def forward(self, decoded: Tensor, deformation: Tensor, occlusion_map: Tensor, portrait: Tensor) -> Tensor:
        """decoded: [1,3,s,s] in [0,1]. deformation: [1,h,w,2]. occlusion_map: [1,1,h,w]. portrait: [1,3,N,N] in [0,255]
        -> uint8 [3,N,N]."""
        paint, warped = self.fit(decoded), self.warp(deformation, portrait)
        coarse = self.shrink(warped)
        share = agreement(paint, coarse / 255) * self.fit_map(occlusion_map)
        return as_pixels(self.grow(paint * 255) + self.grow(share) * (warped - self.grow(coarse)))


class FastPicture(nn.Module):
    """`Generator.compose` of a plain generator: its picture as it is. matrix: [N,s], to another size."""

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        side, painted = matrix.shape
        self.scale = Scale(matrix) if side != painted else nn.Identity()

    def forward(self, decoded: Tensor) -> Tensor:
        """decoded: [1,3,s,s] in [0,1] -> uint8 [3,N,N]."""
        return as_pixels(self.scale(decoded) * 255)


class FastWarp(nn.Module):
    """The portrait at its own size, each pixel taken from where the deformation says."""

    rows: Tensor
    columns: Tensor

    def __init__(self, generator: Generator, config: ModelConfig, sides: Sides) -> None:
        super().__init__()
        self.side = sides.portrait
        self.align_corners = config.align_corners
        self.padding = generator.portrait_padding
        grow = bilinear_matrix(sides.deformation, sides.portrait, by_corners=config.flow_by_corners)
        self.register_buffer("rows", grow.float())
        # x and y stay beside each other, as grid_sample wants them: [h*2] -> [N*2]
        self.register_buffer("columns", torch.kron(grow.T.contiguous(), torch.eye(2)).float())

    def forward(self, deformation: Tensor, portrait: Tensor) -> Tensor:
        """deformation: [1,h,w,2]. portrait: [1,3,N,N] -> the same."""
        field = (self.rows @ deformation.flatten(2)[0] @ self.columns).view(1, self.side, self.side, 2)
        return F.grid_sample(portrait, field, padding_mode=self.padding, align_corners=self.align_corners)


def as_pixels(image: Tensor) -> Tensor:
    """[1,3,N,N] in [0,255] -> uint8 [3,N,N], rounded. Plane by plane: OpenCV joins them eight times faster than a graph does."""
    return image[0].round().clamp(0, 255).to(torch.uint8)

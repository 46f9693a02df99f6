"""Scaling and blurring as two matrix products, one along each axis: any chain of them is one matrix, computed once."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.errors import CheckpointError
from avatarify.model.blocks import AntiAliasDownsample

_OUTER = 1e-6  # how far a blur may be from the product of two lines; float32 of a real one is 1e-8 off


def fit_matrix(size: int, side: int) -> Tensor:
    """[side,size] float64: what `avatarify.model.network.fit` does along one axis."""
    if size == side:
        return torch.eye(side, dtype=torch.float64)
    return _along_rows(size, side, mode="area") if size > side else bilinear_matrix(size, side)


def bilinear_matrix(size: int, side: int, *, by_corners: bool = False) -> Tensor:
    """[side,size] float64: bilinear scaling along one axis, by pixel centres or from corner pixel to corner pixel."""
    return _along_rows(size, side, mode="bilinear", by_corners=by_corners)


def blur_matrix(down: nn.Module, side: int) -> Tensor:
    """[side/n,side] float64: what a `downsample` module does along one axis. Raises CheckpointError if its blur is no product."""
    if not isinstance(down, AntiAliasDownsample):
        return torch.eye(side, dtype=torch.float64)
    kernel = down.weight[0, 0].double()
    if (down.weight - down.weight[:1]).abs().max() > 0:
        raise CheckpointError("The model blurs its colours differently.", "Use the runtime eager for it.")
    line = kernel.sum(0) / kernel.sum().sqrt()
    if (torch.outer(line, line) - kernel).abs().max() > _OUTER:
        raise CheckpointError("The model's blur is not the same along both axes.", "Use the runtime eager for it.")
    steps = torch.eye(side, dtype=torch.float64)[:, None]  # every pixel of a line by itself, [side,1,side]
    return F.conv1d(steps, line[None, None], stride=down.step, padding=len(line) // 2)[:, 0].T.contiguous()


class Shrink(nn.Module):
    """A uint8 picture as [1,3,s,s] in [0,1], scaled by a matrix [s,N] along both axes."""

    matrix: Tensor
    scaled: Tensor

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        self.side, self.size = matrix.shape
        self.register_buffer("matrix", matrix.float())
        self.register_buffer("scaled", (matrix / 255).float().T.contiguous())

    def forward(self, picture: Tensor) -> Tensor:
        """picture: uint8 [N,N,3]."""
        rows = self.matrix @ picture.float().reshape(self.size, self.size * 3)  # [s,N*3]
        rows = rows.view(self.side, self.size, 3).permute(2, 0, 1)  # [3,s,N]
        return (rows @ self.scaled)[None]


class Scale(nn.Module):
    """[1,C,s,s] -> [1,C,N,N] by a matrix [N,s] along both axes."""

    matrix: Tensor

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        self.register_buffer("matrix", matrix.float())

    def forward(self, x: Tensor) -> Tensor:
        """x: [1,C,s,s]."""
        scaled: Tensor = (self.matrix @ x) @ self.matrix.T
        return scaled


def _along_rows(size: int, side: int, *, mode: str, by_corners: bool = False) -> Tensor:
    """The matrix of a linear scaling is what it makes of the identity."""
    steps = torch.eye(size, dtype=torch.float64)[None, None]
    align_corners = by_corners if mode == "bilinear" else None
    return F.interpolate(steps, size=(side, size), mode=mode, align_corners=align_corners)[0, 0].contiguous()

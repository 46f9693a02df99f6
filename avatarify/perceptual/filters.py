"""Edges, corners and spots at four scales by hand-made filters: features without a file, for trying things out."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_LEVELS = 4


class FilterBank(nn.Module):
    """Derivatives of a Gaussian up to the second order, of each colour, at `_LEVELS` halvings."""

    kernels: Tensor

    def __init__(self) -> None:
        super().__init__()
        smooth = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0]) / 16
        slope = torch.tensor([-1.0, -2.0, 0.0, 2.0, 1.0]) / 6
        curve = torch.tensor([1.0, 0.0, -2.0, 0.0, 1.0]) / 4
        pairs = ((smooth, smooth), (smooth, slope), (slope, smooth), (slope, slope), (smooth, curve), (curve, smooth))
        self.register_buffer("kernels", torch.stack([torch.outer(down, across) for down, across in pairs])[:, None])

    def features(self, images: Tensor) -> list[Tensor]:
        """[B,3,H,W] RGB in [0,1], at least 8 pixels a side -> 4 maps of 18 channels, each half as wide as the last."""
        x, found = images, []
        for level in range(_LEVELS):
            x = F.avg_pool2d(x, 2) if level else x
            batch, _, height, width = x.shape
            padded = F.pad(x, (2, 2, 2, 2), mode="replicate").reshape(batch * 3, 1, height + 4, width + 4)
            found.append(F.conv2d(padded, self.kernels.to(x.dtype)).reshape(batch, -1, height, width))
        return found

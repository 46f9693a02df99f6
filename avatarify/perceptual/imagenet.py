"""How pictures are given to networks that were trained on ImageNet."""

from __future__ import annotations

import torch
from torch import Tensor

MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)


def normalised(images: Tensor) -> Tensor:
    """[B,3,H,W] RGB in [0,1] -> the same with ImageNet's mean 0 and deviation 1."""
    mean = torch.tensor(MEAN, device=images.device, dtype=images.dtype).view(1, 3, 1, 1)
    deviation = torch.tensor(DEVIATION, device=images.device, dtype=images.dtype).view(1, 3, 1, 1)
    return (images - mean) / deviation

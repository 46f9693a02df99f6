"""Where in a picture a face speaks: around mouth and eyes, which are few pixels and all that a stranger looks at."""

from __future__ import annotations

import torch
from torch import Tensor

from avatarify.train.face_points import LandmarkConfig
from avatarify.train.landmarks import Landmarks


def focus_map(landmarks: Landmarks, config: LandmarkConfig, side: int) -> Tensor:
    """w(z) = max over points g of exp(-|z - l_g|^2 / (2 s_g^2)), divided by its mean over the picture.

    landmarks: of the pictures; s_g: each point's `focus`, points without one are left out. Returns [B,1,side,side], of
    mean 1; 0 everywhere in a picture in which nothing is known.
    """
    chosen = [index for index, point in enumerate(config.points) if point.focus > 0]
    value, known = landmarks.value[:, chosen], landmarks.weight[:, chosen] > 0  # [B,P,2], [B,P]
    sigma = value.new_tensor([2 * config.points[index].focus for index in chosen])[:, None]  # a side is 2 units long
    place = (torch.arange(side, device=value.device, dtype=value.dtype) + 0.5) / side * 2 - 1
    along_x, along_y = (torch.exp(-((place - value[..., axis, None]) ** 2) / (2 * sigma**2)) for axis in (0, 1))
    bumps = along_y[..., :, None] * along_x[..., None, :] * known[..., None, None]  # [B,P,side,side]
    highest = bumps.amax(1, keepdim=True)
    return highest / highest.mean((2, 3), keepdim=True).clamp_min(1e-6)

"""Finds K keypoints and their Jacobians in one image (paper, section 3.1)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.blocks import Hourglass, downsample
from avatarify.model.config import ModelConfig
from avatarify.model.motion import Keypoints, coordinate_grid, precise


class KeypointDetector(nn.Module):
    """An hourglass with two heads: K heat maps, and 4 Jacobian channels per keypoint, averaged under its heat map."""

    def __init__(self, model: ModelConfig) -> None:
        super().__init__()
        config = model.keypoint_detector
        self.temperature = config.temperature
        self.num_keypoints = model.num_keypoints
        self.down = downsample(model.num_channels, config.scale_factor)
        self.unfold = nn.PixelUnshuffle(config.unfold) if config.unfold > 1 else nn.Identity()
        channels = model.num_channels * config.unfold**2
        self.predictor = Hourglass(config.hourglass, channels)
        features = config.hourglass.out_channels(channels)
        self.kp = nn.Conv2d(features, model.num_keypoints, config.head_kernel)
        self.jacobian: nn.Conv2d | None = None
        if config.estimate_jacobian:
            maps = 1 if config.single_jacobian_map else model.num_keypoints
            self.jacobian = nn.Conv2d(features, 4 * maps, config.head_kernel)
            nn.init.zeros_(self.jacobian.weight)
            identity = torch.tensor([1.0, 0.0, 0.0, 1.0])
            nn.init.zeros_(self.jacobian.bias)  # type: ignore[arg-type]
            with torch.no_grad():
                self.jacobian.bias.copy_(identity.repeat(maps))  # type: ignore[union-attr]

    def forward(self, image: Tensor) -> Keypoints:
        """image: [B,3,S,S] in [0,1], S the model's image size -> K keypoints."""
        features = self.predictor(self.unfold(self.down(image)))
        logits = precise(
            self.kp(features)
        )  # [B,K,h,w], h = S * scale / unfold - (head_kernel - 1): the heads do not pad
        height, width = logits.shape[2:]
        heat = F.softmax(logits.flatten(2) / self.temperature, dim=2).view_as(logits)
        grid = coordinate_grid(height, width, heat)
        value = (heat[..., None] * grid).sum((2, 3))
        return Keypoints(value, self._jacobians(features, heat))

    def _jacobians(self, features: Tensor, heat: Tensor) -> Tensor:
        batch, count = heat.shape[:2]
        if self.jacobian is None:
            return torch.eye(2, device=heat.device, dtype=heat.dtype).expand(batch, count, 2, 2)
        maps = precise(self.jacobian(features))
        maps = maps.view(batch, -1, 4, *maps.shape[2:])  # [B,K or 1,4,h,w]
        return (heat[:, :, None] * maps).sum((3, 4)).view(batch, count, 2, 2)

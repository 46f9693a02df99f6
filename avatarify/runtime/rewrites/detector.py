"""The keypoint detector: one matrix pair from uint8 pixels down to its size, one head, expectations as matrix products."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.config import ModelConfig
from avatarify.model.keypoint_detector import KeypointDetector
from avatarify.model.motion import coordinate_grid
from avatarify.runtime.rewrites.blocks import FastHourglass
from avatarify.runtime.rewrites.folding import joined
from avatarify.runtime.rewrites.resampling import Shrink, blur_matrix, fit_matrix


def look(detector: KeypointDetector, config: ModelConfig, size: int) -> Shrink:
    """What the detector sees of pictures of one size: uint8 [N,N,3] -> [1,3,s,s] in [0,1]."""
    return Shrink(blur_matrix(detector.down, config.image_size) @ fit_matrix(size, config.image_size))


class FastDetector(nn.Module):
    """`KeypointDetector` behind its own downsampling. side: s, of the picture that `look` gives."""

    grid: Tensor
    identity: Tensor

    def __init__(self, detector: KeypointDetector, config: ModelConfig, *, side: int) -> None:
        super().__init__()
        self.count = config.num_keypoints
        self.unfold = detector.unfold
        self.hourglass = FastHourglass(
            detector.predictor, torch.arange(config.num_channels * config.keypoint_detector.unfold**2)
        )
        self.heads = joined(detector.kp, *([detector.jacobian] if detector.jacobian is not None else []))
        self.maps = self.heads.out_channels - self.count  # of Jacobians: 4 a keypoint, or 4 for all, or none
        with torch.no_grad():  # the softmax's temperature
            self.heads.weight[: self.count] /= detector.temperature
            self.heads.bias[: self.count] /= detector.temperature  # type: ignore[index]
        side = side // config.keypoint_detector.unfold - detector.kp.kernel_size[0] + 1  # the heads do not pad
        self.register_buffer("grid", coordinate_grid(side, side, torch.zeros(())).view(side * side, 2))
        self.register_buffer("identity", torch.eye(2).expand(1, self.count, 2, 2).contiguous())

    def forward(self, view: Tensor) -> tuple[Tensor, Tensor]:
        """view: [1,3,s,s] -> value [1,K,2] in [-1,1], jacobian [1,K,2,2]."""
        maps = self.heads(self.hourglass(self.unfold(view)))[0].flatten(1)  # [K + maps, h*w]
        heat = F.softmax(maps[: self.count], dim=1)
        return (heat @ self.grid)[None], self._jacobians(heat, maps[self.count :])

    def _jacobians(self, heat: Tensor, maps: Tensor) -> Tensor:
        if self.maps == 0:
            return self.identity * 1  # an output of its own
        if self.maps == 4:
            return (heat @ maps.T).view(1, self.count, 2, 2)
        return (maps.view(self.count, 4, -1) @ heat[:, :, None]).view(1, self.count, 2, 2)

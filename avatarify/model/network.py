"""The whole model: keypoint detector and generator, and the step between an image of any size and what they see."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from avatarify.model.config import ModelConfig
from avatarify.model.generator import Generator, Prediction, SourceFeatures
from avatarify.model.keypoint_detector import KeypointDetector
from avatarify.model.motion import Keypoints


class FirstOrderModel(nn.Module):
    """The two networks under the names that checkpoints give them."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.kp_detector = KeypointDetector(config)
        self.generator = Generator(config)

    def detect(self, image: Tensor) -> Keypoints:
        """image: [B,3,H,W] in [0,1], square, any size -> keypoints."""
        keypoints: Keypoints = self.kp_detector(fit(image, self.config.image_size))
        return keypoints

    def encode(self, image: Tensor) -> SourceFeatures:
        """image: [B,3,N,N] in [0,1]; N is the output's size where the generator blends."""
        return self.generator.encode(fit(image, self.config.image_size), image)

    def forward(self, source: SourceFeatures, source_keypoints: Keypoints, driving: Keypoints) -> Prediction:
        """Animate an encoded source: its keypoints move to `driving`."""
        motion = self.generator.motion(source, source_keypoints, driving)
        decoded = self.generator.decode(source, motion)
        return self.generator.compose(source, motion, decoded, self.config.image_size)


def fit(image: Tensor, side: int) -> Tensor:
    """[B,3,H,W] -> [B,3,side,side]: area average when it shrinks, bilinear when it grows."""
    height, width = image.shape[2:]
    if (height, width) == (side, side):
        return image
    if min(height, width) >= side:
        return F.interpolate(image, size=(side, side), mode="area")
    return F.interpolate(image, size=(side, side), mode="bilinear", align_corners=False)

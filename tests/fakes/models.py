"""Models small enough to run in milliseconds; real networks with random weights."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch

from avatarify.model.checkpoint import Checkpoint, save_checkpoint
from avatarify.model.config import (
    LITE,
    VOX_256,
    DenseMotionConfig,
    HourglassConfig,
    KeypointDetectorConfig,
    ModelConfig,
)
from avatarify.model.network import FirstOrderModel

_HOURGLASS = HourglassConfig(block_expansion=4, max_features=16, num_blocks=2)

TINY_BLEND = dataclasses.replace(
    LITE,
    keypoint_detector=KeypointDetectorConfig(_HOURGLASS),
    dense_motion=DenseMotionConfig(_HOURGLASS),
    generator=dataclasses.replace(LITE.generator, block_expansion=4, max_features=16, num_bottleneck_blocks=1),
    image_size=64,
)
TINY_PLAIN = dataclasses.replace(
    VOX_256,
    keypoint_detector=KeypointDetectorConfig(_HOURGLASS),
    dense_motion=DenseMotionConfig(_HOURGLASS),
    generator=dataclasses.replace(VOX_256.generator, block_expansion=4, max_features=16, num_bottleneck_blocks=1),
    image_size=64,
)


def tiny_model(config: ModelConfig = TINY_BLEND) -> FirstOrderModel:
    """A model in evaluation mode with fixed random weights, whose keypoints are apart from each other."""
    torch.manual_seed(3)
    model = FirstOrderModel(config).eval().requires_grad_(False)
    model.kp_detector.kp.weight.mul_(8)  # random logits are flat, and all keypoints in the middle
    return model


def write_tiny_model(path: Path, config: ModelConfig = TINY_BLEND) -> Path:
    """The same as a file."""
    model = tiny_model(config)
    save_checkpoint(path, Checkpoint(config, model.kp_detector.state_dict(), model.generator.state_dict()))
    return path

"""Models small enough to run in milliseconds; real networks with random weights."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TypeVar

import torch
from torch import nn

from avatarify.model.checkpoint import Checkpoint, save_checkpoint
from avatarify.model.config import (
    LITE,
    VOX_256,
    DenseMotionConfig,
    GeneratorConfig,
    HourglassConfig,
    KeypointDetectorConfig,
    ModelConfig,
)
from avatarify.model.network import FirstOrderModel

_Module = TypeVar("_Module", bound=nn.Module)
_HOURGLASS = HourglassConfig(block_expansion=4, max_features=16, num_blocks=2)
_FIRST_HOURGLASS = HourglassConfig(block_expansion=32, max_features=128, num_blocks=4)

FIRST_LITE = dataclasses.replace(
    LITE,
    keypoint_detector=KeypointDetectorConfig(_FIRST_HOURGLASS),
    dense_motion=DenseMotionConfig(_FIRST_HOURGLASS),
    generator=GeneratorConfig(
        block_expansion=32,
        max_features=128,
        num_down_blocks=2,
        num_bottleneck_blocks=3,
        scale_factor=0.5,
        blend=True,
        extend_border=True,
    ),
)
"""The shape of the first embedded model, which saw motion in 32 x 32 places."""

TINY_BLEND = dataclasses.replace(
    LITE,
    keypoint_detector=KeypointDetectorConfig(_HOURGLASS),
    dense_motion=DenseMotionConfig(_HOURGLASS),
    generator=dataclasses.replace(LITE.generator, block_expansion=4, max_features=16, num_bottleneck_blocks=1),
    image_size=64,
)
TINY_ANCHORED = dataclasses.replace(
    TINY_BLEND, dense_motion=dataclasses.replace(TINY_BLEND.dense_motion, anchors=4, lids=3)
)
TINY_CUED = dataclasses.replace(
    TINY_ANCHORED,
    dense_motion=dataclasses.replace(TINY_ANCHORED.dense_motion, scale_factor=0.5),
    generator=dataclasses.replace(TINY_ANCHORED.generator, cue_width=8),
)
"""Its decoder is told at three sizes."""
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
    if model.generator.cues is not None:
        for parameter in model.generator.cues.to_maps.parameters():
            parameter.normal_(0, 0.1)  # they begin at 0
    return model


def write_tiny_model(path: Path, config: ModelConfig = TINY_BLEND) -> Path:
    """The same as a file."""
    model = tiny_model(config)
    save_checkpoint(path, Checkpoint(config, model.kp_detector.state_dict(), model.generator.state_dict()))
    return path


def lively(module: _Module, *, gentle: bool = False) -> _Module:
    """The module in evaluation mode with batch norms that have seen data: nothing in them is 0 or 1, some factors are negative.
    gentle: near enough to 1 for deep networks to stay in range."""
    generator = torch.Generator().manual_seed(7)
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            assert norm.running_mean is not None
            assert norm.running_var is not None
            with torch.no_grad():
                norm.weight.normal_(1 if gentle else 0, 0.2 if gentle else 1, generator=generator)
                norm.bias.normal_(0, 0.2, generator=generator)
                norm.running_mean.normal_(0, 0.2, generator=generator)
                norm.running_var.uniform_(0.3, 2, generator=generator)
    return module.eval().requires_grad_(False)

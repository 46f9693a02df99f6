"""Progressive size: the generator grows with the pictures, while the motion path keeps the size of its input."""

from __future__ import annotations

import dataclasses

from avatarify.errors import SettingsError
from avatarify.model.blocks import downsample
from avatarify.model.config import ModelConfig
from avatarify.model.network import FirstOrderModel


def at_size(config: ModelConfig, size: int) -> ModelConfig:
    """The same networks for pictures of `size` pixels: less is scaled away before the motion path, which sees as much.

    A blend generator has a size of its own; only the portrait that it warps grows, so nothing changes.
    Raises SettingsError for a size that is no whole fraction, or larger than the configuration's own.
    """
    if config.generator.blend or size == config.image_size:
        return config
    factor = config.image_size / size
    parts = {}
    for name in ("keypoint_detector", "dense_motion"):
        part = getattr(config, name)
        scale = part.scale_factor * factor
        if factor < 1 or scale > 1 or abs(1 / scale - round(1 / scale)) > 1e-6:
            raise SettingsError(
                f"{config.image_size} px cannot be trained at {size} px: {name} would scale by {scale:g}.",
                f"Choose {config.image_size // 2} or {config.image_size}.",
            )
        parts[name] = dataclasses.replace(part, scale_factor=scale)
    return dataclasses.replace(config, image_size=size, **parts)


def set_size(model: FirstOrderModel, full: ModelConfig, size: int) -> None:
    """Make `model`, whose full configuration is `full`, ready for pictures of `size` pixels. Parameters stay as they are."""
    config = at_size(full, size)
    if config == model.config:
        return
    device = next(model.parameters()).device
    model.config = config
    model.kp_detector.down = downsample(config.num_channels, config.keypoint_detector.scale_factor).to(device)
    dense = model.generator.dense_motion_network
    dense.down = downsample(config.num_channels, config.dense_motion.scale_factor).to(device)

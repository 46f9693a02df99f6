"""Ways to the same numbers in less time: memory layout and compilation."""

from __future__ import annotations

import torch
from torch import nn

from avatarify.errors import RuntimeUnavailableError
from avatarify.model.discriminator import MultiScaleDiscriminator
from avatarify.model.network import FirstOrderModel
from avatarify.train.perceptual import Backbone


def to_channels_last(module: nn.Module) -> None:
    """Weights of convolutions in the layout that convolutions are fastest in, in place."""
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def compile_parts(
    model: FirstOrderModel, discriminator: MultiScaleDiscriminator | None, backbone: Backbone | None
) -> None:
    """Compile the heavy parts in place, at the first batch; names of parameters stay as they are.

    The equivariance losses differentiate a derivative and stay as they are. Raises RuntimeUnavailableError where torch
    cannot compile (it needs a C++ compiler).
    """
    parts: list[nn.Module] = [model.kp_detector.predictor, model.generator.dense_motion_network.hourglass]
    parts += [
        model.generator.first,
        *model.generator.down_blocks,
        model.generator.bottleneck,
        *model.generator.up_blocks,
    ]
    if discriminator is not None:
        parts += list(discriminator.discs.values())
    del backbone
    try:
        for part in parts:
            part.compile()
    except (RuntimeError, ImportError) as error:
        raise RuntimeUnavailableError(f"torch cannot compile here ({error}).", "Train without --compile.") from error

"""Ways to the same numbers in less time: memory layout and compilation."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

from avatarify.errors import RuntimeUnavailableError
from avatarify.model.network import FirstOrderModel

_COMPILERS = ("g++", "c++", "clang++", "cl")


@contextmanager
def denormals_flushed() -> Iterator[None]:
    """Meanwhile numbers below 1e-38 are 0, in this thread and in those that torch starts: enter it before anything is computed.

    Heat maps of trained keypoints are nearly 0 almost everywhere, and on a processor products of such numbers take many times as
    long as others: a step of `lite` took 2.8 s instead of 1.4. No effect on processors that cannot.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def to_channels_last(module: nn.Module) -> None:
    """Weights of convolutions in the layout that convolutions are fastest in, in place."""
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def compile_parts(model: FirstOrderModel) -> None:
    """Have the heavy parts compiled at their first batch, in place; names of parameters stay as they are.

    The equivariance losses differentiate a derivative, and the discriminator's spectral norm changes between its two looks:
    both are left alone. Raises RuntimeUnavailableError where there is no
    C++ compiler: torch would say so only in the middle of the first step.
    """
    wanted = (os.environ["CXX"],) if os.environ.get("CXX") else _COMPILERS
    if not any(shutil.which(name) for name in wanted):
        raise RuntimeUnavailableError(
            f"--compile needs a C++ compiler, and none of {', '.join(wanted)} is here.",
            "Install one, or train without --compile.",
        )
    generator = model.generator
    parts: list[nn.Module] = [model.kp_detector.predictor, generator.dense_motion_network.hourglass]
    parts += [generator.first, *generator.down_blocks, generator.bottleneck, *generator.up_blocks]
    for part in parts:
        part.compile()

"""torch's own compiler: as fast as OpenVINO on a processor, but each start takes up to a minute and wants a C++ compiler."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import nn

from avatarify.errors import RuntimeUnavailableError
from avatarify.model.checkpoint import load_checkpoint
from avatarify.runtime.base import RuntimeDescription, RuntimeRequest
from avatarify.runtime.device import choose_device
from avatarify.runtime.eager import chosen_precision
from avatarify.runtime.rewrites.networks import Networks
from avatarify.runtime.static import StaticRuntime
from avatarify.runtime.torch_steps import PRECISIONS, TorchBackend

_COMPILERS = ("c++", "g++", "clang++", "cl")


class CompiledRuntime(StaticRuntime):
    """Motion in float32; the decoder in float16 on a GPU."""

    @classmethod
    def load(cls, model: Path, request: RuntimeRequest) -> CompiledRuntime:
        """Read a checkpoint and compile it. Raises CheckpointError, RuntimeUnavailableError."""
        choice = choose_device(request.device)
        precision = chosen_precision(request.precision, choice.device)
        reason = why_not(choice.device)
        if reason is not None:
            raise RuntimeUnavailableError(f"torch cannot compile here: {reason}.", "Choose another --runtime.")
        checkpoint = load_checkpoint(model)
        description = RuntimeDescription(
            "compiled", str(choice.device), choice.name, precision, (*request.passed_over, *choice.passed_over)
        )
        backend = TorchBackend(choice.device, reduced=PRECISIONS[precision], transform=compiled)
        try:
            return cls(backend, Networks(checkpoint.config, checkpoint.build), description)
        except RuntimeError as error:  # the compiler's own complaints, whatever they are
            first = (str(error).splitlines() or [type(error).__name__])[0]
            raise RuntimeUnavailableError(
                f"torch failed to compile the model ({first}).", "Choose another --runtime."
            ) from error


def compiled(module: nn.Module) -> Callable[..., object]:
    """Shapes are fixed and weights are constants."""
    return torch.compile(module, fullgraph=True, dynamic=False, options={"freezing": True})


def why_not(device: torch.device) -> str | None:
    """None if torch has what it needs to compile for this device, else what is missing."""
    if device.type == "mps":
        return "its compiler is not ready for Apple GPUs"
    if device.type == "cuda":
        return None if find_spec("triton") is not None else "the package triton is not installed"
    named = os.environ.get("CXX", "")
    if named and shutil.which(named):
        return None
    if any(shutil.which(name) for name in _COMPILERS):
        return None
    return f"there is no C++ compiler (looked for {', '.join(_COMPILERS)} and $CXX)"

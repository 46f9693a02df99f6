"""The two networks that measure faces: shipped in models/evaluation, read only when their bytes are the ones we know."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import load
from torch import Tensor, nn

from avatarify.errors import CheckpointError
from avatarify.paths import MODELS


class WeightsFile(NamedTuple):
    """A safetensors file in models/evaluation and the sha256 of its bytes."""

    name: str
    sha256: str


IDENTITY = WeightsFile("identity.safetensors", "ed17913e6389dee2c49c323bb274612967e936ff5d02c5630ded8bbc2b0f2a8b")
LANDMARKS = WeightsFile("landmarks.safetensors", "3d7649a5610e858f74dc0a789b76e9f172dde60135aab03ae8d6528301e925a9")

_RANGE = ".range"


def fill(module: nn.Module, file: WeightsFile, folder: Path = MODELS / "evaluation") -> None:
    """Put the file's tensors into `module`, which is then frozen and in evaluation mode.

    Raises CheckpointError if the file is missing or altered.
    """
    module.load_state_dict(_dequantised(load(_verified(folder / file.name, file.sha256))), strict=True)
    module.eval().requires_grad_(False)


def _verified(path: Path, sha256: str) -> bytes:
    remedy = "Restore the folder models/evaluation, for instance with `git checkout -- models/evaluation`."
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"The measuring network {path} cannot be read: {error.strerror}.", remedy) from error
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise CheckpointError(f"{path} is not the file we ship: sha256 {found[:12]}, not {sha256[:12]}.", remedy)
    return data


def _dequantised(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """uint8 tensors become value * scale + least; NAME.range holds both."""
    state = {}
    for name, tensor in tensors.items():
        if name.endswith(_RANGE):
            continue
        if name + _RANGE in tensors:
            scale, least = tensors[name + _RANGE]
            state[name] = tensor.to(torch.float32) * scale + least
        else:
            state[name] = tensor
    return state

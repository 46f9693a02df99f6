"""The mean of a model's weights at several moments of its training: steadier than any of them (arXiv 1803.05407)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from avatarify.errors import CheckpointError
from avatarify.model.checkpoint import Checkpoint


def mean_of(checkpoints: Sequence[Checkpoint]) -> Checkpoint:
    """Each weight and statistic the mean of theirs; configuration and metadata of the first. Only moments of one training have a mean that
    is a model. Raises CheckpointError where their networks differ."""
    first = checkpoints[0]
    return dataclasses.replace(
        first,
        kp_detector=_mean([each.kp_detector for each in checkpoints]),
        generator=_mean([each.generator for each in checkpoints]),
    )


def _mean(parts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    shapes = [{key: tuple(tensor.shape) for key, tensor in part.items()} for part in parts]
    if any(each != shapes[0] for each in shapes):
        raise CheckpointError("Models of different shapes have no mean.", "Give those of one training.")
    return {
        key: torch.stack([part[key] for part in parts]).mean(0) if tensor.is_floating_point() else tensor
        for key, tensor in parts[0].items()
    }

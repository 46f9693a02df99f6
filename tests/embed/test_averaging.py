from __future__ import annotations

import dataclasses

import pytest
import torch

from avatarify.embed.averaging import mean_of
from avatarify.errors import CheckpointError
from avatarify.model.checkpoint import Checkpoint
from avatarify.model.network import FirstOrderModel
from tests.fakes.models import TINY_ANCHORED, TINY_BLEND, TINY_PLAIN


def checkpoint(seed: int) -> Checkpoint:
    torch.manual_seed(seed)
    model = FirstOrderModel(TINY_BLEND)
    return Checkpoint(TINY_BLEND, model.kp_detector.state_dict(), model.generator.state_dict(), {"seed": str(seed)})


def test_every_weight_is_the_mean_and_the_rest_is_of_the_first() -> None:
    anchored = dataclasses.replace(checkpoint(1), config=TINY_ANCHORED)
    other = checkpoint(2)
    mean = mean_of([anchored, other])
    assert (mean.config, mean.metadata) == (TINY_ANCHORED, {"seed": "1"})
    for part in ("kp_detector", "generator"):
        ours, one, two = (getattr(each, part) for each in (mean, anchored, other))
        for key, tensor in ours.items():
            expected = (one[key] + two[key]) / 2 if tensor.is_floating_point() else one[key]
            assert torch.allclose(tensor, expected), key
            assert tensor.dtype == one[key].dtype
    mean.build()


def test_other_networks_are_told() -> None:
    model = FirstOrderModel(TINY_PLAIN)
    other = Checkpoint(TINY_PLAIN, model.kp_detector.state_dict(), model.generator.state_dict())
    with pytest.raises(CheckpointError, match="different shapes"):
        mean_of([checkpoint(1), other])

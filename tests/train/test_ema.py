"""The model that follows slowly."""

from __future__ import annotations

import pytest
import torch

from avatarify.model.network import FirstOrderModel
from avatarify.train.ema import averaged_copy, follow
from tests.train.films import TINY_MODEL


def test_follows_slowly_and_later_more_slowly() -> None:
    model = FirstOrderModel(TINY_MODEL)
    average = averaged_copy(model)
    with torch.no_grad():
        for value in model.parameters():
            value.add_(1.0)
    name = "generator.final.bias"
    before = average.state_dict()[name].clone()
    follow(average, model, decay=0.9, step=0)
    moved = float((average.state_dict()[name] - before).mean())
    assert moved == pytest.approx(0.9)  # 1 - 1/10: the first weights are soon forgotten
    again = average.state_dict()[name].clone()
    follow(average, model, decay=0.9, step=1000)
    assert float((average.state_dict()[name] - again).mean()) == pytest.approx(0.1 * 0.1, rel=1e-3)


def test_running_statistics_follow_too_and_the_copy_stays_frozen() -> None:
    model = FirstOrderModel(TINY_MODEL).train()
    average = averaged_copy(model)
    image = torch.rand(2, 3, 32, 32)
    model.detect(image)
    follow(average, model, decay=0.5, step=100)
    name = "kp_detector.predictor.encoder.down_blocks.0.norm.running_mean"
    assert torch.allclose(average.state_dict()[name], model.state_dict()[name] / 2)
    assert int(average.state_dict()[name.replace("running_mean", "num_batches_tracked")]) == 1
    assert not average.training
    assert not any(value.requires_grad for value in average.parameters())
    assert model.training
    assert all(value.requires_grad for value in model.parameters())

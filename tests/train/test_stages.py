"""A model that grows."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from avatarify.errors import SettingsError
from avatarify.model.config import LITE, VOX_256
from avatarify.model.network import FirstOrderModel
from avatarify.train.stages import at_size, set_size
from tests.train.films import TINY_MODEL

PAINTER = dataclasses.replace(TINY_MODEL, generator=dataclasses.replace(TINY_MODEL.generator, blend=False))


def test_the_motion_path_keeps_its_size() -> None:
    half = at_size(VOX_256, 128)
    assert half.image_size * half.keypoint_detector.scale_factor == 64
    assert half.image_size * half.dense_motion.scale_factor == 64
    assert at_size(VOX_256, 256) is VOX_256
    assert at_size(LITE, 512) is LITE  # only the portrait that it warps grows


@pytest.mark.parametrize("size", [96, 48, 512])
def test_impossible_sizes_are_told(size: int) -> None:
    with pytest.raises(SettingsError, match=f"trained at {size} px"):
        at_size(VOX_256, size)


def test_a_model_grows_without_losing_what_it_learned() -> None:
    torch.manual_seed(0)
    model = FirstOrderModel(PAINTER).eval()
    grown = {name: value.clone() for name, value in model.state_dict().items()}
    set_size(model, PAINTER, 16)
    small = torch.rand(1, 3, 16, 16)
    keypoints = model.detect(small)
    assert model(model.encode(small), keypoints, keypoints).image.shape == (1, 3, 16, 16)
    assert "kp_detector.down.weight" not in model.state_dict()
    set_size(model, PAINTER, 32)
    assert model.config == PAINTER
    assert all(torch.equal(value, grown[name]) for name, value in model.state_dict().items())

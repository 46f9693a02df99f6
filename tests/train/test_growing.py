from __future__ import annotations

import dataclasses
import math

import pytest
import torch
import torch.nn.functional as F

from avatarify.model.checkpoint import Checkpoint
from avatarify.model.config import LITE, DenseMotionConfig, HourglassConfig, ModelConfig
from avatarify.model.generator import Prediction
from avatarify.model.motion import Keypoints
from avatarify.model.network import FirstOrderModel
from avatarify.train.growing import deepened, grown, is_deeper
from tests.fakes.models import FIRST_LITE
from tests.train.films import FINER_MODEL, TINY_MODEL

EXTRA = 2


def small(config: ModelConfig) -> Checkpoint:
    """Random weights whose keypoints lie apart and whose masks differ from pixel to pixel."""
    torch.manual_seed(5)
    model = FirstOrderModel(config).requires_grad_(False)
    model.kp_detector.kp.weight.mul_(8)
    model.generator.dense_motion_network.mask.weight.mul_(8)
    if model.kp_detector.jacobian is not None:
        model.kp_detector.jacobian.weight.normal_(0, 0.002)
    return Checkpoint(config, model.kp_detector.state_dict(), model.generator.state_dict(), {"recipe": "tiny"})


def animated(checkpoint: Checkpoint) -> tuple[Keypoints, Prediction]:
    """The keypoints of a smooth driving picture, and what they make of another."""
    model = checkpoint.build()
    coarse = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    pictures = F.interpolate(coarse, size=(32, 32), mode="bilinear", align_corners=False)
    source, driving = pictures[:1], pictures[1:]
    keypoints = model.detect(driving)
    return keypoints, model(model.encode(source), model.detect(source), keypoints)


def test_a_grown_model_predicts_nearly_the_same() -> None:
    old = small(TINY_MODEL)
    new = grown(old, TINY_MODEL.num_keypoints + EXTRA)
    (before, ours), (after, theirs) = animated(old), animated(new)

    count = TINY_MODEL.num_keypoints
    assert torch.allclose(after.value[:, :count], before.value, atol=1e-5)
    assert torch.allclose(after.jacobian[:, :count], before.jacobian, atol=1e-5)
    assert float(after.value[:, count:].abs().max()) < 0.1
    assert torch.allclose(after.jacobian[0, count:], torch.eye(2).expand(EXTRA, 2, 2), atol=1e-5)

    share = theirs.motion.mask[:, count + 1 :].sum(1)
    bound = EXTRA / (count + 1) * math.exp(-3)
    assert 0 < float(share.max()) < bound
    assert torch.allclose(theirs.motion.occlusion_map, ours.motion.occlusion_map, atol=1e-5)
    travel = float((ours.motion.deformation - theirs.motion.deformation).abs().max())
    assert travel < 2 * bound
    assert float((ours.image - theirs.image).abs().max()) < 0.05
    assert float(ours.motion.deformation.std()) > 0.1  # there is something to keep


def test_everything_but_the_keypoints_is_kept() -> None:
    old = small(TINY_MODEL)
    new = grown(old, 4)
    assert new.config == dataclasses.replace(TINY_MODEL, num_keypoints=4)
    assert new.metadata == old.metadata
    same = [name for name in old.generator if torch.equal(old.generator[name], new.generator[name])]
    changed = old.generator.keys() - set(same)
    assert {name.split(".")[1] for name in changed} == {"hourglass", "mask", "occlusion"}
    assert len(changed) == 4


def test_new_keypoints_differ_from_each_other_and_are_always_the_same() -> None:
    old = small(TINY_MODEL)
    one, other = grown(old, 5), grown(old, 5)
    heads = one.kp_detector["kp.weight"]
    assert torch.equal(heads, other.kp_detector["kp.weight"])
    assert not torch.equal(heads[3], heads[4])


@pytest.mark.parametrize("change", [{"estimate_jacobian": False}, {"single_jacobian_map": True}])
def test_other_kinds_of_jacobians_grow_too(change: dict[str, bool]) -> None:
    detector = dataclasses.replace(TINY_MODEL.keypoint_detector, **change)
    keypoints, _ = animated(grown(small(dataclasses.replace(TINY_MODEL, keypoint_detector=detector)), 5))
    assert keypoints.value.shape == (1, 5, 2)


def test_a_deeper_model_is_known() -> None:
    assert is_deeper(FINER_MODEL, TINY_MODEL)
    assert is_deeper(LITE, FIRST_LITE)
    assert not is_deeper(TINY_MODEL, TINY_MODEL)
    assert not is_deeper(TINY_MODEL, FINER_MODEL)
    assert is_deeper(dataclasses.replace(FINER_MODEL, num_keypoints=4), TINY_MODEL), "keypoints can be added, too"
    wider = dataclasses.replace(TINY_MODEL, dense_motion=DenseMotionConfig(HourglassConfig(16, 16, 2)))
    assert not is_deeper(FINER_MODEL, wider)


def test_everything_inside_a_new_halving_is_kept() -> None:
    old = small(TINY_MODEL)
    torch.manual_seed(9)
    fresh = FirstOrderModel(FINER_MODEL)
    before = {name: value.clone() for name, value in fresh.generator.state_dict().items()}
    new = deepened(old, fresh)
    assert new.config == FINER_MODEL
    assert new.metadata == old.metadata
    assert torch.equal(
        new.kp_detector["predictor.encoder.down_blocks.2.conv.weight"],
        old.kp_detector["predictor.encoder.down_blocks.1.conv.weight"],
    )
    for name in ("bottleneck.r0.conv1.weight", "dense_motion_network.hourglass.decoder.up_blocks.1.conv.weight"):
        assert torch.equal(new.generator[name], old.generator[name])
        assert not torch.equal(new.generator[name], before[name])
    assert torch.equal(new.generator["down_blocks.1.conv.weight"], old.generator["down_blocks.0.conv.weight"])
    for name in ("first.conv.weight", "final.weight", "dense_motion_network.mask.weight"):
        assert torch.equal(new.generator[name], before[name])
    animated(new)  # it fits its configuration

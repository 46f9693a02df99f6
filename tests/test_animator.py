"""The animator on a real, tiny network; and the README's example."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import avatarify
from avatarify import Animator, MotionSettings
from avatarify.errors import SettingsError
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from tests.fakes.models import tiny_model
from tests.runtime.test_eager import picture


@pytest.fixture
def animator() -> Animator:
    return Animator(EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test")))


def test_the_calibration_frame_leaves_the_portrait_as_it_is(animator: Animator) -> None:
    source, driver = animator.encode_source(picture(64)), picture(64, seed=1)
    moved = animator.transfer(source, animator.calibrate(driver), animator.detect(driver), MotionSettings())
    torch.testing.assert_close(moved.value, source.keypoints.value)
    torch.testing.assert_close(moved.jacobian, source.keypoints.jacobian, rtol=1e-3, atol=1e-4)


def test_absolute_motion_takes_the_drivers_keypoints(animator: Animator) -> None:
    source, driving = animator.encode_source(picture(64)), animator.detect(picture(64, seed=1))
    reference = animator.calibrate(picture(64, seed=2))
    assert animator.transfer(source, reference, driving, MotionSettings(relative=False)) is driving


def test_adapting_the_scale_uses_the_ratio_of_hull_areas(animator: Animator) -> None:
    source, reference = animator.encode_source(picture(64)), animator.calibrate(picture(64, seed=2))
    driving = animator.detect(picture(64, seed=1))
    plain = (
        animator.transfer(source, reference, driving, MotionSettings(adapt_scale=False)).value - source.keypoints.value
    )
    scaled = animator.transfer(source, reference, driving, MotionSettings()).value - source.keypoints.value
    ratio = (source.hull_area / reference.hull_area) ** 0.5
    assert ratio != pytest.approx(1.0, abs=0.01)
    torch.testing.assert_close(scaled, plain * ratio)


def test_strength_zero_is_a_still_portrait(animator: Animator) -> None:
    source, reference = animator.encode_source(picture(64)), animator.calibrate(picture(64, seed=2))
    still = MotionSettings(strength=0.0)
    images = [animator.animate(source, reference, picture(64, seed=seed), still) for seed in (3, 4)]
    assert np.array_equal(*images)
    moving = [animator.animate(source, reference, picture(64, seed=seed), MotionSettings()) for seed in (3, 4)]
    assert not np.array_equal(*moving)


def test_pose_distance_is_least_for_the_portrait_itself(animator: Animator) -> None:
    source = animator.encode_source(picture(64))
    assert animator.pose_distance(source, source.keypoints) == pytest.approx(0.0, abs=1e-9)
    assert animator.pose_distance(source, animator.detect(picture(64, seed=1))) > 1e-6


@pytest.mark.parametrize("strength", [-0.1, 2.1, float("nan")])
def test_strength_out_of_range_is_refused(strength: float) -> None:
    with pytest.raises(SettingsError, match="strength is"):
        MotionSettings(strength=strength)


def test_the_public_names_are_those_promised() -> None:
    for name in avatarify.__all__:
        assert getattr(avatarify, name)
    with pytest.raises(AttributeError, match="no attribute 'predictor'"):
        avatarify.predictor  # noqa: B018

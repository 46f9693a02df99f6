"""A session that goes on with another model: its keypoints mean nothing to the one before, the picture they came from does."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from avatarify import Animator
from avatarify.errors import NotReadyError
from avatarify.face.crop import Crop
from avatarify.memory import Seen, View, numbers_of
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from avatarify.session import CalibratedBy
from tests.face.readings import reading
from tests.fakes.models import TINY_BLEND, tiny_model
from tests.test_session import Call, camera_picture, one_thread

__all__ = ["one_thread"]


OTHER = dataclasses.replace(TINY_BLEND, num_keypoints=6)


def other_animator() -> Animator:
    return Animator(EagerRuntime(tiny_model(OTHER), DeviceChoice(torch.device("cpu"), "a test")))


def changed(call: Call) -> Animator:
    animator = other_animator()
    moment = call.session.moment_for(animator)
    call.session.change_animator(animator, animator.encode_source(call.portrait), moment)
    return animator


def test_the_reference_is_the_same_moment_as_the_other_model_sees_it() -> None:
    call = Call().calibrated()
    for seed in (2, 3):
        call.watched(reading(), camera_picture(seed))
    animator = changed(call)
    source = call.session.scene.source
    assert source is not None
    still = animator.generate(source, source.keypoints)
    shown = call.watched(reading()).image.astype(int)  # the picture of the calibration again
    moved = call.watched(reading(), camera_picture(2)).image.astype(int)
    assert np.abs(shown - still).mean() < 0.2
    assert np.abs(moved - still).mean() > 2
    assert call.session.status().calibrated_by is CalibratedBy.HAND


def test_references_of_the_former_model_cannot_be_gone_back_to() -> None:
    call = Call().calibrated()
    call.session.calibrate()
    assert call.watched(reading()).image.shape[0] == 96
    assert call.session.status().can_undo
    changed(call)
    call.watched(reading())
    assert not call.session.status().can_undo
    assert not call.session.undo_calibration()


def test_where_nothing_is_calibrated_nothing_is_after_it_either() -> None:
    call = Call()
    with pytest.raises(NotReadyError):
        call.watched(reading())
    assert call.session.moment_for(other_animator()) is None
    changed(call)
    with pytest.raises(NotReadyError, match="Not calibrated"):
        call.watched(reading())
    call.session.calibrate()
    assert call.watched(reading()).image.shape[0] == 96
    reference = call.session.scene.reference
    assert reference is not None
    assert reference.keypoints.value.shape == (1, 6, 2)


def remembered() -> Call:
    """Calibrated on another day: there are numbers, and no picture."""
    call = Call().calibrated()
    numbers = call.session.remember()
    assert numbers is not None
    call.session.forget_calibration()
    call.session.restore(numbers)
    return call


def test_a_reference_of_another_day_needs_a_good_moment_of_today() -> None:
    call = remembered()
    assert call.session.moment_for(other_animator()) is None
    call.watched(reading(yaw=60.0))
    assert call.session.moment_for(other_animator()) is None, "not a good one"
    call.watched(reading())
    moment = call.session.moment_for(other_animator())
    assert moment is not None
    assert moment.by is CalibratedBy.ITSELF
    changed(call)
    assert call.watched(reading()).image.shape[0] == 96
    assert call.session.status().calibrated_by is CalibratedBy.ITSELF


def test_asking_changes_nothing() -> None:
    call = Call().calibrated()
    before = call.session.scene
    call.session.moment_for(other_animator())
    assert call.session.scene is before


def test_a_moment_is_seen_again_as_it_was_seen() -> None:
    call = Call()
    crop, base = Crop(100, 80, 240), Crop(110, 90, 200)
    view = View(crop.apply(camera_picture(5), 128), crop)
    seen = Seen(call.animator.detect(view.image), base, None, view).again(call.animator)
    assert seen is not None
    inside = numbers_of(call.animator.detect(view.image), crop).value
    for (x, y), (u, v) in zip(inside, numbers_of(seen.keypoints, base).value, strict=True):
        assert crop.left + (x + 1) * crop.size / 2 == pytest.approx(base.left + (u + 1) * base.size / 2, abs=0.01)
        assert crop.top + (y + 1) * crop.size / 2 == pytest.approx(base.top + (v + 1) * base.size / 2, abs=0.01)
    assert seen._replace(view=None).again(call.animator) is None


def test_what_is_kept_of_a_moment_is_small() -> None:
    view = View(camera_picture(1)[:480, :480], Crop(0, 0, 480))
    assert view.reduced(64).image.shape == (64, 64, 3)
    assert view.reduced(64).crop == view.crop
    assert view.reduced(512) is view

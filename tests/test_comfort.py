"""From a moving square to the portrait: what the crop does must not be seen, what the head does must."""

from __future__ import annotations

import pytest
import torch

from avatarify import Animator
from avatarify.comfort import Comfort, smoothing_lag
from avatarify.face.auto_framing import Framed, between
from avatarify.face.crop import Crop
from avatarify.model.motion import Keypoints, carried
from avatarify.runtime.base import Source
from avatarify.runtime.device import DeviceChoice
from avatarify.runtime.eager import EagerRuntime
from avatarify.settings import ComfortSettings, FramingSettings, MotionSettings
from tests.fakes.models import tiny_model
from tests.runtime.test_eager import picture

PLAIN = MotionSettings(adapt_scale=False)
HELD = FramingSettings(settle_s=10.0)
RAW = ComfortSettings(smooth=False, guard=False)
SQUARE = Crop(200, 100, 200)
HEAD = Keypoints(
    0.2 * torch.randn(1, 10, 2, generator=torch.Generator().manual_seed(0)), torch.eye(2).expand(1, 10, 2, 2)
)


class Stage:
    """Comfort, a portrait, and a head that stands in the coordinates of SQUARE, seen through any crop."""

    def __init__(self, settings: ComfortSettings = RAW) -> None:
        self.animator = Animator(EagerRuntime(tiny_model(), DeviceChoice(torch.device("cpu"), "a test")))
        self.source: Source = self.animator.encode_source(picture(64))
        self.comfort = Comfort(self.animator, settings)
        self.at = 0.0

    def see(
        self,
        head: Keypoints | None,
        crop: Crop = SQUARE,
        *,
        framing: FramingSettings = HELD,
        base: Crop | None = None,
        jumped: bool = False,
        seconds: float = 0.1,
        motion: MotionSettings = PLAIN,
    ) -> Keypoints | None:
        self.at += seconds
        framed = Framed(crop, base or crop)
        self.comfort.begin(self.at, framed, framing, jumped=jumped)
        if head is not None:
            self.comfort.see(carried(head, *between(SQUARE, crop)), framed)
        return self.comfort.moved(self.source, motion, lost=head is None)

    def calibrated(self) -> Stage:
        assert self.see(HEAD) is None
        self.comfort.relate(self.animator.reference(HEAD), SQUARE, softly=False)
        return self

    def travel(self, moved: Keypoints | None) -> torch.Tensor:
        assert moved is not None
        return (moved.value - self.source.keypoints.value).mean(1)[0]


def shifted(x: float, y: float = 0.0) -> Keypoints:
    return Keypoints(HEAD.value + torch.tensor([x, y]), HEAD.jacobian)


def test_a_crop_that_moves_before_a_still_head_moves_nothing() -> None:
    stage = Stage().calibrated()
    for step in range(1, 6):
        moved = stage.see(HEAD, Crop(200 + 2 * step, 100 - step, 200 + 3 * step), seconds=0.01)
        assert moved is not None
        torch.testing.assert_close(moved.value, stage.source.keypoints.value, atol=2e-3, rtol=0)
        torch.testing.assert_close(moved.jacobian, stage.source.keypoints.jacobian, atol=5e-3, rtol=5e-3)


def test_a_head_that_moves_is_seen_in_full_though_the_crop_follows_it() -> None:
    stage = Stage().calibrated()
    moved = stage.see(shifted(0.2), Crop(220, 100, 200), seconds=0.01)  # the crop has followed all the way
    torch.testing.assert_close(stage.travel(moved), torch.tensor([0.2, 0.0]), atol=2e-3, rtol=0)


def test_after_a_while_the_avatar_is_back_in_the_middle() -> None:
    stage = Stage().calibrated()
    soon = FramingSettings(settle_s=1.0)
    travels = [float(stage.travel(stage.see(shifted(0.2), Crop(220, 100, 200), framing=soon))[0]) for _ in range(40)]
    assert travels[0] > 0.15
    assert travels == sorted(travels, reverse=True)
    assert abs(travels[-1]) < 0.01


@pytest.mark.parametrize("framing", [FramingSettings(automatic=False), FramingSettings(locked=True)])
def test_a_square_that_stands_is_no_reason_to_settle(framing: FramingSettings) -> None:
    stage = Stage().calibrated()
    for _ in range(20):
        moved = stage.see(shifted(0.2), framing=framing)
    torch.testing.assert_close(stage.travel(moved), torch.tensor([0.2, 0.0]), atol=1e-5, rtol=0)


def test_zooming_by_hand_is_not_coming_closer() -> None:
    stage = Stage().calibrated()
    for _ in range(20):
        moved = stage.see(HEAD, Crop(250, 150, 100), base=SQUARE, framing=FramingSettings(settle_s=0.1))
    assert moved is not None
    torch.testing.assert_close(moved.jacobian, stage.source.keypoints.jacobian, atol=1e-4, rtol=1e-4)


def test_a_jump_to_another_place_leaves_the_avatar_where_it_is() -> None:
    stage = Stage().calibrated()
    elsewhere = Crop(500, 0, 100)
    there = carried(HEAD, *between(elsewhere, SQUARE))  # the head now sits in that crop as it sat in the first
    moved = stage.see(there, elsewhere, jumped=True)
    torch.testing.assert_close(stage.travel(moved), torch.zeros(2), atol=1e-4, rtol=0)


def test_smoothing_survives_a_moving_crop() -> None:
    stage = Stage(ComfortSettings(min_cutoff=0.5, beta=0.0, guard=False)).calibrated()
    for step in range(10):
        moved = stage.see(HEAD, Crop(200 + 10 * step, 100, 200), framing=FramingSettings(locked=True))
    torch.testing.assert_close(stage.travel(moved), torch.zeros(2), atol=1e-4, rtol=0)


def test_a_new_reference_comes_in_a_glide_when_nobody_asked() -> None:
    for softly in (True, False):
        stage = Stage().calibrated()
        stage.see(shifted(0.2))
        stage.comfort.relate(stage.animator.reference(shifted(0.2)), SQUARE, softly=softly)
        travels = [float(stage.travel(stage.see(shifted(0.2)))[0]) for _ in range(8)]
        assert travels[-1] == pytest.approx(0.0, abs=1e-5)
        assert (travels[0] > 0.15) is softly
        assert travels == sorted(travels, reverse=True)


def test_the_guard_keeps_the_portrait_within_reach() -> None:
    for settings, farthest in ((RAW, 0.9), (ComfortSettings(smooth=False), 0.32)):
        stage = Stage(settings).calibrated()
        assert float(stage.travel(stage.see(shifted(0.9), seconds=0.001)).norm()) == pytest.approx(farthest, abs=0.02)


def test_a_lost_face_eases_out_and_a_found_one_in() -> None:
    stage = Stage().calibrated()
    for _ in range(2):
        full = float(stage.travel(stage.see(shifted(0.2), seconds=0.01))[0])
    out = [float(stage.travel(stage.see(None))[0]) for _ in range(4)]
    assert full > out[0] > out[1] > out[2] > out[3] > 0
    assert stage.see(None) is None
    assert stage.see(None) is None
    back = [float(stage.travel(stage.see(shifted(0.2), framing=FramingSettings(locked=True)))[0]) for _ in range(4)]
    assert 0 < back[0] < back[1] < back[2] == pytest.approx(back[3])


def test_with_no_time_to_ease_a_lost_face_is_gone_at_once() -> None:
    stage = Stage(ComfortSettings(ease_s=0.0)).calibrated()
    assert stage.see(HEAD) is not None
    assert stage.see(None) is None


def test_a_reference_of_another_day_counts_from_the_first_square_there_is() -> None:
    stage = Stage()
    stage.comfort.relate(stage.animator.reference(HEAD), None, softly=False)
    elsewhere = Crop(500, 0, 100)
    moved = stage.see(carried(HEAD, *between(elsewhere, SQUARE)), elsewhere)
    torch.testing.assert_close(stage.travel(moved), torch.zeros(2), atol=1e-4, rtol=0)


def test_nothing_moves_before_a_reference_and_after_forgetting() -> None:
    stage = Stage().calibrated()
    stage.comfort.forget()
    assert stage.see(HEAD) is None


def test_absolute_motion_takes_the_crop_as_it_is() -> None:
    stage = Stage().calibrated()
    moved = stage.see(shifted(0.2), motion=MotionSettings(relative=False))
    assert moved is not None
    torch.testing.assert_close(moved.value, shifted(0.2).value)


def test_lag_is_told_in_milliseconds() -> None:
    assert smoothing_lag(ComfortSettings(min_cutoff=1.0)).rest_ms == pytest.approx(159, abs=1)
    assert smoothing_lag(ComfortSettings(smooth=False)) == (0.0, 0.0)

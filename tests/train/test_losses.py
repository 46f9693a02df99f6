"""Values on fixed inputs, worked out by hand. What the original gives is in tests/parity."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from avatarify.model.discriminator import Judgement
from avatarify.model.motion import Keypoints
from avatarify.train import losses
from avatarify.train.landmarks import Landmarks
from avatarify.train.transform import Transform


class Doubling:
    """A backbone whose two taps are the picture and twice the picture."""

    def features(self, images: Tensor) -> list[Tensor]:
        return [images, 2 * images]


def shifted_by(x: float) -> Transform:
    return Transform(torch.tensor([[[1.0, 0, x], [0, 1, 0]]]), torch.zeros(1, 25))


def judged(value: float, feature: float) -> dict[float, Judgement]:
    return {1.0: Judgement((torch.full((1, 2, 3, 3), feature),), torch.full((1, 1, 2, 2), value))}


def test_perceptual_sums_taps_and_scales() -> None:
    real = {1.0: torch.zeros(1, 3, 4, 4), 0.5: torch.zeros(1, 3, 2, 2)}
    predicted = {1.0: torch.full((1, 3, 4, 4), 0.1), 0.5: torch.full((1, 3, 2, 2), 0.2)}
    assert float(losses.perceptual(Doubling(), predicted, real)) == pytest.approx(3 * 0.1 + 3 * 0.2)


def test_equivariance_is_zero_where_keypoints_follow_the_transform() -> None:
    value = torch.tensor([[[0.2, 0.1]]])
    keypoints = Keypoints(value + torch.tensor([0.3, 0.0]), torch.eye(2).view(1, 1, 2, 2))
    transformed = Keypoints(value, torch.eye(2).view(1, 1, 2, 2))
    assert float(losses.equivariance_value(keypoints, transformed, shifted_by(0.3))) == pytest.approx(0, abs=1e-6)
    assert float(losses.equivariance_value(keypoints, transformed, shifted_by(0.5))) == pytest.approx(0.1)
    assert float(losses.equivariance_jacobian(keypoints, transformed, shifted_by(0.3)).detach()) == pytest.approx(
        0, abs=1e-6
    )
    doubled = transformed._replace(jacobian=2 * transformed.jacobian)
    assert float(losses.equivariance_jacobian(keypoints, doubled, shifted_by(0.3)).detach()) == pytest.approx(0.5)


def test_adversarial() -> None:
    real, generated = judged(0.9, 1.0), judged(0.3, 0.25)
    assert float(losses.generator_adversarial(generated)) == pytest.approx(0.49)
    assert float(losses.discriminator_adversarial(real, generated)) == pytest.approx(0.01 + 0.09)
    assert float(losses.feature_matching(real, generated)) == pytest.approx(0.75)


def test_identity_and_l1() -> None:
    assert float(losses.identity(torch.tensor([[0.0, 3.0]]), torch.tensor([[4.0, 0.0]]))) == pytest.approx(25)
    assert float(losses.l1(torch.full((2, 3), 0.5), torch.zeros(2, 3))) == pytest.approx(0.5)


def test_landmark_counts_what_is_known_by_its_weight() -> None:
    guided = torch.tensor([[[0.1, 0.0], [0.5, 0.5]], [[0.0, 0.3], [0.0, 0.0]]])
    landmarks = Landmarks(torch.zeros(2, 2, 2), torch.tensor([[1.0, 0.0], [2.0, 1.0]]))
    assert float(losses.landmark(guided, landmarks)) == pytest.approx((0.1 + 2 * 0.3) / 8)
    assert float(losses.landmark(landmarks.value, landmarks)) == 0


def test_gaps_count_though_the_whole_face_is_off() -> None:
    """Both lips lie too low by 0.1 and as far apart as they should, then the lower one by 0.04 more."""
    landmarks = Landmarks(torch.tensor([[[0.0, 0.0], [0.0, 0.2]]]), torch.tensor([[1.0, 0.5]]))
    low = landmarks.value + torch.tensor([0.0, 0.1])
    assert float(losses.landmark(low, landmarks, [(0, 1)])) == pytest.approx((0.1 + 0.5 * 0.1) / 4)
    apart = low + torch.tensor([[[0.0, 0.0], [0.0, 0.04]]])
    expected = (0.1 + 0.5 * 0.14) / 4 + 0.5 * 0.04 / 2
    assert float(losses.landmark(apart, landmarks, [(0, 1)])) == pytest.approx(expected)


def test_focus_weighs_pixels() -> None:
    weight = torch.tensor([[[[2.0, 0.0]]]])
    ours = torch.tensor([0.1, 0.7]).expand(1, 3, 1, 2)
    assert float(losses.focus(ours, torch.zeros(1, 3, 1, 2), weight)) == pytest.approx(0.1)


def test_flow_is_where_a_place_comes_from() -> None:
    """A field that shifts by 0.25: the place at 0 of the driving picture comes from 0.25 of the source."""
    axis = torch.linspace(-1, 1, 9)
    field = torch.stack([axis.expand(9, 9) + 0.25, axis[:, None].expand(9, 9)], -1)[None]
    driving = Landmarks(torch.tensor([[[0.0, 0.1], [0.5, 0.0], [0.3, 0.3]]]), torch.tensor([[2.0, 1.0, 1.0]]))
    source = Landmarks(driving.value + torch.tensor([0.25, 0.0]), torch.tensor([[1.0, 1.0, 0.0]]))
    assert float(losses.flow(field, source, driving, align_corners=True)) == pytest.approx(0, abs=1e-6)
    away = source._replace(value=source.value + torch.tensor([0.0, 0.1]))  # by 0.1 in y, in two places of weight 1
    assert float(losses.flow(field, away, driving, align_corners=True)) == pytest.approx(2 * 0.1 / 6, abs=1e-6)


def test_expression_counts_known_faces_by_points_and_gaps() -> None:
    """Of two pictures one has a face; its second point is off by 0.1 in y, and with it the gap to the first one."""
    theirs = torch.rand(2, 3, 2)
    ours = theirs + torch.tensor([[0.0, 0.0], [0.0, 0.1], [0.0, 0.0]])
    found = losses.expression(ours, theirs, torch.tensor([1.0, 0.0]), (1.0, 4.0, 1.0), [(0, 1)])
    assert float(found) == pytest.approx(4 * 0.1 / 12 + 0.1 / 4, abs=1e-6)
    assert float(losses.expression(ours, theirs, torch.zeros(2), (1.0, 4.0, 1.0), [(0, 1)])) == 0


def test_weighted_sum() -> None:
    assert float(losses.weighted_sum([(2.0, torch.tensor(3.0)), (0.5, torch.tensor(4.0))])) == pytest.approx(8)


def test_means_over_shares_of_a_batch_are_the_loss_of_the_batch() -> None:
    torch.manual_seed(0)
    ours, theirs = torch.rand(4, 3, 8, 8), torch.rand(4, 3, 8, 8)
    halves = (slice(0, 2), slice(2, 4))
    shares = [losses.l1(ours[part], theirs[part]) for part in halves]
    assert float(torch.stack(shares).mean()) == pytest.approx(float(losses.l1(ours, theirs)), abs=1e-6)

    value, weight = torch.rand(4, 3, 2), torch.tensor([[0.0, 0, 0], [1, 0, 2], [1, 1, 2], [1, 1, 2]])
    guided = torch.rand(4, 3, 2)
    shares = [losses.landmark(guided[part], Landmarks(value[part], weight[part])) for part in halves]
    whole = losses.landmark(guided, Landmarks(value, weight))
    assert float(torch.stack(shares).mean()) == pytest.approx(float(whole), abs=1e-6)

"""One-Euro: calm at rest, quick in motion, and carried along with a moving square."""

from __future__ import annotations

import math

import pytest
import torch

from avatarify.model.motion import Keypoints, carried
from avatarify.model.smoothing import OneEuro, lag_ms


def at_place(x: float, y: float = 0.0) -> Keypoints:
    return Keypoints(torch.tensor([[[x, y]]]), torch.eye(2)[None, None])


def noisy(count: int, amplitude: float) -> list[Keypoints]:
    generator = torch.Generator().manual_seed(1)
    return [
        Keypoints(
            amplitude * torch.randn(1, 10, 2, generator=generator),
            torch.eye(2) + amplitude * torch.randn(1, 10, 2, 2, generator=generator),
        )
        for _ in range(count)
    ]


def shiver(stream: list[Keypoints]) -> float:
    return float(torch.stack([k.value for k in stream]).diff(n=2, dim=0).square().mean().sqrt())


def test_the_first_keypoints_pass_unchanged() -> None:
    first = at_place(0.3)
    assert OneEuro(1.0, 5.0).filter(first, 0.0) is first


def test_a_still_head_before_a_noisy_camera_is_held_still() -> None:
    raw = noisy(60, 0.002)
    smoother = OneEuro(1.5, 6.0)
    calm = [smoother.filter(keypoints, index / 30) for index, keypoints in enumerate(raw)]
    assert shiver(calm[10:]) < 0.35 * shiver(raw[10:])


def test_jacobians_are_smoothed_too() -> None:
    raw = noisy(60, 0.002)
    smoother = OneEuro(1.5, 6.0)
    calm = torch.stack([smoother.filter(keypoints, index / 30).jacobian for index, keypoints in enumerate(raw)])
    rough = torch.stack([keypoints.jacobian for keypoints in raw])
    assert calm[10:].diff(dim=0).std() < 0.5 * rough[10:].diff(dim=0).std()


def test_a_moving_head_is_followed_with_the_lag_that_is_told() -> None:
    smoother, speed = OneEuro(1.5, 6.0), 1.0
    for index in range(90):
        followed = smoother.filter(at_place(speed * index / 30), index / 30)
    behind_ms = 1000 * (speed * 89 / 30 - float(followed.value[0, 0, 0])) / speed
    assert behind_ms == pytest.approx(lag_ms(1.5, 6.0, speed), abs=17)  # half a frame at 30 frames a second
    assert lag_ms(1.5, 6.0, 0.0) == pytest.approx(1000 / (2 * math.pi * 1.5))


def test_more_beta_lets_go_sooner() -> None:
    places = {}
    for beta in (0.0, 20.0):
        smoother = OneEuro(1.0, beta)
        smoother.filter(at_place(0.0), 0.0)
        for index in range(1, 4):
            places[beta] = float(smoother.filter(at_place(0.5), index / 30).value[0, 0, 0])
    assert places[0.0] < 0.3 < 0.4 < places[20.0]


def test_the_frame_rate_hardly_matters() -> None:
    ends = []
    for fps in (10, 60):
        smoother = OneEuro(1.0, 0.0)
        smoother.filter(at_place(0.0), 0.0)
        for index in range(1, fps // 5 + 1):
            end = smoother.filter(at_place(1.0), index / fps)
        ends.append(float(end.value[0, 0, 0]))
    assert ends[0] == pytest.approx(ends[1], abs=1e-4)


@pytest.mark.parametrize("later", [0.9, -0.1], ids=["a long gap", "a clock that runs backwards"])
def test_a_jump_of_the_clock_starts_anew(later: float) -> None:
    smoother = OneEuro(0.5, 0.0)
    smoother.filter(at_place(0.0), 0.0)
    assert float(smoother.filter(at_place(1.0), later).value[0, 0, 0]) == 1.0


def test_reset_forgets() -> None:
    smoother = OneEuro(0.5, 0.0)
    smoother.filter(at_place(0.0), 0.0)
    smoother.reset()
    assert float(smoother.filter(at_place(1.0), 0.03).value[0, 0, 0]) == 1.0


def test_the_past_is_carried_along_when_the_square_moves() -> None:
    square = (0.8, 0.1, -0.2)
    ends = []
    for moves, told in ((False, False), (True, True), (True, False)):
        smoother = OneEuro(1.0, 0.0)
        for index in range(5):
            keypoints = at_place(0.1 * index, 0.02 * index)
            if moves and told and index == 3:
                smoother.carry(*square)
            end = smoother.filter(carried(keypoints, *square) if moves and index >= 3 else keypoints, index / 30)
        ends.append(end if moves else carried(end, *square))
    still, carried_along, not_told = (float(end.value[0, 0, 0]) for end in ends)
    assert carried_along == pytest.approx(still, abs=1e-6)
    assert abs(not_told - still) > 0.01
    torch.testing.assert_close(ends[1].jacobian, ends[0].jacobian)

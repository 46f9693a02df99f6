"""The motion guard: small motions pass, large ones end at a limit, nothing is torn."""

from __future__ import annotations

import math

import pytest
import torch

from avatarify.model import guard as guarding
from avatarify.model.guard import LIMITS, guard, soft_limit
from avatarify.model.motion import Keypoints, product


def source() -> Keypoints:
    generator = torch.Generator().manual_seed(2)
    value = 0.4 * torch.randn(1, 10, 2, generator=generator)
    return Keypoints(value, torch.eye(2) + 0.2 * torch.randn(1, 10, 2, 2, generator=generator))


def turned(angle: float, stretch: tuple[float, float] = (1.0, 1.0)) -> torch.Tensor:
    c, s = math.cos(angle), math.sin(angle)
    return torch.tensor([[c, -s], [s, c]]) @ torch.diag(torch.tensor(stretch))


def moved(change: torch.Tensor, shift: tuple[float, float] = (0.0, 0.0)) -> Keypoints:
    start = source()
    return Keypoints(start.value + torch.tensor(shift), product(change.expand(1, 10, 2, 2), start.jacobian))


def change_of(keypoints: Keypoints) -> torch.Tensor:
    return (keypoints.jacobian.double() @ source().jacobian.double().inverse())[0, 0]


def test_what_a_portrait_can_follow_passes_unchanged() -> None:
    small = moved(turned(0.2, (1.1, 0.9)), (0.08, -0.05))
    guarded = guard(source(), small)
    torch.testing.assert_close(guarded.value, small.value)
    torch.testing.assert_close(guarded.jacobian, small.jacobian, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("far", [0.5, 2.0, 50.0])
def test_a_head_that_leaves_the_picture_stays_within_reach(far: float) -> None:
    guarded = guard(source(), moved(turned(0.0), (far, 0.0)))
    travel = (guarded.value - source().value)[0]
    assert (travel[:, 0] > LIMITS.travel[0]).all()
    assert (travel.norm(dim=-1) <= LIMITS.travel[1] + 1e-6).all()


def test_one_keypoint_that_runs_off_is_held_beside_the_others() -> None:
    start = source()
    value = start.value.clone()
    value[0, 3] += torch.tensor([1.5, 0.0])
    guarded = guard(start, Keypoints(value, start.jacobian))
    assert float((guarded.value - start.value).norm(dim=-1).max()) < LIMITS.bend[1] + LIMITS.travel[0] + 1e-4


def test_turn_and_stretch_end_at_their_limits() -> None:
    found = change_of(guard(source(), moved(turned(2.0, (9.0, 0.01)))))
    sizes = torch.linalg.svdvals(found).log()
    assert float(sizes.abs().max()) <= LIMITS.stretch[1] + 1e-4
    assert abs(math.atan2(float(found[1, 0] - found[0, 1]), float(found[0, 0] + found[1, 1]))) <= LIMITS.turn[1] + 1e-4


def test_a_face_turned_inside_out_is_put_right() -> None:
    found = change_of(guard(source(), moved(turned(0.0, (1.0, -1.0)))))
    assert float(torch.linalg.det(found)) > 0


def test_more_motion_never_gives_less() -> None:
    x = torch.linspace(-3, 3, 400)
    y = soft_limit(x, 0.5, 1.0)
    assert (y.diff() >= 0).all()
    assert float(y.diff().diff().abs().max()) < 0.01  # no corner at the knee
    torch.testing.assert_close(y, -y.flip(0))


def test_numbers_that_are_none_leave_the_keypoint_where_it_is() -> None:
    start, broken = source(), moved(turned(0.1))
    broken.jacobian[0, 4] = torch.nan
    guarded = guard(start, broken)
    assert guarded.jacobian.isfinite().all()
    torch.testing.assert_close(guarded.jacobian[0, 4], start.jacobian[0, 4])
    torch.testing.assert_close(guarded.value[0, 4], start.value[0, 4])


def pairs(size: float) -> list[tuple[Keypoints, Keypoints]]:
    """Random sources and motions from them, about so large."""
    generator = torch.Generator().manual_seed(7)

    def random(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator)

    found = []
    for _ in range(60):
        start = Keypoints(0.4 * random(1, 10, 2), torch.eye(2) + 0.2 * random(1, 10, 2, 2))
        shift = size * random(1, 1, 2) + 0.3 * size * random(1, 10, 2)
        change = torch.eye(2) + size * random(1, 10, 2, 2)
        found.append((start, Keypoints(start.value + shift, product(change, start.jacobian))))
    return found


@pytest.mark.parametrize("size", [0.005, 0.03, 0.06, 0.5])
def test_the_short_way_gives_what_the_long_way_gives(size: float, monkeypatch: pytest.MonkeyPatch) -> None:
    short = [guard(start, far) for start, far in pairs(size)]
    monkeypatch.setattr(guarding, "_needs_nothing", lambda *_: False)
    for quick, (start, far) in zip(short, pairs(size), strict=True):
        slow = guard(start, far)
        torch.testing.assert_close(quick.value, slow.value, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(quick.jacobian, slow.jacobian, atol=1e-4, rtol=1e-3)


def test_the_short_way_is_taken_for_small_motions_only() -> None:
    taken = {size: sum(guarding._needs_nothing(*pair, LIMITS) for pair in pairs(size)) for size in (0.005, 0.06, 0.5)}
    assert taken[0.005] == 60
    assert taken[0.5] == 0
    start = source()
    assert not guarding._needs_nothing(start, Keypoints(start.value * torch.nan, start.jacobian), LIMITS)
    assert not guarding._needs_nothing(start, Keypoints(start.value, start.jacobian * torch.inf), LIMITS)
    flat = Keypoints(start.value, torch.zeros_like(start.jacobian))
    assert not guarding._needs_nothing(flat, start, LIMITS), "a source without area has no inverse"

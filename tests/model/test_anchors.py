from __future__ import annotations

import pytest
import torch

from avatarify.model.anchors import REACH, anchored
from avatarify.model.motion import coordinate_grid

SIDE = 65  # so that a pixel's middle is at 0
IDENTITY = coordinate_grid(SIDE, SIDE, torch.zeros(()))[None]


def at(deformation: torch.Tensor, place: tuple[float, float]) -> list[float]:
    x, y = (round((value + 1) / 2 * (SIDE - 1)) for value in place)
    found: list[float] = deformation[0, y, x].tolist()
    return found


def test_each_anchor_comes_from_its_place_and_what_is_far_stays() -> None:
    driving = torch.tensor([[[0.0, 0.5], [0.0, 0.25], [0.5, -0.5]]])
    source = driving + torch.tensor([[[0.0, 0.0], [0.02, -0.03], [-0.1, 0.05]]])
    held = anchored(IDENTITY, source, driving)
    for one, other in zip(driving[0].tolist(), source[0].tolist(), strict=True):
        assert at(held, tuple(one)) == pytest.approx(other, abs=1e-3)
    assert at(held, (-0.5, -0.5)) == pytest.approx([-0.5, -0.5], abs=1e-6)
    assert at(held, (0.5 - REACH, -0.5))[0] == pytest.approx(0.5 - REACH - 0.1 * 0.6065, abs=0.01)


def test_lips_that_part_are_taken_from_where_they_met() -> None:
    """One sigma and a half apart: what is wrong with each of them reaches the other."""
    driving = torch.tensor([[[0.0, 0.25], [0.0, 0.34375]]])
    source = torch.tensor([[[0.0, 0.28], [0.0, 0.31]]])
    held = anchored(IDENTITY, source, driving)
    for one, other in zip(driving[0].tolist(), source[0].tolist(), strict=True):
        assert at(held, tuple(one)) == pytest.approx(other, abs=2e-3)


def test_what_leads_there_already_is_left_alone() -> None:
    driving = torch.rand(2, 5, 2, generator=torch.Generator().manual_seed(0)) - 0.5
    moved = IDENTITY.expand(2, -1, -1, -1) + 0.1
    assert torch.allclose(anchored(moved, driving + 0.1, driving), moved, atol=1e-5)


def test_anchors_in_one_place_that_disagree_move_it_by_their_mean() -> None:
    driving = torch.zeros(1, 7, 2)
    source = torch.linspace(-0.3, 0.3, 7)[None, :, None].expand(1, 7, 2) + 0.1
    held = anchored(IDENTITY, source, driving)
    assert at(held, (0, 0)) == pytest.approx([0.1, 0.1], abs=1e-3)
    assert float((held - IDENTITY).abs().max()) < 0.11


def test_half_precision_around_it_changes_nothing() -> None:
    random = torch.Generator().manual_seed(1)
    driving = torch.rand(1, 7, 2, generator=random) - 0.5
    source = driving + 0.05 * torch.randn(1, 7, 2, generator=random)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        held = anchored(IDENTITY, source, driving)
    assert torch.equal(held, anchored(IDENTITY, source, driving))

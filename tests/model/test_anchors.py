from __future__ import annotations

import pytest
import torch

from avatarify.model.anchors import EDGE, LID_REACH, REACH, anchored, covering, finer
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


@pytest.mark.parametrize("degrees", [0, 90])
def test_a_lid_comes_down_over_an_eye_that_stays(degrees: int) -> None:
    """Both lids come down by 0.0625 to where the lower ones are; a turned head's come from its side."""
    angle = torch.tensor(degrees * torch.pi / 180)
    turn = torch.stack([torch.stack([angle.cos(), -angle.sin()]), torch.stack([angle.sin(), angle.cos()])])
    driving = torch.tensor([[[0.0, 0.75], [-0.25, 0.0], [0.25, 0.0], [0.0, 0.5]]]) @ turn.T
    source = driving + torch.tensor([[0.0, 0.0], [0.0, -0.0625], [0.0, -0.0625], [0.0, 0.0]]) @ turn.T
    held = anchored(IDENTITY, source, driving, lids=3) @ turn  # back to where up is up
    soft = anchored(IDENTITY, source, driving) @ turn

    def height(field: torch.Tensor, x: float, y: float) -> float:
        spot = turn @ torch.tensor([x, y])
        row = at(field, (float(spot[0]), float(spot[1])))
        return row[1]

    for x in (-0.25, 0.25):
        assert height(held, x, 0.0) == pytest.approx(-0.0625, abs=2e-3)  # the lid
        assert height(held, x, -0.0625) == pytest.approx(height(soft, x, -0.0625), abs=2e-3)  # the skin above it
        assert height(held, x, 0.03125) == pytest.approx(0.03125, abs=1e-3)  # below it nothing moves
        assert height(soft, x, 0.03125) < 0  # and would, so that the eye came down with its lid
    assert height(held, 0.0, 0.5) == pytest.approx(0.5, abs=1e-3)


def test_a_lid_covers_along_its_edge_and_above_it() -> None:
    edges = torch.tensor([[[-0.25, 0.125], [0.25, 0.125]]])
    offsets = [(0.0, 0.0), (LID_REACH, 0.0), (0.0, -REACH), (0.0, EDGE / 2), (0.0, EDGE), (0.0, 2 * EDGE)]
    places = edges[0, 1] + torch.tensor(offsets)
    share = covering(places[None], edges)[0]
    assert share[:, 1].tolist() == pytest.approx([1, 0.6065, 0.6065, 0.5 * 0.9922, 0, 0], abs=1e-3)
    assert float(share[:, 0].max()) < 1e-4  # the other eye is far


def test_finer_places_say_the_same() -> None:
    sheared = IDENTITY + 0.1 * IDENTITY.flip(-1)
    fine = finer(sheared)
    grid = coordinate_grid(2 * SIDE, 2 * SIDE, torch.zeros(()))[None]
    assert torch.allclose(fine, grid + 0.1 * grid.flip(-1), atol=1e-6)


def test_lids_in_one_place_are_no_trouble() -> None:
    held = anchored(IDENTITY, torch.full((1, 3, 2), 0.1), torch.zeros(1, 3, 2), lids=3)
    assert torch.isfinite(held).all()
    assert at(held, (0, 0)) == pytest.approx([0.1, 0.1], abs=1e-3)


def test_half_precision_around_it_changes_nothing() -> None:
    random = torch.Generator().manual_seed(1)
    driving = torch.rand(1, 7, 2, generator=random) - 0.5
    source = driving + 0.05 * torch.randn(1, 7, 2, generator=random)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        held = anchored(IDENTITY, source, driving)
    assert torch.equal(held, anchored(IDENTITY, source, driving))

from __future__ import annotations

import pytest
import torch

from avatarify.train.face_points import GuidedPoint, LandmarkConfig
from avatarify.train.focus import focus_map
from avatarify.train.landmarks import Landmarks

CONFIG = LandmarkConfig(
    (
        GuidedPoint("eye", (0,), (0,), focus=0.05),
        GuidedPoint("mouth", (1,), (1,), focus=0.1),
        GuidedPoint("chin", (2,), (2,)),
    )
)
PLACES = torch.tensor([[-0.5, -0.5], [0.0, 0.5], [0.9, 0.9]])


def focused(*weight: float) -> torch.Tensor:
    return focus_map(Landmarks(PLACES[None], torch.tensor([weight])), CONFIG, 40)


def test_weight_is_high_where_a_face_speaks_and_has_the_mean_1() -> None:
    found = focused(1.0, 1.0, 1.0)
    assert found.shape == (1, 1, 40, 40)
    assert float(found.mean()) == pytest.approx(1)
    eye, mouth, chin = (float(found[0, 0, row, column]) for row, column in ((10, 10), (30, 20), (38, 38)))
    assert eye > 10
    assert mouth == pytest.approx(eye, rel=0.1)
    assert chin < 0.1


def test_a_bump_is_as_wide_as_it_is_said_to_be() -> None:
    found = focused(0.0, 1.0, 0.0)[0, 0]
    middle = float(found[29:31, 19:21].mean())
    one_sigma = float(found[29:31, 23:25].mean())  # 4 of 40 pixels to the right
    assert one_sigma / middle == pytest.approx(0.607, abs=0.03)


def test_places_that_are_not_known_draw_no_look() -> None:
    assert float(focused(0.0, 1.0, 1.0)[0, 0, 10, 10]) < 0.1
    assert float(focused(0.0, 0.0, 1.0).abs().max()) == 0

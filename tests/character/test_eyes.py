"""Where the lids are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.character.cast import CAST
from avatarify.character.draw import draw
from avatarify.character.expression import NEUTRAL, Expression
from avatarify.character.eyes import Eye, rims
from avatarify.character.head import model
from avatarify.character.view import look

SIZE = 512
SPAN = np.array([-0.5, 0.0, 0.5])


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("yaw", [0.0, 20.0])
def test_lids_that_shut_meet(side: int, yaw: float) -> None:
    """Open, they are apart; shut, they meet, and the upper one has come down."""
    person = CAST[0]
    open_eyes, shut = Expression(yaw=yaw), Expression(yaw=yaw, blink_left=1, blink_right=1)
    (upper, lower), met = (
        rims(Eye(person, model(person), look(pose, SIZE, SIZE), side), pose, SPAN) for pose in (open_eyes, shut)
    )
    assert (lower - upper)[:, 1].min() > 8
    assert np.abs(met[1] - met[0]).max() < 2
    assert (met[0] - upper)[:, 1].min() > 5


def test_rims_begin_at_the_nose() -> None:
    person = CAST[0]
    for side in (-1, 1):
        eye = Eye(person, model(person), look(NEUTRAL, SIZE, SIZE), side)
        upper, lower = rims(eye, NEUTRAL, np.array([-1.0, 1.0]))
        assert (abs(upper[0, 0] - SIZE / 2)) < abs(upper[1, 0] - SIZE / 2)
        assert np.abs(upper - lower).max() < 2  # both end in the corners


def test_a_shut_eye_is_dark_where_the_rims_meet() -> None:
    person, shut = CAST[0], Expression(blink_left=1, blink_right=1)
    grey = draw(person, shut, SIZE).mean(2)
    for side in (-1, 1):
        upper, _ = rims(Eye(person, model(person), look(shut, SIZE, SIZE), side), shut, np.zeros(1))
        x, y = upper[0].round().astype(int)
        assert grey[y - 2 : y + 3, x].min() < 0.6 * grey[y - 12, x]

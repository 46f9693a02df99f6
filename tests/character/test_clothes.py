"""A garment that is painted once and laid over is the garment that is painted anew."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.character.brush import Canvas
from avatarify.character.cast import CAST
from avatarify.character.character import Character
from avatarify.character.clothes import paint_clothes, sew
from avatarify.character.draw import draw
from avatarify.character.expression import NEUTRAL, Expression
from avatarify.character.view import look


@pytest.mark.parametrize("character", [CAST[0], CAST[2], CAST[6], CAST[8]], ids=lambda who: who.clothes.cut)
def test_laid_over_a_picture_it_looks_as_if_painted_on_it(character: Character) -> None:
    picture = np.random.default_rng(1).uniform(0, 255, (128, 128, 3)).astype(np.float32)
    view = look(NEUTRAL, 128, 128)
    garment = sew(character, view, 128, 128)
    laid = picture[garment.top :] * garment.gain + garment.light
    painted = picture.copy()
    paint_clothes(Canvas(painted), character, view)
    assert np.abs(laid - painted[garment.top :]).max() < 1.0


def test_a_picture_beside_the_neutral_framing_continues_it() -> None:
    beside = draw(CAST[0], Expression(x=1e-7), 128)
    assert np.abs(beside.astype(int) - draw(CAST[0], NEUTRAL, 128)).mean() < 0.1

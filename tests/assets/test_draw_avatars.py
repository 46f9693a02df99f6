"""The shipped pictures are what the script draws, and everything that is shipped has its credit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from assets.draw_avatars import CROPPED_SIDE, SIDE, STANDBY, astronaut, avatar, pause, standby
from avatarify.character.cast import CAST, PERFORMER
from avatarify.character.character import Character
from avatarify.frame import Image

ASSETS = Path(__file__).parents[2] / "assets"


def shipped(name: str) -> Image:
    return np.asarray(Picture.open(ASSETS / name).convert("RGB"))


def difference(one: Image, other: Image) -> int:
    return int(np.abs(one.astype(int) - other).max())


def test_the_performer_is_redrawn_as_shipped() -> None:
    assert difference(avatar(PERFORMER), shipped("avatars/miro.png")) <= 2


def test_the_standby_picture_is_redrawn_as_shipped() -> None:
    assert difference(standby(), shipped("standby.png")) <= 2


def test_the_pause_picture_is_redrawn_as_shipped() -> None:
    assert difference(pause(), shipped("pause.png")) <= 2


def test_the_photograph_is_cropped_as_shipped() -> None:
    assert difference(astronaut(), shipped("avatars/astronaut.png")) <= 2


@pytest.mark.parametrize("character", CAST, ids=lambda character: character.name)
def test_everybody_is_shipped(character: Character) -> None:
    image = shipped(f"avatars/{character.name.lower()}.png")
    assert image.shape == (SIDE, SIDE, 3)
    assert image.std() > 20


def test_sizes() -> None:
    for name in ("standby.png", "pause.png"):
        assert shipped(name).shape == (STANDBY[1], STANDBY[0], 3)
    assert shipped("avatars/astronaut.png").shape == (CROPPED_SIDE, CROPPED_SIDE, 3)


def test_every_picture_has_its_credit_and_every_credit_its_picture() -> None:
    lines = (ASSETS / "CREDITS.md").read_text().splitlines()
    credited = {line.split("`")[1] for line in lines if line.startswith("| `")}
    pictures = {path.relative_to(ASSETS).as_posix() for path in (ASSETS / "avatars").glob("*.png")} | {
        "standby.png",
        "pause.png",
    }
    assert pictures <= credited
    assert all((ASSETS / name).exists() for name in credited)

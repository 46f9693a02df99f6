"""Where a film is cut."""

from __future__ import annotations

import numpy as np

from avatarify.character.cast import CAST
from avatarify.character.draw import draw_scene
from avatarify.character.performance import DEMO, perform
from avatarify.frame import Image
from avatarify.train.shots import ShotChanges


def shot(person: int, frames: int, fps: float = 12.0) -> list[Image]:
    return [draw_scene(CAST[person], perform(DEMO, 1 + index / fps), width=96, height=72) for index in range(frames)]


def cuts(images: list[Image]) -> list[int]:
    changes = ShotChanges()
    return [index for index, image in enumerate(images) if changes.begins(image)]


def test_every_cut_and_nothing_else() -> None:
    assert cuts([*shot(0, 20), *shot(2, 15), *shot(1, 9)]) == [0, 20, 35]


def test_large_motion_is_no_cut() -> None:
    """A head that turns from side to side at half the usual frame rate."""
    assert cuts(shot(0, 60)) == [0]


def test_a_slow_change_of_light_is_no_cut() -> None:
    image = shot(0, 1)[0].astype(float)
    assert cuts([np.uint8(np.clip(image * level, 0, 255)) for level in np.linspace(0.4, 1.2, 20)]) == [0]


def test_flicker_is_not_a_row_of_cuts() -> None:
    random = np.random.default_rng(0)
    assert len(cuts([random.integers(0, 255, (48, 64, 3), dtype=np.uint8) for _ in range(10)])) <= 2

"""The badge can be read on any ground, at any size."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.virtual_camera.badge import draw_badge


@pytest.mark.parametrize("height", [360, 480, 720, 1080])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_word_stands_out_from_its_ground(height: int, level: int) -> None:
    frame = np.full((height, height * 16 // 9, 3), level, np.uint8)
    badge = draw_badge(height)
    badge.put_on(frame)
    rows, columns = badge.ink.shape[:2]
    part = frame[badge.top : badge.top + rows, badge.left : badge.left + columns].astype(int).mean(axis=2)
    ground = part[rows // 2, -6:-3].mean()  # right of the word
    assert part.max() - ground > 110
    assert badge.top + rows < height


def test_frame_outside_is_untouched() -> None:
    frame = np.full((720, 1280, 3), 77, np.uint8)
    badge = draw_badge(720)
    badge.put_on(frame)
    rows, columns = badge.ink.shape[:2]
    frame[badge.top : badge.top + rows, badge.left : badge.left + columns] = 77
    assert (frame == 77).all()


def test_corners_are_round() -> None:
    badge = draw_badge(720)
    assert badge.keep[0, 0, 0] > 0.95
    assert badge.keep[badge.keep.shape[0] // 2, 2, 0] < 0.5

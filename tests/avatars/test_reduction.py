"""Huge pictures: the part around the square is kept, and the square still lies on the same face."""

from __future__ import annotations

import cv2
import numpy as np

from avatarify.avatars.reduction import reduced
from avatarify.face.crop import Crop


def test_the_square_shows_the_same_in_the_smaller_picture() -> None:
    across, down = np.arange(2600, dtype=np.uint16), np.arange(2600, dtype=np.uint16)[:, None]
    image = np.empty((2600, 2600, 3), np.uint8)
    image[..., 0], image[..., 1], image[..., 2] = across // 11, down // 11, 90
    crop = Crop(700, 650, 1300)
    png, moved = reduced(image, crop)
    kept = cv2.cvtColor(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert max(kept.shape) == 2048
    before, after = crop.apply(image, 100).astype(int), moved.apply(np.asarray(kept, np.uint8), 100).astype(int)
    assert np.abs(before - after).max() <= 3


def test_a_square_that_reaches_outside_stays_where_it_is() -> None:
    image = np.full((4200, 300, 3), 90, np.uint8)
    _, moved = reduced(image, Crop(-50, 0, 400))
    assert moved == Crop(-50, 0, 400)

"""What is filmed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from avatarify.bench.footage import CAMERA_SIZE, Footage, drawn_footage, pressed, resized


@pytest.fixture(scope="module")
def footage() -> Footage:
    return drawn_footage()


def test_frames_have_the_cameras_size_and_a_webcams_weight(footage: Footage) -> None:
    width, height = CAMERA_SIZE
    for jpeg in footage.jpegs[::10]:
        assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape == (height, width, 3)
        assert 40_000 < len(jpeg) < 150_000


def test_the_performer_moves(footage: Footage) -> None:
    first, later = (
        cv2.imdecode(np.frombuffer(footage.jpegs[index], np.uint8), cv2.IMREAD_GRAYSCALE).astype(int)
        for index in (0, 5)
    )
    assert np.abs(first - later).mean() > 5


def test_portrait_is_square_and_takes_any_size(footage: Footage) -> None:
    for side in (64, 1024):
        assert resized(footage.portrait, side).shape == (side, side, 3)


def test_colours_survive_the_press() -> None:
    red = np.full((32, 32, 3), (200, 40, 20), np.uint8)
    (jpeg,) = pressed([red], 95)
    back = cv2.cvtColor(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    assert np.abs(back.astype(int) - red).max() < 6

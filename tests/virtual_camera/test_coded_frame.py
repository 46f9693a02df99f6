"""Numbers survive what happens to a picture on its way, and damage is noticed."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from avatarify.virtual_camera.coded_frame import NUMBERS, decode, encode, ground


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (1920, 1080), (96, 96)])
@pytest.mark.parametrize("number", [0, 1, 4242, 0xAAAAAA, NUMBERS - 1])
def test_number_comes_back(size: tuple[int, int], number: int) -> None:
    assert decode(encode(number, size)) == number


def test_number_survives_video_colours_jpeg_scaling_and_exchanged_channels() -> None:
    image = encode(123456, (1280, 720))
    planes = cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420)
    assert decode(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_I420)) == 123456
    assert decode(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], 1)) == 123456
    assert decode(cv2.resize(image, (640, 360))) == 123456


def test_damage_is_noticed() -> None:
    image = encode(7, (640, 480))
    image[240:] = encode(4100, (640, 480))[240:]
    image[200:230] = 30
    assert decode(image) is None


@pytest.mark.parametrize("level", [0, 128, 255])
def test_other_pictures_have_no_number(level: int) -> None:
    assert decode(np.full((480, 640, 3), level, np.uint8)) is None
    assert decode(np.full((8, 8, 3), level, np.uint8)) is None


def test_ground_is_around_the_grid() -> None:
    assert tuple(encode(9, (640, 480))[5, 5]) == ground(9)


def test_impossible_wishes_are_refused() -> None:
    with pytest.raises(ValueError, match="must be in"):
        encode(NUMBERS, (640, 480))
    with pytest.raises(ValueError, match="at least 96"):
        encode(1, (95, 480))

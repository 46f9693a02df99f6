"""The stand-by picture at any size, and what happens without its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.media.images import read_image, write_image
from avatarify.virtual_camera.standby import PAUSE_PICTURE, PICTURE, load_standby
from avatarify.virtual_camera.virtual_camera import SIZES


@pytest.mark.parametrize("picture", [PICTURE, PAUSE_PICTURE])
def test_shipped_picture_is_shown_as_it_is(picture: Path) -> None:
    standby = load_standby((1280, 720), picture)
    assert np.array_equal(standby.image, read_image(picture))
    assert standby.note == ""


@pytest.mark.parametrize("size", [*SIZES, (720, 720), (360, 640), (101, 77)])
def test_any_size_is_filled(size: tuple[int, int]) -> None:
    image = load_standby(size).image
    assert image.shape == (size[1], size[0], 3)
    assert image.flags.c_contiguous
    assert image.std() > 10


def test_middle_is_kept_and_nothing_stretched(tmp_path: Path) -> None:
    picture = np.zeros((720, 1280, 3), np.uint8)
    picture[260:460, 540:740] = 255
    write_image(tmp_path / "standby.png", picture)
    image = load_standby((640, 480), tmp_path / "standby.png").image
    bright = np.argwhere(image[:, :, 0] > 128)
    assert bright.mean(axis=0) == pytest.approx([239.5, 319.5], abs=1)
    height, width = np.ptp(bright, axis=0)
    assert abs(int(height) - int(width)) <= 1


@pytest.mark.parametrize("content", [None, b"not a picture"])
def test_missing_or_damaged_file_is_told_and_replaced(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "standby.png"
    if content is not None:
        file.write_bytes(content)
    standby = load_standby((640, 480), file)
    assert str(file) in standby.note
    assert "standby.png is missing" in standby.note
    assert standby.image.shape == (480, 640, 3)
    assert 25 < standby.image.mean() < 90, "calm, but not black: black looks broken"

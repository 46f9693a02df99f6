"""Videos that were filmed with the camera turned are shown upright."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.media.video_reader import VideoReader
from tests.media.clips import Clip, bars, write_clip

ONE = 1 << 16
TURNS = {
    "none": ((ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30), lambda image: image),
    "90 clockwise": ((0, ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30), lambda image: np.rot90(image, -1)),
    "180": ((-ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30), lambda image: np.rot90(image, 2)),
    "90 anticlockwise": ((0, -ONE, 0, ONE, 0, 0, 0, 0, 1 << 30), lambda image: np.rot90(image, 1)),
    "mirrored": ((-ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30), lambda image: image[:, ::-1]),
    "upside down": ((ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30), lambda image: image[::-1]),
    "transposed": ((0, ONE, 0, ONE, 0, 0, 0, 0, 1 << 30), lambda image: image.transpose(1, 0, 2)),
}


def tagged(path: Path, matrix: tuple[int, ...]) -> Path:
    """A clip with a display matrix, which is written into the track header by hand: older PyAV cannot set it."""
    plain = write_clip(path, Clip(times=(0.0, 0.04)))
    data = bytearray(plain.read_bytes())
    upright = np.array(TURNS["none"][0], ">i4").tobytes()
    place = data.index(b"tkhd") + 4 + 40
    assert data[place : place + 36] == upright
    data[place : place + 36] = np.array(matrix, ">i4").tobytes()
    plain.write_bytes(data)
    return plain


@pytest.mark.parametrize("name", TURNS)
def test_rotation_and_mirroring_tags_are_applied(folder: Path, name: str) -> None:
    matrix, turn = TURNS[name]
    path = tagged(folder / "turned.mp4", matrix)
    expected = turn(bars(0, (128, 64)))
    with VideoReader(path) as reader:
        image = next(reader).image
        assert (reader.info.height, reader.info.width) == image.shape[:2] == expected.shape[:2]
    assert np.abs(image.astype(int) - expected).mean() < 6
    assert image.flags.c_contiguous

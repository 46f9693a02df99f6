"""Folders of numbered pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import MediaError
from avatarify.media.frame_folder import FrameFolder, frame_files
from avatarify.media.images import write_image


def write_frame(path: Path, level: int, width: int = 8) -> None:
    write_image(path, np.full((6, width, 3), level, np.uint8))


def test_frames_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in (10, 9, 1):
        write_frame(tmp_path / f"{number}.png", number)
    (tmp_path / "notes.txt").touch()
    with FrameFolder(tmp_path) as folder:
        assert folder.frame_count == 3
        frames = list(folder)
    assert [frame.image[0, 0, 0] for frame in frames] == [1, 9, 10]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert frames[2].captured_at == pytest.approx(0.08)


@pytest.mark.parametrize("names", [("1.png",), ("1.png", "cover.png"), ("\u00b2.png", "\u00b3.png"), ()])
def test_what_is_no_clip(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name in names:
        write_frame(tmp_path / name, 1)
    assert frame_files(tmp_path) == []
    with pytest.raises(MediaError, match="no folder of frames"):
        FrameFolder(tmp_path)


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no folder of frames"):
        FrameFolder(tmp_path / "nowhere")


def test_a_frame_of_another_size_is_told(tmp_path: Path) -> None:
    write_frame(tmp_path / "0.png", 1)
    write_frame(tmp_path / "1.png", 2, width=9)
    folder = FrameFolder(tmp_path)
    next(folder)
    with pytest.raises(MediaError, match=r"1\.png is 9x6, the frames before it are 8x6"):
        next(folder)

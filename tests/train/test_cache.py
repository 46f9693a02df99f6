"""Frames of a data set, decoded once."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import MediaError
from avatarify.media.images import write_image
from avatarify.train.cache import FrameCache, open_cache, square
from avatarify.train.sources import find_sources


def test_frames_of_every_source(cache: FrameCache) -> None:
    clips = {Path(clip.name).stem: clip for clip in cache.clips}
    assert {name: (clip.count, clip.moving) for name, clip in clips.items()} == {
        "miro_0": (10, True),
        "kofi_0": (6, True),
        "ilse": (1, False),
    }
    assert cache.frames.shape == (17, 32, 32, 3)
    assert clips["miro_0"].motion > 1
    assert clips["ilse"].motion == 0
    first = clips["kofi_0"].first
    assert np.abs(cache.frames[first].astype(int) - cache.frames[clips["miro_0"].first]).mean() > 10


def test_pixels_do_not_travel_between_processes(cache: FrameCache) -> None:
    assert cache.frames.size
    data = pickle.dumps(cache)
    assert len(data) < 4000
    assert np.array_equal(pickle.loads(data).frames, cache.frames)


def test_made_once_and_again_when_a_file_changes(films: Path, tmp_path: Path) -> None:
    sources = find_sources([films])
    first = open_cache(sources, tmp_path, side=16)
    stamp = (first.folder / "frames.u8").stat().st_mtime_ns
    again = open_cache(sources, tmp_path, side=16)
    assert again.clips == first.clips
    assert (again.folder / "frames.u8").stat().st_mtime_ns == stamp
    assert open_cache(sources, tmp_path, side=18).folder != first.folder
    assert open_cache(sources[1:], tmp_path, side=16).folder != first.folder


def test_long_clips_are_thinned_evenly(films: Path, tmp_path: Path) -> None:
    whole = open_cache(find_sources([films]), tmp_path, side=16)
    thin = open_cache(find_sources([films]), tmp_path, side=16, frames_per_clip=4)
    assert max(clip.count for clip in thin.clips) == 4
    name = next(clip.name for clip in thin.clips if "miro" in clip.name)
    kept, every = (next(clip for clip in cache.clips if clip.name == name) for cache in (thin, whole))
    frames = whole.frames[every.first : every.first + every.count]
    places = [
        int(np.abs(frames.astype(int) - thin.frames[kept.first + index]).sum((1, 2, 3)).argmin()) for index in range(4)
    ]
    assert places[0] == 0
    assert places[-1] >= 8
    assert places == sorted(set(places))


def test_unreadable_files_are_named_and_leave_no_frames(films: Path, tmp_path: Path) -> None:
    for path in films.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "jo_0.mp4").write_bytes(b"no video")
    cache = open_cache(find_sources([tmp_path]), tmp_path / "cache", side=16)
    assert [("jo_0.mp4" in reason) for reason in cache.left_out] == [True]
    assert cache.count == 17
    assert cache.frames.size == (cache.folder / "frames.u8").stat().st_size


def test_nothing_readable_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(MediaError, match="None of 1 files"):
        open_cache(find_sources([tmp_path]), tmp_path / "cache", side=16)


def test_a_folder_of_frames_and_a_grey_picture(tmp_path: Path) -> None:
    for number in range(3):
        write_image(tmp_path / f"{number:03}.png", np.full((20, 30, 3), (200, 10 * number, 0), np.uint8))
    grey = tmp_path / "grey"
    grey.mkdir()
    write_image(grey / "old.png", np.full((20, 20, 3), 90, np.uint8))
    cache = open_cache(find_sources([tmp_path]), tmp_path / "cache", side=16)
    assert [(clip.count, clip.moving, clip.grey) for clip in cache.clips] == [(3, True, False), (1, False, True)]
    assert cache.frames[2, 8, 8].tolist() == [200, 20, 0]


def test_a_damaged_index_is_told(films: Path, tmp_path: Path) -> None:
    cache = open_cache(find_sources([films]), tmp_path, side=16)
    (cache.folder / "index.json").write_text("{")
    with pytest.raises(MediaError, match="is damaged"):
        open_cache(find_sources([films]), tmp_path, side=16)


def test_square_takes_the_middle() -> None:
    image = np.zeros((10, 20, 3), np.uint8)
    image[:, 5:15] = 255
    assert square(image, 10).min() == 255
    assert square(image, 4).shape == (4, 4, 3)

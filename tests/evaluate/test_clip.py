"""Which frames of a clip are measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import FaceError, MediaError
from avatarify.evaluate.clip import PICTURES, VIDEOS, EvaluationClip, chosen, find_clips, find_files, open_clip
from avatarify.face.detector import Face, FaceDetector
from avatarify.frame import Image
from avatarify.media.images import write_image
from avatarify.media.video_reader import VideoReader


class BlindDetector:
    """Never sees a face."""

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        return []


@pytest.mark.parametrize(
    ("frames", "count", "expected"),
    [
        (10, 0, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (10, 3, [1, 5, 9]),
        (10, 99, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (2, 12, [1]),
        (169, 12, [1, 16, 31, 47, 62, 77, 92, 107, 122, 138, 153, 168]),
        (47, 24, [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46]),
        (3, 1, [1]),
    ],
)
def test_frames_are_spread_and_the_source_is_left_out(frames: int, count: int, expected: list[int]) -> None:
    assert chosen(frames, count) == expected


@pytest.mark.parametrize("frames", [2, 25, 26, 47, 48, 71, 72])
def test_no_part_of_a_clip_is_left_out(frames: int) -> None:
    """The gaps differ by one at most, and reach from the source to the end, whatever the length."""
    found = chosen(frames, 24)
    assert (found[0], found[-1]) == (1, frames - 1)
    assert len(found) == min(24, frames - 1)
    gaps = np.diff(found)
    assert frames == 2 or 1 <= gaps.min() <= gaps.max() <= gaps.min() + 1


def test_samples_are_the_clips_frames_with_their_followers(clip: EvaluationClip) -> None:
    with VideoReader(clip.path) as reader:
        frames = [clip.crop.apply(frame.image, 64) for frame in reader]
    assert clip.frame_count == len(frames) == 6
    np.testing.assert_array_equal(clip.source(64), frames[0])
    for count in (0, 2, 3):
        samples = list(clip.samples(count, 64))
        assert [sample.index for sample in samples] == chosen(6, count)
        for sample in samples:
            np.testing.assert_array_equal(sample.image, frames[sample.index])
            if sample.index == 5:
                assert sample.following is None
            else:
                assert sample.following is not None
                np.testing.assert_array_equal(sample.following, frames[sample.index + 1])


def test_a_clip_without_a_face_needs_no_crop(performance: Path) -> None:
    with pytest.raises(FaceError, match="--no-crop"):
        open_clip(performance, "p", BlindDetector(), crop=True)
    clip = open_clip(performance, "p", BlindDetector(), crop=False)
    assert (clip.frame_count, clip.crop.size) == (6, 192)


def test_a_still_picture_is_no_clip(tmp_path: Path, astronaut: Image) -> None:
    write_image(tmp_path / "still.png", astronaut)
    with pytest.raises(MediaError, match="single frame"):
        open_clip(tmp_path / "still.png", "still", FaceDetector(), crop=False)


def test_files_are_found_below_and_named_apart(tmp_path: Path) -> None:
    for name in ("a.mp4", "sub/a.MP4", "sub/b.webm", "sub/c.png", ".hidden.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find_files(tmp_path, VIDEOS, what="video")
    assert sorted(found) == ["a", "b", "sub__a.MP4"]
    assert find_clips(tmp_path) == found
    assert find_clips(tmp_path / "a.mp4") == {"a": tmp_path / "a.mp4"}
    assert list(find_files(tmp_path, PICTURES, what="picture")) == ["c"]


def test_an_empty_or_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="There is no video in"):
        find_files(tmp_path, VIDEOS, what="video")
    with pytest.raises(MediaError, match="no video and no folder of frames"):
        find_clips(tmp_path)
    for find in (find_clips, lambda folder: find_files(folder, VIDEOS, what="video")):
        with pytest.raises(MediaError, match="There is no folder"):
            find(tmp_path / "nowhere")


def test_a_folder_of_frames_is_a_clip(clip: EvaluationClip, tmp_path: Path) -> None:
    folder = tmp_path / "clips" / "walk"
    folder.mkdir(parents=True)
    with VideoReader(clip.path) as reader:
        for frame in reader:
            write_image(folder / f"{frame.index:04}.png", frame.image)
    assert find_clips(tmp_path / "clips") == {"walk": folder}
    assert find_clips(folder) == {"walk": folder}
    frames = open_clip(folder, "walk", BlindDetector(), crop=False)
    film = open_clip(clip.path, "film", BlindDetector(), crop=False)
    assert (frames.frame_count, frames.crop) == (film.frame_count, film.crop)
    np.testing.assert_array_equal(frames.source(64), film.source(64))
    for ours, theirs in zip(frames.samples(2, 64), film.samples(2, 64), strict=True):
        assert ours.index == theirs.index
        np.testing.assert_array_equal(ours.image, theirs.image)

"""A film as a camera: its own rate, in a loop."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from avatarify.camera.video_camera import VideoCamera
from avatarify.errors import CameraError
from avatarify.media.images import write_image
from tests.media.clips import Clip, bars, number_in, write_clip


class Clock:
    """Time that passes only while somebody sleeps, or when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", Clip(times=tuple(n / 25 for n in range(5))))


def test_film_runs_at_its_own_rate_in_a_loop_without_a_seam(clip: Path, clock: Clock) -> None:
    with VideoCamera(clip, clock=clock, sleep=clock.sleep) as camera:
        assert str(camera.format) == "128x64 at 25 frames/s, RGB (file)"
        frames = [camera.read() for _ in range(13)]
    assert [number_in(frame.image) for frame in frames] == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2]
    assert [frame.index for frame in frames] == list(range(13))
    assert frames[0].captured_at == 100.0
    steps = [after.captured_at - before.captured_at for before, after in pairwise(frames)]
    assert steps == pytest.approx([0.04] * 12)


def test_uneven_times_are_kept(tmp_path: Path, clock: Clock) -> None:
    path = write_clip(tmp_path / "uneven.mp4", Clip(times=(0.0, 0.04, 0.2, 0.24)))
    with VideoCamera(path, clock=clock, sleep=clock.sleep) as camera:
        times = [camera.read().captured_at - 100 for _ in range(4)]
    assert times == pytest.approx([0.0, 0.04, 0.2, 0.24], abs=1e-3)


def test_slow_reader_catches_up(clip: Path, clock: Clock) -> None:
    with VideoCamera(clip, clock=clock, sleep=clock.sleep) as camera:
        camera.read()
        clock.now += 0.1
        times = [camera.read().captured_at - 100 for _ in range(4)]
    assert times == pytest.approx([0.1, 0.1, 0.12, 0.16])


def test_after_a_long_absence_the_film_goes_on_where_it_was(clip: Path, clock: Clock) -> None:
    with VideoCamera(clip, clock=clock, sleep=clock.sleep) as camera:
        camera.read()
        clock.now += 60
        frames = [camera.read() for _ in range(3)]
    assert [number_in(frame.image) for frame in frames] == [1, 2, 3]
    assert [frame.captured_at - 160 for frame in frames] == pytest.approx([0.0, 0.04, 0.08])


def test_single_picture_stands_still(tmp_path: Path, clock: Clock) -> None:
    write_image(tmp_path / "still.png", bars(7, (64, 32)))
    with VideoCamera(tmp_path / "still.png", clock=clock, sleep=clock.sleep) as camera:
        frames = [camera.read() for _ in range(4)]
    assert [number_in(frame.image) for frame in frames] == [7] * 4
    assert not np.shares_memory(frames[-1].image, frames[-2].image)
    assert frames[-1].captured_at - frames[0].captured_at == pytest.approx(3 / camera.format.fps_claimed)


def test_closed_camera_says_so(clip: Path, clock: Clock) -> None:
    camera = VideoCamera(clip, clock=clock, sleep=clock.sleep)
    camera.read()
    camera.close()
    camera.close()
    with pytest.raises(CameraError, match="is closed"):
        camera.read()
    assert camera.format.width == 128


def test_closed_while_it_waits(clip: Path, clock: Clock) -> None:
    camera = VideoCamera(clip, clock=clock, sleep=lambda seconds: camera.close())
    camera.read()
    with pytest.raises(CameraError, match="is closed"):
        camera.read()


def test_file_that_vanishes_is_told_at_the_seam(tmp_path: Path, clock: Clock) -> None:
    path = write_clip(tmp_path / "gone.mp4", Clip(times=(0.0, 0.04)))
    with VideoCamera(path, clock=clock, sleep=clock.sleep) as camera:
        camera.read()
        camera.read()
        path.unlink()
        for _ in range(2):
            with pytest.raises(CameraError, match="no video at"):
                camera.read()


def test_file_that_changes_is_told_at_the_seam(tmp_path: Path, clock: Clock) -> None:
    path = write_clip(tmp_path / "other.mp4", Clip(times=(0.0, 0.04)))
    with VideoCamera(path, clock=clock, sleep=clock.sleep) as camera:
        camera.read()
        camera.read()
        path.unlink()
        write_clip(path, Clip(times=(0.0, 0.04), size=(64, 64)))
        with pytest.raises(CameraError, match="another video"):
            camera.read()


def test_what_is_no_video_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("dear diary")
    for path, message in ((tmp_path / "notes.txt", "not a video"), (tmp_path, "is a folder")):
        with pytest.raises(CameraError, match=message):
            VideoCamera(path)

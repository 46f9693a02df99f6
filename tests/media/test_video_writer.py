"""Videos: whole or not at all, what browsers play, and told when they cannot be written."""

from __future__ import annotations

import signal
import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from avatarify.errors import MediaError
from avatarify.media import video_writer
from avatarify.media.video_reader import VideoReader
from avatarify.media.video_writer import VideoWriter
from tests.media.clips import BARS, Clip, bars, play, write_clip
from tests.media.copies import IN_STEP_S, SIZE, TWO_SECONDS, copy


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_is_what_browsers_play(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, size=SIZE, fps=30) as writer:
        for n in range(30):
            writer.write(bars(n, SIZE))
        assert writer.note == "libx264, no sound"
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "the index comes first, so that playing starts before the end"
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.pix_fmt, context.width, context.height) == ("h264", "yuv420p", *SIZE)
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        assert stream.average_rate == 30
        assert container.duration == pytest.approx(1e6, abs=2000)
    assert play(path).numbers == tuple(range(30))
    assert play(path).times == pytest.approx([n / 30 for n in range(30)], abs=1e-4)
    assert names(tmp_path) == ["out.mp4"]


def test_colours_survive(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with VideoWriter(path, size=SIZE, fps=25) as writer:
        writer.write(bars(0, SIZE))
    with VideoReader(path) as reader:
        image = next(reader).image
    middles = [(2 * n + 1) * 8 for n in range(8)]
    assert np.abs(image[20, middles].astype(int) - BARS).max() <= 5


def test_crf_trades_size_for_quality(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 128, 3), np.uint8)
    sizes = []
    for crf in (10, 40):
        with VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25, crf=crf) as writer:
            writer.write(noise)
        sizes.append((tmp_path / "out.mp4").stat().st_size)
    assert sizes[0] > 2 * sizes[1]


@pytest.mark.parametrize("size", [(127, 63), (1, 1), (64, 33)])
def test_odd_sizes_are_padded_by_the_last_column_and_row(tmp_path: Path, size: tuple[int, int]) -> None:
    image = np.full((size[1], size[0], 3), (200, 60, 30), np.uint8)
    with VideoWriter(tmp_path / "out.mp4", size=size, fps=25) as writer:
        writer.write(image)
    with VideoReader(tmp_path / "out.mp4") as reader:
        padded = next(reader).image
    assert padded.shape == (size[1] + size[1] % 2, size[0] + size[0] % 2, 3)
    assert np.abs(padded.astype(int) - (200, 60, 30)).max() <= 6


def test_frame_times_are_kept(tmp_path: Path) -> None:
    times = (0.0, 0.04, 0.08, 0.3, 0.34, 0.36, 0.7, 1.0)
    source = write_clip(tmp_path / "in.mkv", Clip(times=times))
    copy(source, tmp_path / "out.mp4")
    seen = play(tmp_path / "out.mp4")
    assert seen.times == pytest.approx(times, abs=0.001)
    assert seen.numbers == tuple(range(len(times)))


def test_frames_without_a_time_follow_the_one_before(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25) as writer:
        writer.write(bars(0, SIZE))
        writer.write(bars(1, SIZE), at=0.5)
        writer.write(bars(2, SIZE))
    assert play(tmp_path / "out.mp4").times == pytest.approx([0, 0.5, 0.54], abs=1e-4)


def test_times_must_not_go_back_but_may_meet(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25) as writer:
        writer.write(bars(0, SIZE), at=0.2)
        writer.write(bars(1, SIZE), at=0.2)
        with pytest.raises(ValueError, match="comes before the frame"):
            writer.write(bars(2, SIZE), at=0.1)
    assert len(play(tmp_path / "out.mp4").times) == 2


def test_a_rate_that_is_no_whole_number(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=30000 / 1001) as writer:
        for n in range(10):
            writer.write(bars(n, SIZE))
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].guessed_rate == Fraction(30000, 1001)


def test_an_older_file_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"older")
    with VideoWriter(path, size=SIZE, fps=25) as writer:
        writer.write(bars(0, SIZE))
        assert path.read_bytes() == b"older"
    assert play(path).numbers == (0,)


def test_after_an_exception_nothing_is_there_and_the_older_file_survives(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", Clip(sound="aac"))
    older = tmp_path / "older.mp4"
    older.write_bytes(b"older")

    def fail(path: Path) -> None:
        with VideoWriter(path, size=SIZE, fps=25, audio_from=source) as writer:
            for n in range(80):
                writer.write(bars(n % 256, SIZE))
            raise RuntimeError("the model broke")

    for path in (older, tmp_path / "new.mp4"):
        with pytest.raises(RuntimeError, match="the model broke"):
            fail(path)
    assert older.read_bytes() == b"older"
    assert names(tmp_path) == ["in.mp4", "older.mp4"]


@pytest.mark.parametrize("sound", ["aac", "libopus"])
def test_ctrl_c_leaves_a_shorter_playable_file_with_its_sound(tmp_path: Path, sound: str) -> None:
    source = write_clip(tmp_path / "in.mkv", Clip(times=TWO_SECONDS, sound=sound, beep_at=0.4, flash_at=0.4))

    def interrupted() -> None:
        with (
            VideoReader(source) as reader,
            VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25, audio_from=source) as writer,
        ):
            for frame in reader:
                writer.write(frame.image, frame.captured_at)
                if frame.index == 24:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    after = play(tmp_path / "out.mp4")
    assert len(after.times) == 25
    assert after.picture_ends == pytest.approx(1.0, abs=0.002)
    assert after.sound_ends == pytest.approx(1.0, abs=IN_STEP_S)
    assert after.beep_at == pytest.approx(0.4, abs=0.01)
    assert after.flash_at == pytest.approx(0.4, abs=0.002)
    assert names(tmp_path) == ["in.mkv", "out.mp4"]


def test_ctrl_c_at_any_moment_loses_no_frame_that_was_taken(tmp_path: Path) -> None:
    """A real signal from another thread, again and again: write is torn nowhere, so the numbers have no hole."""
    path = tmp_path / "out.mp4"
    for delay_ms in (3, 7, 12, 18, 25):
        written = 0

        def interrupted(delay_s: float) -> int:
            count = 0
            bell = threading.Timer(delay_s, signal.raise_signal, (signal.SIGINT,))
            try:
                with VideoWriter(path, size=SIZE, fps=25) as writer:
                    writer.write(bars(0, SIZE))
                    bell.start()
                    while True:
                        writer.write(bars(writer.frames % 256, SIZE))
            except KeyboardInterrupt:
                count = writer.frames
            bell.join(timeout=5)
            return count

        written = interrupted(delay_ms / 1000)
        assert play(path).numbers == tuple(n % 256 for n in range(written))


def test_ctrl_c_before_the_first_frame_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25):
        raise KeyboardInterrupt
    assert names(tmp_path) == []


def test_no_frame_at_all_is_told(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25)
    with pytest.raises(MediaError, match="no frame came"):
        writer.close()
    assert names(tmp_path) == []


def test_close_and_discard_twice_are_fine(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25)
    writer.write(bars(0, SIZE))
    writer.close()
    writer.close()
    writer.discard()
    assert names(tmp_path) == ["out.mp4"]
    with pytest.raises(ValueError, match="closed"):
        writer.write(bars(0, SIZE))
    other = VideoWriter(tmp_path / "other.mp4", size=SIZE, fps=25)
    other.discard()
    other.discard()
    other.close()
    assert names(tmp_path) == ["out.mp4"]


def test_a_full_disk_is_told_and_leaves_the_older_file(full_disk: Path) -> None:
    rng = np.random.default_rng(0)
    older = full_disk / "out.mp4"
    older.write_bytes(b"older")

    def fill(frames: int) -> None:
        with VideoWriter(older, size=SIZE, fps=25) as writer:
            for _ in range(frames):
                writer.write(rng.integers(0, 256, (64, 128, 3), np.uint8))

    for frames in (20, 200):  # full while finishing; full in the middle
        with pytest.raises(MediaError, match=r"disk is full|larger than the disk") as caught:
            fill(frames)
        assert caught.value.hint
        assert older.read_bytes() == b"older"
        assert names(full_disk) == ["out.mp4"]


def test_ctrl_c_on_a_full_disk_is_told(full_disk: Path) -> None:
    rng = np.random.default_rng(0)

    def interrupted() -> None:
        with VideoWriter(full_disk / "out.mp4", size=SIZE, fps=25) as writer:
            for _ in range(20):
                writer.write(rng.integers(0, 256, (64, 128, 3), np.uint8))
            raise KeyboardInterrupt

    with pytest.raises(MediaError, match=r"disk is full|larger than the disk"):
        interrupted()
    assert names(full_disk) == []


def test_a_locked_folder(locked_folder: Path) -> None:
    with pytest.raises(MediaError, match="may not be written") as caught:
        VideoWriter(locked_folder / "out.mp4", size=SIZE, fps=25)
    assert caught.value.hint


def test_a_missing_folder_a_folder_and_a_wrong_suffix(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="does not exist") as caught:
        VideoWriter(tmp_path / "nowhere" / "out.mp4", size=SIZE, fps=25)
    assert "Make the folder" in caught.value.hint
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(MediaError, match="is a folder"):
        VideoWriter(tmp_path / "folder.mp4", size=SIZE, fps=25)
    for name in ("out.avi", "out", "out.gif"):
        with pytest.raises(MediaError, match="written as MP4") as caught:
            VideoWriter(tmp_path / name, size=SIZE, fps=25)
        assert ".mp4" in caught.value.hint
    assert names(tmp_path) == ["folder.mp4"]


def test_a_file_for_the_sound_that_cannot_be_read_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.mp4").write_bytes(b"no video at all" * 100)
    for name in ("missing.mp4", "notes.mp4"):
        with pytest.raises(MediaError, match=name):
            VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25, audio_from=tmp_path / name)
    assert names(tmp_path) == ["notes.mp4"]


@pytest.mark.parametrize(
    "image", [np.zeros((64, 127, 3), np.uint8), np.zeros((64, 128, 4), np.uint8), np.zeros((64, 128, 3), np.float32)]
)
def test_another_kind_of_picture_is_refused(tmp_path: Path, image: npt.NDArray[np.uint8]) -> None:
    with VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25) as writer:
        writer.write(bars(0, SIZE))
        with pytest.raises(ValueError, match=r"expected uint8 \[64, 128, 3\]"):
            writer.write(image)


@pytest.mark.parametrize(("size", "fps"), [((0, 10), 25), ((10, 20_000), 25), (SIZE, 0), (SIZE, -3), (SIZE, 5000)])
def test_impossible_sizes_and_rates(tmp_path: Path, size: tuple[int, int], fps: float) -> None:
    with pytest.raises(ValueError, match=r"size=|fps="):
        VideoWriter(tmp_path / "out.mp4", size=size, fps=fps)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["two words.mp4", "\u00e4\u6f22\U0001f600.mp4", "%03d.mp4", "OUT.MP4", "n" * 240 + ".mp4"]
)
def test_any_file_name(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with VideoWriter(Path(name), size=SIZE, fps=25) as writer:
        writer.write(bars(5, SIZE))
    assert play(tmp_path / name).numbers == (5,)


def test_views_can_be_written(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25) as writer:
        writer.write(np.repeat(bars(5, SIZE), 2, axis=1)[:, ::2])
    assert play(tmp_path / "out.mp4").numbers == (5,)


def test_without_libx264_the_next_encoder_is_used_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_writer, "ENCODERS", ("no_such_encoder", "mpeg4"))
    with VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25) as writer:
        for n in range(5):
            writer.write(bars(n, SIZE))
        assert writer.note == "mpeg4, which many browsers do not play, no sound"
    assert play(tmp_path / "out.mp4").numbers == (0, 1, 2, 3, 4)


def test_without_any_encoder_the_remedy_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_writer, "ENCODERS", ("no_such_encoder",))
    with pytest.raises(MediaError, match="no encoder") as caught:
        VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25)
    assert "pip install av" in caught.value.hint
    assert names(tmp_path) == []

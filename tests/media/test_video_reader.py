"""Videos: every frame in order, with its time and its true colours, and what is none is told."""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image as Pillow

from avatarify.errors import MediaError
from avatarify.frame import Frame, Image
from avatarify.media.images import write_image
from avatarify.media.rgb import GROUND
from avatarify.media.video_reader import VideoInfo, VideoReader
from tests.media.clips import BARS, Clip, bars, number_in, write_clip
from tests.media.refusals import told

UNEVEN = (0.0, 0.04, 0.08, 0.3, 0.34, 0.36, 0.7, 1.0)


def frames_of(path: Path) -> list[Frame]:
    with VideoReader(path) as reader:
        return list(reader)


def colour_error(image: Image, size: tuple[int, int]) -> int:
    """The largest difference in the middle of each bar, away from the soft edges between them."""
    width, height = size
    middles = [(2 * n + 1) * width // 16 for n in range(8)]
    return int(np.abs(image[height // 3, middles].astype(int) - BARS).max())


CONTAINERS = [
    ("a.mp4", "libx264", "yuv420p"),
    ("a.mov", "libx264", "yuv420p"),
    ("a.mkv", "libx264", "yuv420p"),
    ("a.ts", "libx264", "yuv420p"),
    ("a.webm", "libvpx-vp9", "yuv420p"),
    ("a.avi", "mpeg4", "yuv420p"),
    ("mj.avi", "mjpeg", "yuvj420p"),
    ("ff.mkv", "ffv1", "yuv444p"),
]


@pytest.mark.parametrize(("name", "codec", "pix_fmt"), CONTAINERS)
def test_every_container_gives_all_frames_in_order(folder: Path, name: str, codec: str, pix_fmt: str) -> None:
    color_range = 2 if pix_fmt == "yuvj420p" else None
    path = write_clip(folder / name, Clip(codec=codec, pix_fmt=pix_fmt, color_range=color_range))
    with VideoReader(path) as reader:
        frames = list(reader)
        assert reader.damaged == 0
        assert (reader.info.width, reader.info.height, reader.info.fps) == (128, 64, 25.0)
        assert reader.info.has_audio is False
        assert reader.info.duration_s == pytest.approx(1.0, abs=0.05)
        assert reader.info.frame_count == pytest.approx(25, abs=1)
    assert [number_in(frame.image) for frame in frames] == list(range(25))
    assert [frame.index for frame in frames] == list(range(25))
    assert [frame.captured_at for frame in frames] == pytest.approx([n / 25 for n in range(25)], abs=0.002)
    image = frames[3].image
    assert (image.dtype, image.shape, image.flags.c_contiguous) == (np.uint8, (64, 128, 3), True)


def test_a_gif_keeps_its_times(folder: Path) -> None:
    path = folder / "a.gif"
    pictures = [Pillow.fromarray(bars(n, (128, 64))) for n in range(4)]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=[40, 200, 40, 100], loop=0)
    frames = frames_of(path)
    assert [number_in(frame.image) for frame in frames] == [0, 1, 2, 3]
    assert [frame.captured_at for frame in frames] == pytest.approx([0, 0.04, 0.24, 0.28])


def test_transparent_pixels_show_the_neutral_ground(folder: Path) -> None:
    path = folder / "clear.gif"
    picture = Pillow.new("RGBA", (32, 16), (0, 0, 0, 0))
    picture.paste((200, 30, 40, 255), (16, 0, 32, 16))
    picture.save(path)
    (frame,) = frames_of(path)
    assert frame.image[8, 4].tolist() == list(GROUND)
    assert np.abs(frame.image[8, 28].astype(int) - (200, 30, 40)).max() <= 8


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "webm"])
def test_variable_frame_times_are_kept(folder: Path, suffix: str) -> None:
    codec = "libvpx-vp9" if suffix == "webm" else "libx264"
    frames = frames_of(write_clip(folder / f"uneven.{suffix}", Clip(times=UNEVEN, codec=codec)))
    assert [frame.captured_at for frame in frames] == pytest.approx(UNEVEN, abs=0.001)
    assert [number_in(frame.image) for frame in frames] == list(range(len(UNEVEN)))


def test_times_start_at_zero_where_the_files_clock_does_not(folder: Path) -> None:
    path = write_clip(folder / "late.mkv", Clip(times=tuple(0.7 + n / 25 for n in range(5))))
    with VideoReader(path) as reader:
        assert reader.started_at == pytest.approx(0.7)
        assert [frame.captured_at for frame in reader] == pytest.approx([n / 25 for n in range(5)], abs=0.001)


def test_a_clock_that_jumps_back_still_gives_rising_times(folder: Path) -> None:
    """Two recordings joined byte by byte, as people do with transport streams."""
    part = write_clip(folder / "part.ts", Clip(times=tuple(n / 25 for n in range(5)))).read_bytes()
    (folder / "joined.ts").write_bytes(part + part)
    frames = frames_of(folder / "joined.ts")
    times = [frame.captured_at for frame in frames]
    assert [number_in(frame.image) for frame in frames] == [0, 1, 2, 3, 4] * 2
    assert all(later > earlier for earlier, later in pairwise(times))
    assert times[-1] < 1.0


@pytest.mark.parametrize("size", [(127, 63), (1, 1), (3, 2)])
def test_odd_sizes(folder: Path, size: tuple[int, int]) -> None:
    path = write_clip(folder / "odd.mkv", Clip(times=(0.0,), size=size, codec="ffv1", pix_fmt="yuv444p"))
    (frame,) = frames_of(path)
    assert frame.image.shape == (size[1], size[0], 3)
    assert np.abs(frame.image.astype(int) - bars(0, size)).max() <= 2


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le", "yuv444p", "yuv420p10le"])
@pytest.mark.parametrize("color_range", [1, 2])
@pytest.mark.parametrize("colorspace", [1, 5, 6])
def test_colours_follow_the_tags(folder: Path, pix_fmt: str, color_range: int, colorspace: int) -> None:
    clip = Clip(times=(0.0,), pix_fmt=pix_fmt, color_range=color_range, colorspace=colorspace)
    image = frames_of(write_clip(folder / "colour.mp4", clip))[0].image
    assert colour_error(image, clip.size) <= 5


@pytest.mark.parametrize(("height", "colorspace"), [(64, 5), (720, 1)])
def test_untagged_colours_follow_the_number_of_lines(folder: Path, height: int, colorspace: int) -> None:
    size = (128, height)
    image = bars(0, size)
    path = folder / "untagged.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv444p"
        frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv444p", dst_colorspace=colorspace)
        frame.pts = 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    with av.open(str(path)) as container:
        assert next(container.decode(video=0)).colorspace == 2, "the clip must be untagged"
    assert colour_error(frames_of(path)[0].image, size) <= 5


@pytest.mark.parametrize(("shape", "size"), [(Fraction(2), (256, 64)), (Fraction(1, 2), (128, 128))])
def test_oblong_pixels_become_square(folder: Path, shape: Fraction, size: tuple[int, int]) -> None:
    path = write_clip(folder / "oblong.mp4", Clip(times=(0.0,), pixel_shape=shape))
    with VideoReader(path) as reader:
        assert (reader.info.width, reader.info.height) == size
        image = next(reader).image
    assert image.shape == (size[1], size[0], 3)
    assert colour_error(image, size) <= 8


def test_sound_is_noticed(folder: Path) -> None:
    path = write_clip(folder / "sound.mp4", Clip(times=(0.0, 0.04), sound="aac"))
    with VideoReader(path) as reader:
        assert reader.info == VideoInfo(128, 64, 25.0, pytest.approx(0.08), 2, True)


def test_a_single_picture_gives_one_frame(folder: Path) -> None:
    for suffix in ("png", "jpg"):
        write_image(folder / f"still.{suffix}", bars(9, (128, 64)))
        (frame,) = frames_of(folder / f"still.{suffix}")
        assert (number_in(frame.image), frame.index, frame.captured_at) == (9, 0, 0.0)


def test_damage_in_the_middle_costs_frames_but_not_the_rest(folder: Path) -> None:
    path = write_clip(folder / "whole.mp4", Clip(options={"g": "5", "bf": "0"}))
    with av.open(str(path)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    for number in (7, 15):
        begin, size = places[number]
        data[begin + 8 : begin + size] = b"\xaa" * (size - 8)
    (folder / "damaged.mp4").write_bytes(data)
    with VideoReader(folder / "damaged.mp4") as reader:
        frames = list(reader)
        assert reader.damaged == 2
    whole = [n for n in range(25) if n not in (7, 15)]
    assert [number_in(frame.image) for frame in frames] == whole
    assert [frame.captured_at for frame in frames] == pytest.approx([n / 25 for n in whole])
    assert [frame.index for frame in frames] == list(range(23))


def test_a_file_that_breaks_off_gives_what_is_there(folder: Path) -> None:
    path = write_clip(folder / "long.mkv", Clip(times=tuple(n / 25 for n in range(50)), options={"g": "5", "crf": "1"}))
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    numbers = [number_in(frame.image) for frame in frames_of(path)]
    assert 20 < len(numbers) < 45
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize(
    ("name", "codec", "sound"),
    [
        ("a.ts", "libx264", "aac"),
        ("a.mp4", "libx264", "aac"),
        ("a.webm", "libvpx-vp9", "libopus"),
        ("a.avi", "mpeg4", "mp3"),
    ],
)
def test_noise_over_a_film_is_survived_or_told(folder: Path, name: str, codec: str, sound: str) -> None:
    whole = write_clip(folder / name, Clip(codec=codec, sound=sound, options={"g": "5"})).read_bytes()
    noisy = folder / f"noisy.{name}"
    rng = np.random.default_rng(3)
    readable = 0
    for _ in range(12):
        data = np.frombuffer(whole, np.uint8).copy()
        data[rng.integers(0, data.size, 60)] = rng.integers(0, 256, 60)
        noisy.write_bytes(data.tobytes())
        try:
            with VideoReader(noisy) as reader:
                times = [frame.captured_at for frame in reader]
        except MediaError:
            continue
        readable += 1
        assert times == sorted(set(times))
        assert times[0] == 0.0
    assert readable >= (1 if name == "a.mp4" else 3)  # the index of an MP4 is small and soon destroyed


def test_missing_folder_and_empty(folder: Path) -> None:
    assert "no video at" in told(folder / "missing.mp4").message
    assert "is a folder" in told(folder).message
    (folder / "empty.mp4").touch()
    assert "empty (0 bytes)" in told(folder / "empty.mp4").message


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes among files")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.mp4")
    assert "not an ordinary file" in told(folder / "pipe.mp4").message


def test_a_photograph_with_exif_data_is_one_frame(folder: Path) -> None:
    tags = Pillow.Exif()
    tags[0x010F] = "a maker of cameras"
    Pillow.fromarray(bars(0, (64, 48))).save(folder / "photo.jpg", exif=tags)
    with VideoReader(folder / "photo.jpg") as reader:
        assert [frame.image.shape for frame in reader] == [(48, 64, 3)]


@pytest.mark.parametrize("name", ["notes.txt", "notes.mp4", "page.html", "notes.nfo"])
def test_what_is_no_video(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"<html>not a video at all</html>\n" * 50)
    error = told(folder / name)
    assert "not a video" in error.message
    assert "MP4" in error.hint


def test_a_video_without_one_decodable_frame(folder: Path) -> None:
    data = bytearray(write_clip(folder / "good.mp4", Clip()).read_bytes())
    begin = data.index(b"mdat") + 4
    data[begin : data.index(b"moov") - 4] = bytes(data.index(b"moov") - 4 - begin)
    (folder / "hollow.mp4").write_bytes(data)
    assert "no picture that can be decoded (h264)" in told(folder / "hollow.mp4").message


@pytest.mark.parametrize(
    "name", ["two words.mp4", "12:30.mp4", "\u00e4\u6f22\U0001f600.mp4", "%03d.mp4", "#1?x=[a]*.mp4"]
)
def test_any_file_name(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32" and set(name) & set(":?*"):
        pytest.skip("not a name on Windows")
    (folder / name).write_bytes(write_clip(folder / "plain.mp4", Clip(times=(0.0, 0.04))).read_bytes())
    monkeypatch.chdir(folder)
    assert len(frames_of(Path(name))) == 2


def test_after_close_there_are_no_more_frames(folder: Path) -> None:
    reader = VideoReader(write_clip(folder / "closed.mp4", Clip()))
    next(reader)
    reader.close()
    reader.close()
    assert list(reader) == []


@pytest.mark.reference
def test_real_clips(reference_data: Path) -> None:
    for path in sorted((reference_data / "faces" / "heldout" / "video").iterdir()):
        with VideoReader(path) as reader:
            frames = list(reader)
            assert reader.damaged == 0
            assert len(frames) == reader.info.frame_count
        assert all(frame.image.shape == (256, 256, 3) for frame in frames)
        assert frames[-1].captured_at == pytest.approx((len(frames) - 1) / 25, abs=0.001)

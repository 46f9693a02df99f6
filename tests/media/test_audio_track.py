"""Sound beside the pictures of a written video: the same, in step, and as long as they are."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from avatarify.media.video_reader import VideoReader
from avatarify.media.video_writer import VideoWriter
from tests.media.clips import Clip, bars, play, write_clip, write_tone
from tests.media.copies import IN_STEP_S, SIZE, TWO_SECONDS, copy

SOUNDS = [
    ("aac.mp4", "libx264", "aac", "copied (aac)"),
    ("mp3.mp4", "libx264", "mp3", "copied (mp3)"),
    ("aac.ts", "libx264", "aac", "copied (aac)"),
    ("mp3.avi", "mpeg4", "mp3", "copied (mp3)"),
    ("opus.webm", "libvpx-vp9", "libopus", "encoded as AAC (from opus)"),
    ("pcm.mov", "libx264", "pcm_s16le", "encoded as AAC (from pcm_s16le)"),
    ("flac.mkv", "libx264", "flac", "encoded as AAC (from flac)"),
    ("mp2.ts", "libx264", "mp2", "encoded as AAC (from mp2)"),
    ("ac3.mkv", "libx264", "ac3", "encoded as AAC (from ac3)"),
]


@pytest.mark.parametrize(("name", "codec", "sound", "note"), SOUNDS)
def test_a_beep_stays_with_its_flash(tmp_path: Path, name: str, codec: str, sound: str, note: str) -> None:
    clip = Clip(times=TWO_SECONDS, codec=codec, sound=sound, beep_at=1.0, flash_at=1.0)
    source = write_clip(tmp_path / name, clip)
    writer = copy(source, tmp_path / "out.mp4")
    assert writer.note.endswith(note)
    before, after = play(source), play(tmp_path / "out.mp4")
    assert after.sound_codec == ("mp3float" if sound == "mp3" else "aac")
    assert before.beep_at is not None
    assert before.flash_at is not None
    assert after.beep_at is not None
    assert after.flash_at is not None
    assert after.beep_at - after.flash_at == pytest.approx(before.beep_at - before.flash_at, abs=0.005)
    assert abs(after.beep_at - after.flash_at) < IN_STEP_S
    assert after.picture_ends == pytest.approx(2.0, abs=0.045)
    assert after.sound_ends == pytest.approx(after.picture_ends, abs=IN_STEP_S)


@pytest.mark.parametrize("sound", ["aac", "flac"])
@pytest.mark.parametrize(("picture_starts", "sound_starts"), [(0.0, 0.3), (0.7, 0.0), (0.7, 0.9)])
def test_the_offset_between_sound_and_picture_is_kept(
    tmp_path: Path, sound: str, picture_starts: float, sound_starts: float
) -> None:
    moment = picture_starts + 1.0
    clip = Clip(
        times=tuple(picture_starts + time for time in TWO_SECONDS),
        sound=sound,
        sound_starts=sound_starts,
        beep_at=moment,
        flash_at=moment,
    )
    copy(write_clip(tmp_path / "in.mkv", clip), tmp_path / "out.mp4")
    after = play(tmp_path / "out.mp4")
    assert after.flash_at == pytest.approx(1.0, abs=0.002)
    assert after.beep_at == pytest.approx(1.0, abs=0.005)


@pytest.mark.parametrize(
    ("sound", "rate", "layout"), [("pcm_s16le", 22050, "mono"), ("libopus", 24000, "mono"), ("flac", 96000, "5.1")]
)
def test_other_rates_and_numbers_of_channels(tmp_path: Path, sound: str, rate: int, layout: str) -> None:
    clip = Clip(times=TWO_SECONDS, sound=sound, sound_rate=rate, sound_layout=layout, beep_at=1.0, flash_at=1.0)
    copy(write_clip(tmp_path / "in.mkv", clip), tmp_path / "out.mp4")
    after = play(tmp_path / "out.mp4")
    assert after.beep_at == pytest.approx(1.0, abs=0.005)
    with av.open(str(tmp_path / "out.mp4")) as container:
        context = container.streams.audio[0].codec_context
        assert context.sample_rate == (22050 if rate == 22050 else 48000)  # Opus always decodes to 48000
        assert context.layout.nb_channels == (1 if layout == "mono" else 2)


@pytest.mark.parametrize("sound", ["aac", "flac"])
def test_the_sound_is_cut_to_the_pictures(tmp_path: Path, sound: str) -> None:
    source = write_clip(tmp_path / "in.mkv", Clip(times=TWO_SECONDS, sound=sound, beep_at=0.1))
    with (
        VideoReader(source) as reader,
        VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25, audio_from=source) as writer,
    ):
        for frame, _ in zip(reader, range(20), strict=False):
            writer.write(frame.image, frame.captured_at)
    after = play(tmp_path / "out.mp4")
    assert after.picture_ends == pytest.approx(0.8, abs=0.002)
    assert after.sound_ends == pytest.approx(0.8, abs=IN_STEP_S)


def test_a_silent_gap_in_the_sound_does_not_shift_what_follows(tmp_path: Path) -> None:
    """Sound that is missing for half a second, as streams leave it out."""
    clip = Clip(times=TWO_SECONDS, sound="flac", beep_at=1.4, flash_at=1.4)
    whole, gappy = write_clip(tmp_path / "whole.mkv", clip), tmp_path / "gappy.mkv"
    with av.open(str(whole)) as source, av.open(str(gappy), "w") as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            time = None if packet.pts is None else float(packet.pts * packet.time_base)
            if time is None or (packet.stream.type == "audio" and 0.4 < time < 0.9):
                continue
            packet.stream = streams[packet.stream_index]
            target.mux(packet)
    copy(gappy, tmp_path / "out.mp4")
    after = play(tmp_path / "out.mp4")
    assert after.beep_at == pytest.approx(1.4, abs=0.005)
    assert after.flash_at == pytest.approx(1.4, abs=0.002)


def test_sound_from_a_file_without_pictures(tmp_path: Path) -> None:
    tone = write_tone(tmp_path / "tone.wav", "pcm_s16le", seconds=1.0)
    with VideoWriter(tmp_path / "out.mp4", size=SIZE, fps=25, audio_from=tone) as writer:
        for n in range(25):
            writer.write(bars(n, SIZE))
    assert play(tmp_path / "out.mp4").beep_at == pytest.approx(0.1, abs=0.005)


def test_a_driving_video_without_sound(tmp_path: Path) -> None:
    writer = copy(write_clip(tmp_path / "in.mp4", Clip()), tmp_path / "out.mp4")
    assert writer.note == "libx264, no sound"
    assert play(tmp_path / "out.mp4").sound_codec is None


def test_sound_in_an_unknown_format_is_left_out_and_that_is_told(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", Clip(sound="aac"))
    source.write_bytes(source.read_bytes().replace(b"A_AAC", b"A_ZZZ"))
    writer = copy(source, tmp_path / "out.mp4")
    assert writer.note.endswith("sound left out (unknown format)")
    assert play(tmp_path / "out.mp4").sound_codec is None


def test_damaged_sound_does_not_stop_the_pictures(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mkv", Clip(times=TWO_SECONDS, sound="libopus", beep_at=1.6, flash_at=1.6))
    with av.open(str(source)) as container:
        places = [(packet.pos, packet.size) for packet in container.demux(audio=0) if packet.size]
    data = bytearray(source.read_bytes())
    for begin, size in places[20:40]:
        place = data.index(b"\xa3", begin)  # the block; its header is four bytes after the length
        data[place + 6 : place + size] = b"\xff" * (size - 6)
    source.write_bytes(data)
    writer = copy(source, tmp_path / "out.mp4")
    assert writer.frames == 50
    assert play(tmp_path / "out.mp4").beep_at == pytest.approx(1.6, abs=0.01)


@pytest.mark.reference
def test_a_real_clip_keeps_its_sound(reference_data: Path, tmp_path: Path) -> None:
    source = reference_data / "faces" / "uncropped" / "liveportrait_d18.mp4"
    target = tmp_path / "out.mp4"
    with VideoReader(source) as reader:
        frames = list(islice(reader, 30))
    with VideoWriter(target, size=(480, 480), fps=reader.info.fps, audio_from=source) as writer:
        for frame in frames:
            writer.write(frame.image, frame.captured_at)
    assert writer.note.endswith("copied (aac)")
    with VideoReader(target) as after:
        assert (after.info.frame_count, after.info.has_audio) == (30, True)
        assert after.info.duration_s == pytest.approx(1.0, abs=0.002)
        assert np.abs(next(after).image.astype(int) - frames[0].image).mean() < 2
    assert play(target).sound_ends == pytest.approx(1.0, abs=IN_STEP_S)

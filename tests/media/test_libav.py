"""Files that libav opens but that hold no picture of ours, and what it must not do or say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import av
import pytest

from avatarify.media.images import write_image
from tests.media.clips import Clip, bars, write_clip, write_tone
from tests.media.refusals import told


@pytest.mark.parametrize(
    ("name", "codec"), [("a.m4a", "aac"), ("a.mp3", "mp3"), ("a.wav", "pcm_s16le"), ("a.ogg", "libopus")]
)
def test_sound_without_picture(folder: Path, name: str, codec: str) -> None:
    assert "has sound but no picture" in told(write_tone(folder / name, codec)).message


def test_the_cover_of_a_song_is_no_video(folder: Path) -> None:
    song = write_tone(folder / "song.mp3", "mp3").read_bytes()
    write_image(folder / "cover.jpg", bars(0, (32, 32)))
    picture = b"\0image/jpeg\0\x03\0" + (folder / "cover.jpg").read_bytes()
    frame = b"APIC" + len(picture).to_bytes(4, "big") + b"\0\0" + picture
    size = len(frame)
    tag = b"ID3\x03\0\0" + bytes((size >> shift) & 127 for shift in (21, 14, 7, 0)) + frame
    (folder / "covered.mp3").write_bytes(tag + song[song.index(b"\xff\xfb") :])
    with av.open(str(folder / "covered.mp3")) as container:
        assert container.streams.video, "the file must carry a cover"
    assert "has sound but no picture" in told(folder / "covered.mp3").message


def test_an_mp4_without_its_index(folder: Path) -> None:
    data = write_clip(folder / "whole.mp4", Clip()).read_bytes()
    assert data.index(b"moov") > data.index(b"mdat")
    (folder / "cut.mp4").write_bytes(data[: data.index(b"moov") - 4])
    error = told(folder / "cut.mp4")
    assert "cut short" in error.message
    assert "record it again" in error.hint


def test_pictures_in_an_unknown_format(folder: Path) -> None:
    data = write_clip(folder / "known.mp4", Clip()).read_bytes()
    assert data.count(b"avc1") >= 1
    (folder / "unknown.mp4").write_bytes(data.replace(b"avc1", b"zzzz"))
    assert "unknown format" in told(folder / "unknown.mp4").message


def test_a_playlist_cannot_reach_the_network(folder: Path) -> None:
    (folder / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/clip.ts\n#EXT-X-ENDLIST\n")
    assert told(folder / "list.m3u8").message


def test_libav_says_nothing_on_stderr_in_either_import_order(folder: Path) -> None:
    path = write_clip(folder / "loud.ts", Clip(options={"g": "5"}))
    data = bytearray(path.read_bytes())
    data[2000:2600:7] = bytes(len(data[2000:2600:7]))
    path.write_bytes(data)
    for order in ("av, cv2", "cv2, av"):
        code = (
            f"import {order}, sys\nfrom pathlib import Path\nfrom avatarify.media.video_reader import VideoReader\n"
            "print(len(list(VideoReader(Path(sys.argv[1])))) > 3)\n"
        )
        run = subprocess.run([sys.executable, "-W", "error", "-c", code, str(path)], capture_output=True, text=True)
        assert (run.stdout, run.stderr) == ("True\n", "")

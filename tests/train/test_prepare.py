"""Films become clips of one face each."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import MediaError, SettingsError
from avatarify.face.detector import FaceDetector
from avatarify.media.images import read_image
from avatarify.media.video_reader import VideoReader
from avatarify.train.prepare import Prepared, PrepareOptions, prepare, read_manifest
from avatarify.train.sources import find_sources
from tests.train.films import write_film

OPTIONS = PrepareOptions(size=64, min_s=0.5, max_s=4.0, min_face=30)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three shots of three people, the last too short."""
    folder = tmp_path_factory.mktemp("film")
    write_film(folder / "cast_1.mp4", [0, 2], frames=20, size=(192, 128), every=1)
    write_film(folder / "short_1.mp4", [0], frames=8, size=(192, 128), every=1)
    (folder / "torn.mp4").write_bytes(b"no video")
    return folder


@pytest.fixture(scope="module")
def prepared(film: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Prepared]:
    output = tmp_path_factory.mktemp("prepared") / "clips"
    sources = [dataclasses.replace(source, licence="open") for source in find_sources([film])]
    return output, prepare(sources, output, OPTIONS, FaceDetector())


def test_one_clip_a_shot(prepared: tuple[Path, Prepared]) -> None:
    output, result = prepared
    assert [(clip.file, clip.identity) for clip in result.clips] == [("cast_1_0.mp4", "cast"), ("cast_1_1.mp4", "cast")]
    for clip in result.clips:
        with VideoReader(output / clip.file) as reader:
            frames = [frame.image for frame in reader]
        assert len(frames) == clip.frames
        assert frames[0].shape == (64, 64, 3)
        assert 10 <= clip.frames <= 20
        assert 0.35 < clip.face_share < 0.65
        assert clip.motion > 0
    assert result.clips[0].start_s == 0
    assert result.clips[1].start_s == pytest.approx(0.8)


def test_no_clip_holds_two_people(prepared: tuple[Path, Prepared]) -> None:
    output, result = prepared
    for clip in result.clips:
        with VideoReader(output / clip.file) as reader:
            corners = np.array([frame.image[2:8, 2:8].mean((0, 1)) for frame in reader])
        assert np.ptp(corners, axis=0).max() < 15  # each has a background of its own


def test_the_rest_is_told(prepared: tuple[Path, Prepared]) -> None:
    _, result = prepared
    reasons = {path.name: reason for path, reason in result.skipped}
    assert "no face stayed long enough" in reasons["short_1.mp4"]
    assert "torn.mp4" in reasons["torn.mp4"]


def test_manifest_and_sheet(prepared: tuple[Path, Prepared]) -> None:
    output, result = prepared
    rows = read_manifest(output / "MANIFEST.tsv")
    assert [row.file for row in rows] == [clip.file for clip in result.clips]
    assert rows[0].crop_px == pytest.approx(result.clips[0].crop_px, abs=1e-3)
    sheet = read_image(output / "contact-sheet.png")
    assert sheet.shape[1] > 6 * 112
    identities = {source.identity for source in find_sources([output]) if source.moving}
    assert identities == {"cast"}
    assert {source.licence for source in find_sources([output]) if source.moving} == {"open"}


def test_a_second_call_adds_what_is_new(prepared: tuple[Path, Prepared], film: Path) -> None:
    output, _ = prepared
    again = prepare(find_sources([film]), output, OPTIONS, FaceDetector())
    assert (len(again.clips), again.known) == (0, 1)
    assert len(read_manifest(output / "MANIFEST.tsv")) == 2


def test_a_picture_becomes_a_square(films: Path, tmp_path: Path) -> None:
    sources = [source for source in find_sources([films]) if not source.moving]
    result = prepare(sources, tmp_path, OPTIONS, FaceDetector())
    assert [clip.file for clip in result.clips] == ["ilse.png"]
    assert read_image(tmp_path / "ilse.png").shape == (64, 64, 3)


def test_files_of_one_name_do_not_overwrite_each_other(films: Path, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "ilse.png").write_bytes((films / "ilse.png").read_bytes())
    result = prepare(find_sources([tmp_path]), tmp_path / "out", OPTIONS, FaceDetector())
    assert [clip.file for clip in result.clips] == ["ilse.png", "ilse-2.png"]


def test_impossible_options_and_another_manifest_are_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="size is 63"):
        PrepareOptions(size=63)
    with pytest.raises(SettingsError, match=r"3 to 4\.0 s"):
        PrepareOptions(min_s=3, max_s=4.0)
    (tmp_path / "MANIFEST.tsv").write_text("file\tidentity\na\tb\n")
    with pytest.raises(MediaError, match="no manifest of prepared clips"):
        read_manifest(tmp_path / "MANIFEST.tsv")

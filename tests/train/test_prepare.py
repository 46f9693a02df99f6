"""Films become clips of one face each."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import MediaError, SettingsError
from avatarify.face.detector import Face, FaceDetector
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.media.video_reader import VideoReader
from avatarify.train.prepare import Prepared, PrepareOptions, prepare, read_manifest
from avatarify.train.sources import find_sources, licence_classes
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
    sheet = read_image(output / "contact-sheet-001.png")
    assert sheet.shape[1] > 6 * 112
    assert 2 * 112 < sheet.shape[0] < 3 * 112


def test_what_was_prepared_is_what_is_trained_on(prepared: tuple[Path, Prepared]) -> None:
    """Nothing but the clips of the manifest: a sheet is no portrait."""
    output, _ = prepared
    sources = find_sources([output])
    assert [(source.path.name, source.identity, source.licence, source.moving) for source in sources] == [
        (row.file, row.identity, row.licence_class, True) for row in read_manifest(output / "MANIFEST.tsv")
    ]
    assert licence_classes(sources) == ("open",)


def test_sheets_are_numbered_on(films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clips a sheet: three portraits make two sheets, one more in a later call a third."""
    monkeypatch.setattr("avatarify.train.prepare._SHEET_ROWS", 2)
    for name in "abcd":
        (tmp_path / f"{name}.png").write_bytes((films / "ilse.png").read_bytes())
    sources, output = find_sources([tmp_path]), tmp_path / "out"
    prepare(sources[:3], output, OPTIONS, FaceDetector())
    heights = [read_image(path).shape[0] for path in sorted(output.glob("contact-sheet-*.png"))]
    assert len(heights) == 2
    assert heights[0] > heights[1] > 112
    prepare(sources, output, OPTIONS, FaceDetector())
    assert [path.stem for path in sorted(output.glob("contact-sheet-*.png"))][2:] == ["contact-sheet-003"]
    assert [source.path.name for source in find_sources([output])] == ["a.png", "b.png", "c.png", "d.png"]


class FailingDetector:
    """Sees the first picture, then someone presses Ctrl-C."""

    def __init__(self) -> None:
        self._real, self._calls = FaceDetector(), 0

    def detect(self, image: Image, threshold: float = 0.5) -> list[Face]:
        self._calls += 1
        if self._calls > 1:
            raise KeyboardInterrupt
        return self._real.detect(image, threshold)


def test_what_was_cut_before_an_interrupt_is_on_a_sheet(films: Path, tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.png").write_bytes((films / "ilse.png").read_bytes())
    with pytest.raises(KeyboardInterrupt):
        prepare(find_sources([tmp_path]), tmp_path / "out", OPTIONS, FailingDetector())
    assert [row.file for row in read_manifest(tmp_path / "out" / "MANIFEST.tsv")] == ["a.png"]
    assert (tmp_path / "out" / "contact-sheet-001.png").is_file()


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

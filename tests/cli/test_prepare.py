"""The verb `prepare` makes clips of films."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatarify.cli import main
from tests.train.films import write_film


def test_a_film_becomes_clips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    film, output = tmp_path / "film", tmp_path / "clips"
    film.mkdir()
    write_film(film / "miro_1.mp4", [0], frames=14, size=(192, 128), every=1)
    (film / "torn.mp4").write_bytes(b"no video")
    arguments = [
        "prepare",
        str(film),
        "--output",
        str(output),
        "--size",
        "64",
        "--min-seconds",
        "0.4",
        "--min-face",
        "30",
    ]
    assert main([*arguments, "--json", "--quiet"]) == 0
    told = capsys.readouterr()
    (clip,) = json.loads(told.out)
    assert (output / clip["file"]).is_file()
    assert clip["identity"] == "miro"
    assert "left out" in told.err

    assert main([*arguments, "--quiet"]) == 0
    assert "1 files were in the manifest already" in capsys.readouterr().out


def test_nothing_found_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "torn.mp4").write_bytes(b"no video")
    assert main(["prepare", str(tmp_path), "--output", str(tmp_path / "clips"), "--quiet"]) == 1
    assert "0 clips" in capsys.readouterr().out

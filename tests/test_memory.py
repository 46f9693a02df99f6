"""Calibrations on disk: whole, small, and forgiving."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.errors import SettingsError
from avatarify.face.calibration import Remembered
from avatarify.face.crop import Crop
from avatarify.memory import CalibrationMemory, Occasion, model_mark

HOME = Occasion("suvi", "usb-1234", "lite")
SAVED = Remembered(
    ((0.125, -0.5), (0.25, 0.75)),
    ((1.0, 0.0, 0.0, 1.0), (0.5, 0.25, 0.0, 1.5)),
    Crop(10, 20.5, 200),
    True,
    1.25,
    0.1,
    -0.1,
)


def saved(path: Path) -> None:
    memory = CalibrationMemory(path)
    memory.keep(HOME, SAVED)
    memory.write()


def test_what_is_kept_is_there_the_next_day(tmp_path: Path) -> None:
    path = tmp_path / "not yet there" / "calibrations.json"
    saved(path)
    memory = CalibrationMemory(path)
    assert memory.recall(HOME) == SAVED
    assert memory.trouble == ""
    assert [file.name for file in path.parent.iterdir()] == ["calibrations.json"]


@pytest.mark.parametrize("other", [HOME._replace(avatar="kofi"), HOME._replace(camera="x"), HOME._replace(model="vox")])
def test_another_avatar_camera_or_model_is_another_occasion(tmp_path: Path, other: Occasion) -> None:
    memory = CalibrationMemory(tmp_path / "c.json")
    memory.keep(HOME, SAVED)
    assert memory.recall(other) is None


def test_the_newest_of_any_avatar_is_known_for_a_camera_and_a_model(tmp_path: Path) -> None:
    memory = CalibrationMemory(tmp_path / "c.json")
    assert memory.latest(HOME.camera, HOME.model) is None
    newer = SAVED._replace(zoom=0.5)
    memory.keep(HOME, SAVED)
    memory.keep(HOME._replace(avatar="kofi"), newer)
    memory.keep(HOME._replace(camera="another"), SAVED)
    memory.keep(HOME._replace(model="vox"), SAVED)
    assert memory.latest(HOME.camera, HOME.model) == newer
    memory.keep(HOME, SAVED)
    assert memory.latest(HOME.camera, HOME.model) == SAVED


def test_keeping_waits_for_no_disk_and_nothing_new_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    memory = CalibrationMemory(path)
    memory.keep(HOME, SAVED)
    assert not path.exists()
    memory.write()
    path.unlink()
    memory.write()
    assert not path.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"version": 1, "calibrations": [{"for": ["a", "b", "c"]}]}',
        b'{"version": 1, "calibrations": [{"for": ["a"], "value": [], "jacobian": [], "crop": [0, 0, 1]}]}',
    ],
)
def test_a_broken_file_is_put_aside_and_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "c.json"
    path.write_bytes(content)
    memory = CalibrationMemory(path)
    assert "c.json.broken" in memory.trouble
    assert (tmp_path / "c.json.broken").read_bytes() == content
    memory.keep(HOME, SAVED)
    memory.write()
    assert CalibrationMemory(path).recall(HOME) == SAVED


def test_a_file_of_a_newer_program_is_kept_for_it(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text('{"version": 99}')
    assert "c.json.newer. Calibrations are remembered anew." in CalibrationMemory(tmp_path / "c.json").trouble


@pytest.mark.parametrize("number", ["NaN", "Infinity", "true", '"1"', "9" * 400])
def test_a_number_that_is_none_is_a_broken_file(tmp_path: Path, number: str) -> None:
    path = tmp_path / "c.json"
    saved(path)
    path.write_text(path.read_text().replace("0.125", number))
    assert "cannot be understood" in CalibrationMemory(path).trouble


def test_where_nothing_can_be_written_it_is_told_and_remembered_for_now(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = CalibrationMemory(tmp_path / "file" / "c.json")
    memory.keep(HOME, SAVED)
    with pytest.raises(SettingsError, match="remembered calibrations cannot be saved"):
        memory.write()
    assert memory.recall(HOME) == SAVED


def test_the_oldest_go_when_there_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatarify.memory._MOST", 2)
    memory = CalibrationMemory(tmp_path / "c.json")
    for name in "abc":
        memory.keep(HOME._replace(avatar=name), SAVED)
    assert memory.recall(HOME._replace(avatar="a")) is None
    assert memory.recall(HOME._replace(avatar="c")) == SAVED


def test_a_model_file_that_took_the_place_of_another_has_another_mark(tmp_path: Path) -> None:
    path = tmp_path / "lite.safetensors"
    path.write_bytes(b"first weights")
    before = model_mark(path)
    assert model_mark(path) == before
    path.write_bytes(b"weights of today")
    assert model_mark(path) != before
    path.unlink()
    assert model_mark(path) == "lite.safetensors"

"""Preferences on disk: small, whole or not at all, and what cannot be read is kept aside and told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatarify.errors import SettingsError
from avatarify.preferences.file import VERSION, Loaded, load, save
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.schema import SETTINGS
from avatarify.preferences.setting import Binding
from tests.fakes.disks import full_disk, locked_folder
from tests.preferences.test_preferences import another

__all__ = ["full_disk", "locked_folder"]

CHOSEN = Preferences([("motion.strength", 0.75), ("output.ground", "fill"), ("camera.device", "Café")])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "avatarify" / "preferences.json"


def test_where_there_is_no_file_all_is_default(path: Path) -> None:
    assert load(path) == Loaded(Preferences(), ())
    assert not path.parent.exists()


def test_every_setting_comes_back(path: Path) -> None:
    all_changed = Preferences((setting.key, another(setting)) for setting in SETTINGS)
    assert len(all_changed.changed()) == len(SETTINGS)
    save(all_changed, path)
    assert load(path) == Loaded(all_changed, ())


def test_only_what_differs_is_written_and_people_can_read_it(path: Path) -> None:
    save(CHOSEN.with_value("keys.bindings", (Binding("call.pause", "P"),)), path)
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "version": VERSION,
        "camera.device": "Café",
        "motion.strength": 0.75,
        "output.ground": "fill",
        "keys.bindings": {"call.pause": "P"},
    }
    assert "Café" in path.read_text(encoding="utf-8")
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_broken_file_is_put_aside_and_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("{")
    loaded = load(path)
    assert loaded.preferences == Preferences()
    assert "preferences.json.broken. The defaults are used." in loaded.notes[0]
    assert path.with_name("preferences.json.broken").read_text() == "{"
    assert not path.exists()


def test_a_newer_file_is_put_aside_for_the_newer_program(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"version": VERSION + 1, "motion.strength": 0.5}))
    loaded = load(path)
    assert loaded.preferences == Preferences()
    assert "newer Avatarify" in loaded.notes[0]
    assert path.with_name("preferences.json.newer").exists()


def test_one_bad_value_costs_only_itself_and_a_copy_is_kept_once(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(
        json.dumps({"version": 1, "motion.strength": 7, "motion.speed": 1, "output.mirror": True, "keys.bindings": "x"})
    )
    for _ in range(2):
        loaded = load(path)
        assert loaded.preferences == Preferences([("output.mirror", True)])
        told = " ".join(loaded.notes)
        assert "motion.strength is 7" in told
        assert "no setting 'motion.speed'" in told
        assert "keys.bindings" in told
        assert "preferences.json.old" in told
    assert path.with_name("preferences.json.old").read_text() == path.read_text()
    assert len(list(path.parent.iterdir())) == 2


@pytest.mark.parametrize("raw", [{"a": 1}, {"a": None}, ["a"], "a"])
def test_keys_that_are_none_are_told(path: Path, raw: object) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"version": 1, "keys.bindings": raw}))
    assert "keys.bindings" in load(path).notes[0]


def test_a_full_disk_is_told_and_the_old_file_stays(full_disk: Path) -> None:
    path = full_disk / "preferences.json"
    save(CHOSEN, path)
    many = Preferences([("keys.bindings", tuple(Binding(f"{number:0>900}", "X") for number in range(900)))])
    with pytest.raises(SettingsError, match=r"cannot be saved in .*preferences.json: .*\. Free some disk space"):
        save(many, path)
    assert load(path) == Loaded(CHOSEN, ())
    assert not list(full_disk.glob("*.part"))


def test_a_folder_that_cannot_be_written_is_told(locked_folder: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be saved"):
        save(CHOSEN, locked_folder / "avatarify" / "preferences.json")

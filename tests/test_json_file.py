"""Small files of the user's: what cannot be read is put aside and told, what is written comes back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatarify.errors import SettingsError
from avatarify.json_file import Content, JsonFile


@pytest.fixture
def file(tmp_path: Path) -> JsonFile:
    return JsonFile(tmp_path / "lists.json", what="lists", version=2, instead="All begin empty.")


def test_what_is_written_comes_back_in_a_folder_that_was_not_there(tmp_path: Path) -> None:
    file = JsonFile(tmp_path / "new" / "lists.json", what="lists", version=2)
    assert file.read() == Content(None)
    file.write({"names": ["Zoë"]})
    assert file.read() == Content({"names": ["Zoë"]})
    assert json.loads(file.path.read_text(encoding="utf-8")) == {"version": 2, "names": ["Zoë"]}
    assert "Zoë" in file.path.read_text(encoding="utf-8"), "people can read it"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", "{}", '{"version": "1"}', '{"version": true}', '{"version": 0}', '{"version": 1, "a": NaN}'],
)
def test_a_broken_file_is_put_aside_and_told(file: JsonFile, text: str) -> None:
    file.path.write_text(text)
    content = file.read()
    assert content.values is None
    assert "The lists in" in content.notes[0]
    assert "put aside as lists.json.broken. All begin empty." in content.notes[0]
    assert file.path.with_name("lists.json.broken").read_text() == text
    assert not file.path.exists()


def test_bytes_that_are_no_text_are_a_broken_file(file: JsonFile) -> None:
    file.path.write_bytes(b"\xff\xfe\x00")
    assert "no text" in file.read().notes[0]


def test_a_second_broken_file_does_not_hide_the_first(file: JsonFile) -> None:
    for text in ("first", "second"):
        file.path.write_text(text)
        file.read()
    assert file.path.with_name("lists.json.broken").read_text() == "first"
    assert file.path.with_name("lists.json.broken-2").read_text() == "second"


def test_an_older_version_is_read_and_a_newer_one_kept_for_the_newer_program(file: JsonFile) -> None:
    file.path.write_text('{"version": 1, "a": 1}')
    assert file.read() == Content({"a": 1})
    file.path.write_text('{"version": 3}')
    assert "newer Avatarify (version 3)" in file.read().notes[0]
    assert file.path.with_name("lists.json.newer").exists()


def test_a_file_that_cannot_be_opened_is_left_alone_and_told(file: JsonFile) -> None:
    file.path.mkdir()
    assert "cannot be read" in file.read().notes[0]
    assert file.path.is_dir()


def test_a_file_too_large_to_be_ours_is_not_read(file: JsonFile) -> None:
    file.path.write_text(" " * 4_000_001)
    assert "larger" in file.read().notes[0]


def test_what_makes_no_sense_to_its_reader_is_put_aside_too(file: JsonFile) -> None:
    file.write({"names": 3})
    assert "cannot be understood (3 is no list)" in file.put_aside("3 is no list").notes[0]
    assert file.path.with_name("lists.json.broken").exists()


def test_what_cannot_be_put_aside_is_told(file: JsonFile) -> None:
    assert "could not be put aside" in file.put_aside("gone meanwhile").notes[0]


def test_a_copy_is_kept_once(file: JsonFile) -> None:
    for names in ("a", "a", "b"):
        file.write({"names": names})
        told = file.keep_copy("old")
    assert "lists.json.old-2" in told
    kept = [json.loads(path.read_text())["names"] for path in sorted(file.path.parent.glob("*.old*"))]
    assert kept == ["a", "b"]


def test_where_nothing_can_be_written_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="The lists cannot be saved in"):
        JsonFile(tmp_path / "file" / "lists.json", what="lists", version=1).write({})

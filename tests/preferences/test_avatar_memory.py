"""Framing, smoothing and the way of calibrating come back with the avatar they were chosen for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avatarify.errors import SettingsError
from avatarify.preferences.avatar_memory import AvatarMemory, write_entries
from avatarify.preferences.preferences import Preferences

CLOSE = Preferences([("framing.zoom", 1.5), ("comfort.smooth", False), ("output.mirror", True)])


def write(memory: AvatarMemory) -> None:
    write_entries(memory.entries(), memory.path)


def test_each_avatar_gets_its_own_back(tmp_path: Path) -> None:
    memory = AvatarMemory(tmp_path / "a.json")
    assert memory.keep("ilse", CLOSE)
    assert memory.keep("bruno", Preferences())
    write(memory)
    again = AvatarMemory(tmp_path / "a.json")
    assert again.notes == ()
    assert again.recall("ilse", Preferences()).changed() == ("framing.zoom", "comfort.smooth")
    assert again.recall("bruno", CLOSE) == Preferences([("output.mirror", True)])


def test_an_avatar_that_was_never_set_takes_what_holds(tmp_path: Path) -> None:
    assert AvatarMemory(tmp_path / "a.json").recall("otto", CLOSE) == CLOSE


def test_what_is_known_already_is_no_news(tmp_path: Path) -> None:
    memory = AvatarMemory(tmp_path / "a.json")
    assert memory.keep("ilse", CLOSE)
    assert not memory.keep("ilse", CLOSE.with_value("output.mirror", False))
    assert memory.forget("ilse")
    assert not memory.forget("ilse")
    assert memory.recall("ilse", Preferences()) == Preferences()


def test_what_was_forgotten_can_be_put_back_by_another_name(tmp_path: Path) -> None:
    memory = AvatarMemory(tmp_path / "a.json")
    memory.keep("ilse", CLOSE)
    memory.put("ilsebill", memory.forget("ilse"))
    assert memory.recall("ilsebill", Preferences()).number("framing.zoom") == 1.5
    assert memory.forget("ilse") == ()


def test_those_set_longest_ago_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatarify.preferences.avatar_memory._MOST", 2)
    memory = AvatarMemory(tmp_path / "a.json")
    for name, zoom in (("a", 1.1), ("b", 1.2), ("a", 1.3), ("c", 1.4)):
        memory.keep(name, Preferences([("framing.zoom", zoom)]))
    assert [name for name, _ in memory.entries()] == ["a", "c"]


def test_a_broken_file_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{")
    memory = AvatarMemory(path)
    assert "a.json.broken" in memory.notes[0]
    assert memory.entries() == ()


@pytest.mark.parametrize("raw", [{"framing.zoom": 9}, {"output.mirror": True}, 3, {"framing.zoom": None}])
def test_one_bad_entry_costs_only_itself(tmp_path: Path, raw: object) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"version": 1, "avatars": {"ilse": raw, "bruno": {"framing.zoom": 1.5}}}))
    before = path.read_text()
    memory = AvatarMemory(path)
    assert len(memory.notes) == 2
    assert [name for name, _ in memory.entries()] == ["bruno"]
    write(memory)
    assert path.read_text() != before
    assert (tmp_path / "a.json.old").read_text() == before, "what could not be used is kept for who wants to mend it"
    assert "a.json.old" in memory.notes[1]


def test_where_nothing_can_be_written_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = AvatarMemory(tmp_path / "file" / "a.json")
    memory.keep("ilse", CLOSE)
    with pytest.raises(SettingsError, match="settings of avatars cannot be saved"):
        write(memory)
    assert memory.recall("ilse", Preferences()).number("framing.zoom") == 1.5

"""Files of pictures that have none."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from avatarify.app.avatar_import.drafts import Drafts
from avatarify.errors import MediaError


def test_a_draft_is_there_until_it_is_cleared() -> None:
    drafts = Drafts()
    path = drafts.write("Photo.png", lambda path: path.write_bytes(b"x"))
    assert (path.name, path.read_bytes()) == ("Photo.png", b"x")
    assert drafts.write("Photo 2.png", lambda path: path.write_bytes(b"y")).parent == path.parent
    drafts.clear()
    assert not path.parent.exists()
    drafts.clear()


def test_the_disk_is_not_asked_before_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(tempfile, "TemporaryDirectory", lambda prefix: made.append(prefix))
    Drafts().clear()
    assert made == []


def test_where_nothing_can_be_written_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with pytest.raises(MediaError, match="could not be kept for a moment"):
        Drafts().write("Photo.png", lambda path: path.write_bytes(b"x"))

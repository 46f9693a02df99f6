"""Files of avatars: names that every system takes, moving with the card, nothing half done."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from avatarify.avatars.card import Card, Consent, card_path
from avatarify.avatars.folder import checked_name, move, pictures, put_in
from avatarify.errors import MediaError

CARD = Card(Consent.ME, date(2026, 11, 22), "me.png")


@pytest.mark.parametrize("name", ["", "  ", ".hidden", "a/b", "a\\b", "what?", "line\nbreak", "nul", "dot.", "x" * 61])
def test_names_that_are_no_file_names_are_refused(name: str) -> None:
    with pytest.raises(MediaError) as error:
        checked_name(name)
    assert error.value.hint


def test_good_names_are_tidied() -> None:
    assert checked_name("  Tante Eva ") == "Tante Eva"


def test_a_picture_whose_card_cannot_be_written_is_not_put_in(tmp_path: Path) -> None:
    card_path(tmp_path / "me.png").mkdir()
    with pytest.raises(MediaError, match=r"me\.png cannot be written"):
        put_in(b"picture", tmp_path / "me.png", CARD)
    assert pictures(tmp_path) == []
    assert not list(tmp_path.glob(".*.part"))


def test_a_move_that_fails_leaves_picture_and_card(tmp_path: Path) -> None:
    put_in(b"picture", tmp_path / "me.png", CARD)
    (tmp_path / "elsewhere" / "me.png").mkdir(parents=True)
    with pytest.raises(MediaError, match="cannot be moved"):
        move(tmp_path / "me.png", tmp_path / "elsewhere" / "me.png")
    assert (tmp_path / "me.png").exists()
    assert card_path(tmp_path / "me.png").exists()


def test_only_pictures_are_listed(tmp_path: Path) -> None:
    put_in(b"picture", tmp_path / "me.PNG", CARD)
    (tmp_path / "order.json").write_text("{}")
    assert [path.name for path in pictures(tmp_path)] == ["me.PNG"]
    assert pictures(tmp_path / "none") == []

"""Keys as text: read, written in one order, refused by name."""

from __future__ import annotations

import pytest

from avatarify.app.commands.chord import Chord
from avatarify.errors import KeysError


@pytest.mark.parametrize(
    ("text", "chord"),
    [
        ("x", Chord("X")),
        ("X", Chord("X")),
        ("shift+z", Chord("Z", ("Shift",))),
        ("alt + ctrl + 1", Chord("1", ("Ctrl", "Alt"))),
        ("Ctrl++", Chord("+", ("Ctrl",))),
        ("+", Chord("+")),
        ("Ctrl+-", Chord("-", ("Ctrl",))),
        ("Ctrl+,", Chord(",", ("Ctrl",))),
        ("f5", Chord("F5")),
        ("Meta+pgdown", Chord("PgDown", ("Meta",))),
        ("ö", Chord("Ö")),
        ("ß", Chord("ß")),
    ],
)
def test_text_becomes_a_chord_and_its_text_is_the_same_chord(text: str, chord: Chord) -> None:
    assert Chord.parse(text) == chord
    assert Chord.parse(str(chord)) == chord


@pytest.mark.parametrize(
    "text", ["", " ", "Ctrl", "Ctrl+", "Hyper+X", "Ctrl+Nonsense", "F99", "X+Ctrl", "Ctrl+X+Y", "\n"]
)
def test_what_is_no_key_is_refused_by_name(text: str) -> None:
    with pytest.raises(KeysError, match="is no key"):
        Chord.parse(text)


def test_modifiers_are_written_in_one_order() -> None:
    assert str(Chord.parse("Shift+Alt+Ctrl+Meta+X")) == "Meta+Ctrl+Alt+Shift+X"


def test_letters_are_no_signs() -> None:
    assert Chord("Ж").is_letter
    assert Chord("1").is_sign
    assert not Chord("F1").is_sign
    assert not Chord("F1").is_letter

"""Which key a command has: the user's before the preset's, and no key twice."""

from __future__ import annotations

import pytest

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.keymap import KeyMap, read_keys
from avatarify.app.commands.rules import Refusal, Scope
from avatarify.app.commands.table import COMMANDS
from avatarify.errors import KeysError

X, D, Q = Chord("X"), Chord("D"), Chord("Q")


def test_the_users_key_goes_before_the_preset() -> None:
    keymap = KeyMap().with_key("calibration.take", Q)
    assert keymap.chord("calibration.take") == Q
    assert keymap.holder(Q) == "calibration.take"
    assert keymap.holder(X) is None
    assert keymap.is_own("calibration.take")
    assert keymap.to_text() == {"calibration.take": "Q"}


def test_a_clash_names_both_commands() -> None:
    with pytest.raises(KeysError, match=r"X is the key of calibration\.take already, so still\.take cannot have it"):
        KeyMap().with_key("still.take", X)


def test_a_key_can_be_taken_away_and_goes_back_by_itself() -> None:
    taken = KeyMap().with_key("still.take", X, take=True)
    assert taken.chord("still.take") == X
    assert taken.chord("calibration.take") is None
    assert taken.with_preset("desktop").chord("calibration.take") == Chord.parse("Ctrl+K")
    given_back = taken.with_default("still.take")
    assert given_back == KeyMap()
    assert given_back.chord("calibration.take") == X


def test_what_the_user_chose_can_be_taken_away_too() -> None:
    keymap = KeyMap().with_key("still.take", Q).with_key("recording.toggle", Q, take=True)
    assert keymap.chord("recording.toggle") == Q
    assert keymap.chord("still.take") == Chord.parse("Ctrl+S"), "back at its default, which is free"


def test_the_default_is_taken_from_whoever_has_it() -> None:
    keymap = KeyMap().with_key("still.take", X, take=True).with_default("calibration.take")
    assert keymap.chord("calibration.take") == X
    assert keymap.chord("still.take") == Chord.parse("Ctrl+S")


def test_a_command_may_have_no_key() -> None:
    keymap = KeyMap().with_key("app.quit", None)
    assert keymap.chord("app.quit") is None
    assert keymap.to_text() == {"app.quit": ""}
    assert keymap.with_key("still.take", Chord("Esc")).chord("still.take") == Chord("Esc")


def test_the_same_key_again_changes_nothing() -> None:
    assert KeyMap().with_key("calibration.take", X) == KeyMap()


def test_what_cannot_work_is_refused() -> None:
    keymap = KeyMap(Scope.GLOBAL)
    assert keymap.refusal(X) is Refusal.NEEDS_MODIFIER
    with pytest.raises(KeysError, match=r"X cannot be the key for still\.take \(needs_modifier\)"):
        keymap.with_key("still.take", X)


def test_unknown_names_are_refused_at_the_door() -> None:
    with pytest.raises(KeysError, match="no preset 'emacs'"):
        KeyMap().with_preset("emacs")
    with pytest.raises(KeyError):
        KeyMap().chord("app.explode")


def test_the_presets_are_not_the_same() -> None:
    desktop = KeyMap(Scope.WINDOW, "desktop")
    assert desktop.chord("avatar.3") == Chord.parse("Ctrl+3")
    letters = [
        chord for entry in COMMANDS if (chord := desktop.chord(entry.id)) and chord.is_letter and not chord.strong
    ]
    assert letters == []


def test_a_file_is_read_with_what_is_wrong_left_out_and_told() -> None:
    own = {"still.take": "Q", "app.explode": "Y", "view.mesh": "Nonsense", "view.details": "Q", "app.quit": "Tab"}
    read = read_keys(Scope.WINDOW, "emacs", own)
    assert read.keymap == KeyMap().with_key("still.take", Q)
    assert len(read.notes) == 5
    assert "emacs" in read.notes[0]
    assert "'app.explode'" in read.notes[1]
    assert "'Nonsense' is no key" in read.notes[2]
    assert "Q is both for still.take and for view.details" in read.notes[3]
    assert "Tab cannot be the key for app.quit" in read.notes[4]


def test_a_file_comes_back_as_it_was_written() -> None:
    keymap = KeyMap(Scope.WINDOW, "desktop").with_key("still.take", X).with_key("avatar.1", None)
    assert read_keys(Scope.WINDOW, "desktop", keymap.to_text()).keymap == keymap


def test_two_commands_may_have_exchanged_their_keys() -> None:
    swapped = {"avatar.next": "A", "avatar.previous": "D"}
    read = read_keys(Scope.WINDOW, "classic", swapped)
    assert read.notes == ()
    assert read.keymap.chord("avatar.next") == Chord("A")
    assert read.keymap.chord("avatar.previous") == D


def test_a_file_cannot_give_a_global_key_to_what_must_not_have_one() -> None:
    read = read_keys(Scope.GLOBAL, "classic", {"passthrough.toggle": "Ctrl+Alt+0"})
    assert read.keymap == KeyMap(Scope.GLOBAL)
    assert "'passthrough.toggle', which can have none" in read.notes[0]

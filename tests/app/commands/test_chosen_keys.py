"""The keys that a user has chosen, as they come back from the preferences."""

from __future__ import annotations

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.chosen_keys import chosen_global_keys, chosen_keys, notes_on_keys, with_keys
from avatarify.app.commands.keymap import KeyMap
from avatarify.app.commands.rules import Scope
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.setting import Binding


def test_nothing_chosen_is_the_classic_preset() -> None:
    assert chosen_keys(Preferences(), Scope.WINDOW).keymap == KeyMap()


def test_keys_come_back_from_the_preferences() -> None:
    keymap = KeyMap(Scope.WINDOW, "desktop").with_key("still.take", Chord("Q")).with_key("app.quit", None)
    preferences = with_keys(Preferences(), keymap)
    assert preferences.text("keys.preset") == "desktop"
    assert chosen_keys(preferences, Scope.WINDOW).keymap == keymap


def test_global_keys_leave_the_windows_alone() -> None:
    keymap = KeyMap(Scope.GLOBAL).with_key("still.take", Chord.parse("Ctrl+Alt+S"))
    preferences = with_keys(with_keys(Preferences(), KeyMap(Scope.WINDOW, "desktop")), keymap)
    assert preferences.text("keys.preset") == "desktop"
    assert chosen_global_keys(preferences) is None, "they are off"
    chosen = chosen_global_keys(preferences.with_value("keys.global", True))
    assert chosen is not None
    assert chosen.own == keymap.own


def test_what_cannot_be_is_told() -> None:
    preferences = Preferences().with_value("keys.bindings", (Binding("app.explode", "Q"),))
    read = chosen_keys(preferences, Scope.WINDOW)
    assert read.keymap == KeyMap()
    assert read.notes == ("The key 'Q' is for 'app.explode', which can have none.",)
    both = preferences.with_value("keys.global_bindings", (Binding("still.take", "S"),))
    assert len(notes_on_keys(both)) == 2
    assert notes_on_keys(Preferences()) == ()

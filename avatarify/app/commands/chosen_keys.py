"""The user's keys: from the preferences, and back into them."""

from __future__ import annotations

from avatarify.app.commands.keymap import KeyMap, ReadKeys, read_keys
from avatarify.app.commands.rules import Scope
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.setting import Binding

KEYS_OF = {Scope.WINDOW: "keys.bindings", Scope.GLOBAL: "keys.global_bindings"}
"""Where each scope's own keys are kept."""


def chosen_keys(preferences: Preferences, scope: Scope) -> ReadKeys:
    """The keys that hold, and sentences on entries that cannot."""
    own = {binding.command: binding.key for binding in preferences.bindings(KEYS_OF[scope])}
    return read_keys(scope, preferences.text("keys.preset"), own)


def notes_on_keys(preferences: Preferences) -> tuple[str, ...]:
    """Sentences on keys in the preferences that cannot be: somebody has edited the file, or another version wrote it."""
    return tuple(note for scope in Scope for note in chosen_keys(preferences, scope).notes)


def chosen_global_keys(preferences: Preferences) -> KeyMap | None:
    """None while they are switched off."""
    return chosen_keys(preferences, Scope.GLOBAL).keymap if preferences.switch("keys.global") else None


def with_keys(preferences: Preferences, keymap: KeyMap) -> Preferences:
    """The same preferences with these keys in them."""
    bindings = tuple(Binding(command, key) for command, key in keymap.to_text().items())
    changed = preferences.with_value(KEYS_OF[keymap.scope], bindings)
    return changed.with_value("keys.preset", keymap.preset) if keymap.scope is Scope.WINDOW else changed

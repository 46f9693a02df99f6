"""Preferences on disk: a small JSON file that holds only what differs from the defaults."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from avatarify.errors import SettingsError
from avatarify.json_file import JsonFile
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.schema import find_setting
from avatarify.preferences.setting import Binding, Kind, Value

VERSION = 1


class Loaded(NamedTuple):
    """preferences: all that could be read. notes: sentences for the user about the rest; empty when all is well."""

    preferences: Preferences
    notes: tuple[str, ...] = ()


def load(path: Path) -> Loaded:
    """The preferences in a file; all defaults when there is none. Never raises.

    A broken or newer file is renamed aside; a single value that is unknown or out of range is left out, and a copy of the
    file is kept. Both are told.
    """
    file = _file(path)
    content = file.read()
    if content.values is None:
        return Loaded(Preferences(), content.notes)
    values, notes = [], list(content.notes)
    for key, raw in content.values.items():
        try:
            values.append((key, decode(key, raw)))
        except SettingsError as error:
            notes.append(f"In {path}: {error.message} The default is used.")
    if notes:
        notes.append(file.keep_copy("old"))
    return Loaded(Preferences(values), tuple(notes))


def save(preferences: Preferences, path: Path) -> None:
    """What differs from the defaults, whole or not at all. Raises SettingsError; then the old file is as it was."""
    values = {key: encode(preferences.get(key)) for key in preferences.changed()}
    _file(path).write(values)


def encode(value: Value) -> object:
    """The value of a setting as JSON writes it."""
    return {entry.command: entry.key for entry in value} if isinstance(value, tuple) else value


def decode(key: str, raw: object) -> Value:
    """The value of a setting from what JSON read. Raises SettingsError."""
    setting = find_setting(key)
    if setting.kind is Kind.BINDINGS and isinstance(raw, dict):
        return setting.check(tuple(Binding(command, bound) for command, bound in raw.items()))
    return setting.check(raw)


def _file(path: Path) -> JsonFile:
    return JsonFile(path, what="preferences", version=VERSION)

"""Which key does which command: a preset, and over it what the user has chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.rules import Refusal, Scope, refusal
from avatarify.app.commands.table import COMMANDS, command, known
from avatarify.errors import KeysError

PRESETS = ("classic", "desktop")


@dataclass(frozen=True)
class KeyMap:
    """own: (command id, chord or None for "no key") for each command whose key the user has chosen.

    What the user has chosen goes before the preset: a command whose default key was given to another one has none.
    """

    scope: Scope = Scope.WINDOW
    preset: str = "classic"
    own: tuple[tuple[str, Chord | None], ...] = ()

    def chord(self, id_: str) -> Chord | None:
        """The key of a command. Raises KeyError for an id that no command has."""
        command(id_)
        return self._chords.get(id_)

    def default(self, id_: str) -> Chord | None:
        """Its key in the preset."""
        wanted = command(id_)
        presets = {"classic": wanted.classic, "desktop": wanted.desktop}
        text = wanted.global_default if self.scope is Scope.GLOBAL else presets[self.preset]
        return Chord.parse(text) if text is not None else None

    def is_own(self, id_: str) -> bool:
        """The user has chosen this command's key, or that it has none."""
        return any(id_ == chosen for chosen, _ in self.own)

    def holder(self, chord: Chord) -> str | None:
        """The id of the command that has this key, or None."""
        return next((id_ for id_, held in self._chords.items() if held == chord), None)

    def refusal(self, chord: Chord) -> Refusal | None:
        """Why no command can have this key here."""
        return refusal(chord, self.scope)

    def with_key(self, id_: str, chord: Chord | None, *, take: bool = False) -> KeyMap:
        """The same with another key for one command; None leaves it without. take: from the command that has it.

        Raises KeysError for a key that cannot work and, without `take`, for one that belongs to another command.
        """
        own = {name: held for name, held in self.own if name != id_}
        if chord is not None:
            reason = self.refusal(chord)
            if reason is not None:
                raise KeysError(f"{chord} cannot be the key for {id_} ({reason.name.lower()}).", "Choose another one.")
            holder = self.holder(chord)
            if holder not in (None, id_) and not take:
                raise KeysError(
                    f"{chord} is the key of {holder} already, so {id_} cannot have it.", "Take it away there first."
                )
            own = {name: held for name, held in own.items() if held != chord}
        if chord != self.default(id_):
            own[id_] = chord
        return replace(self, own=tuple(own.items()))

    def with_default(self, id_: str) -> KeyMap:
        """The same with the preset's key for one command, which is taken from the one that may have it now."""
        return self.with_key(id_, self.default(id_), take=True)

    def with_preset(self, preset: str) -> KeyMap:
        """The same over another preset. Raises KeysError for one that is not there."""
        if preset not in PRESETS:
            raise KeysError(f"There is no preset {preset!r}.", f"Choose {' or '.join(PRESETS)}.")
        return replace(self, preset=preset)

    def to_text(self) -> Mapping[str, str]:
        """What the user has chosen, as a file keeps it: command id -> key, "" for none."""
        return MappingProxyType({id_: "" if chord is None else str(chord) for id_, chord in self.own})

    @cached_property
    def _chords(self) -> Mapping[str, Chord]:
        """In the table's order."""
        own = dict(self.own)
        taken = set(own.values())
        held: dict[str, Chord] = {}
        for entry in COMMANDS:
            chord = own[entry.id] if entry.id in own else self.default(entry.id)
            if chord is not None and (entry.id in own or chord not in taken):
                held[entry.id] = chord
        return MappingProxyType(held)


class ReadKeys(NamedTuple):
    """notes: sentences on entries that are left out."""

    keymap: KeyMap
    notes: tuple[str, ...]


def read_keys(scope: Scope, preset: str, own: Mapping[str, str]) -> ReadKeys:
    """From what a file keeps. An entry that cannot be is left out and told, the others hold."""
    notes = []
    if preset not in PRESETS:
        notes.append(f"There is no key preset {preset!r}: classic is used.")
        preset = PRESETS[0]
    keymap = KeyMap(scope, preset)
    owned: dict[Chord, str] = {}
    for id_, text in own.items():
        if not known(id_) or (scope is Scope.GLOBAL and command(id_).window_only):
            notes.append(f"The key {text!r} is for {id_!r}, which can have none.")
            continue
        try:
            chord = Chord.parse(text) if text else None
            if chord is not None and chord in owned:
                raise KeysError(f"{chord} is both for {owned[chord]} and for {id_}.", f"{owned[chord]} has it.")
            keymap = keymap.with_key(id_, chord, take=True)
        except KeysError as error:
            notes.append(str(error))
            continue
        if chord is not None:
            owned[chord] = id_
    return ReadKeys(keymap, tuple(notes))

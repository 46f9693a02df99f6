"""One setting: its key, its kind, its default and range, its words; and the check that every value passes at the door."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from avatarify.errors import SettingsError

_LONGEST_TEXT = 1000
_MOST_ENTRIES = 1000


class Kind(Enum):
    """What values a setting takes, and so which control shows it."""

    SWITCH = "switch"  # bool
    NUMBER = "number"  # float from low to high
    WHOLE = "whole"  # int from low to high
    CHOICE = "choice"  # one of the choices' values
    TEXT = "text"  # any line; the choices, if any, are suggestions
    BINDINGS = "bindings"  # tuple of Binding, one for a command


class Binding(NamedTuple):
    """A command's id and its key in Qt's portable words ("Ctrl+Shift+X"); "" takes the key away."""

    command: str
    key: str


Value = bool | int | float | str | tuple[Binding, ...]


class Choice(NamedTuple):
    """value: what is kept. label: what is shown."""

    value: str
    label: str


class Group(NamedTuple):
    """A page of the dialog. name: the first part of its settings' keys."""

    name: str
    label: str
    note: str


@dataclass(frozen=True)
class Setting:
    """key: "group.name". low, high: of numbers, both allowed; step: of the control, not of the value. unit: shown behind it.

    label: a few words, as on the dialog. note: a sentence or two. choices: of CHOICE; suggestions for TEXT.
    cli: "--option METAVAR" for values, "--on/--off" for switches, "" where the command line has none.
    shown: in the dialog; what has a page of its own, or is only remembered, is not.
    needs: key of the switch without which this one does nothing; "" for none.
    """

    key: str
    kind: Kind
    default: Value
    label: str
    note: str
    low: float | None = None
    high: float | None = None
    step: float = 0.0
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    cli: str = ""
    shown: bool = True
    needs: str = ""

    @property
    def group(self) -> str:
        """The first part of the key."""
        return self.key.partition(".")[0]

    @property
    def options(self) -> tuple[str, ...]:
        """Options of the command line: none, one, or for switches on and off."""
        return tuple(self.cli.partition(" ")[0].split("/")) if self.cli else ()

    @property
    def metavar(self) -> str:
        """What stands for the value in the command line's help."""
        return self.cli.partition(" ")[2]

    def check(self, value: object, *, name: str = "") -> Value:
        """The value as it is kept. name: what to call the setting in the error; its key if left out.

        Raises SettingsError for another type, a value out of range, or one that is no choice.
        """
        called = name or self.key
        if self.kind is Kind.SWITCH:
            return _switch(called, value)
        if self.kind in (Kind.NUMBER, Kind.WHOLE):
            return self._number(called, value)
        if self.kind is Kind.BINDINGS:
            return _bindings(called, value)
        text = _text(called, value)
        if self.kind is Kind.CHOICE and text not in [choice.value for choice in self.choices]:
            allowed = ", ".join(choice.value for choice in self.choices)
            raise SettingsError(f"{called} is {text!r}.", f"Choose one of: {allowed}.")
        return text

    def _number(self, called: str, value: object) -> float | int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise SettingsError(f"{called} is {value!r}, which is no number.", self.range_hint)
        if self.kind is Kind.WHOLE and not isinstance(value, int):
            raise SettingsError(f"{called} is {value}.", f"Choose a whole number. {self.range_hint}")
        if self.low is None or self.high is None or not self.low <= value <= self.high:
            raise SettingsError(f"{called} is {value}.", self.range_hint)
        return value if self.kind is Kind.WHOLE else float(value)

    def nearest(self, number: float) -> float:
        """The number in the range that comes nearest to it; for NUMBER."""
        assert self.low is not None
        assert self.high is not None
        return min(self.high, max(self.low, number))

    @property
    def range_hint(self) -> str:
        """The remedy for a number out of range."""
        return f"Choose a value from {self.low:g} to {self.high:g}."


def _switch(called: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"{called} is {value!r}.", "Choose true or false.")
    return value


def _text(called: str, value: object) -> str:
    if not isinstance(value, str):
        raise SettingsError(f"{called} is {value!r}, which is no text.", "Put it in quotation marks.")
    if len(value) > _LONGEST_TEXT or not value.isprintable():
        raise SettingsError(
            f"{called} is {value[:40]!r}.", f"Choose one line of at most {_LONGEST_TEXT} printable characters."
        )
    return value


def _bindings(called: str, value: object) -> tuple[Binding, ...]:
    if not isinstance(value, tuple) or len(value) > _MOST_ENTRIES:
        raise SettingsError(f"{called} is no table of at most {_MOST_ENTRIES} keys.", "Reset it.")
    for entry in value:
        if not isinstance(entry, Binding):
            raise SettingsError(f"{called} has an entry {entry!r}.", "Write a command's id and its key.")
        _text(called, entry.command)
        _text(called, entry.key)
    commands = [entry.command for entry in value]
    if "" in commands or len(set(commands)) != len(commands):
        raise SettingsError(f"{called} names a command twice, or none.", "Name each once.")
    return tuple(value)

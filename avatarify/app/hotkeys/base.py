"""What every way to global keys has to do, and what it tells about each key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from avatarify.app.commands.chord import Chord
from avatarify.errors import AvatarifyError

STOP_WITHIN_S = 0.5


class GrantState(Enum):
    """Whether a key is ours. The value is the key of the words that the user reads."""

    HELD = "keys.state_held"
    TAKEN = "keys.state_taken"
    REFUSED = "keys.state_refused"
    NO_KEY = "keys.state_no_key"
    UNAVAILABLE = "keys.state_unavailable"


@dataclass(frozen=True)
class Binding:
    """A wish. description: what the desktop may show to the user."""

    command: str
    chord: Chord
    description: str


@dataclass(frozen=True)
class Grant:
    """What became of a wish. detail: for HELD what the desktop calls the key, where it may be another; else why not."""

    command: str
    state: GrantState
    detail: str = ""


@dataclass(frozen=True)
class Wanted:
    """The keys that are asked for, and who is told of them in a thread that is not Qt's, so that they must only post.

    pressed: gets the command of a key, once however long it is held. lost: gets why no key will come any more.
    """

    bindings: tuple[Binding, ...]
    pressed: Callable[[str], None]
    lost: Callable[[AvatarifyError], None]


class GlobalKeys(Protocol):
    """Good for one start. `start` may wait for the user and therefore never runs on the Qt thread; `stop` may come from any
    thread at any time, before `start` as well."""

    name: str
    """For the log."""

    def start(self, wanted: Wanted) -> tuple[Grant, ...]:
        """Take the keys, and say for each binding whether it is held. Raises KeysError when no key at all can be had this
        way."""

    def stop(self, wait_s: float = STOP_WITHIN_S) -> None:
        """Give all keys back, end a start that waits. Waits at most `wait_s`; 0 only asks. Twice is fine."""


def unavailable(bindings: tuple[Binding, ...], why: str = "") -> tuple[Grant, ...]:
    """What to answer where none of them can be had."""
    return tuple(Grant(binding.command, GrantState.UNAVAILABLE, why) for binding in bindings)

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


class GlobalKeys(Protocol):
    """Good for one start. `start` may wait for the user and therefore never runs on the Qt thread; `stop` may come from any
    thread at any time, before `start` as well."""

    name: str
    """For the log."""

    def start(
        self,
        bindings: tuple[Binding, ...],
        *,
        pressed: Callable[[str], None],
        lost: Callable[[AvatarifyError], None],
    ) -> tuple[Grant, ...]:
        """Take the keys, and say for each binding whether it is held. From then on `pressed` gets the command of a key, once
        however long it is held, and `lost` why no key will come any more; both in a thread of ours, so they must only post.

        Raises KeysError when no key at all can be had this way.
        """

    def stop(self, wait_s: float = STOP_WITHIN_S) -> None:
        """Give all keys back, end a start that waits. Waits at most `wait_s`; 0 only asks. Twice is fine."""

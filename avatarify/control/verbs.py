"""What a running app can be told from outside."""

from __future__ import annotations

from dataclasses import dataclass

from avatarify.errors import ControlError


@dataclass(frozen=True)
class Verb:
    """argument: what has to follow it, "" for nothing."""

    name: str
    does: str
    argument: str = ""


VERBS = (
    Verb("next", "the next avatar"),
    Verb("previous", "the avatar before"),
    Verb("avatar", "an avatar by its number or name", argument="AVATAR"),
    Verb("calibrate", "take this moment as the reference"),
    Verb("pause", "show everybody the pause picture"),
    Verb("resume", "end the pause"),
    Verb("toggle-output", "start or stop the virtual camera"),
    Verb("record", "begin a film, or finish it"),
    Verb("still", "save a picture"),
    Verb("status", "say what is going on"),
    Verb("raise", "bring the window to the front"),
)


def verb(name: str) -> Verb:
    """Raises ControlError that names those there are."""
    for known in VERBS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in VERBS)
    raise ControlError(f"There is no command {name!r}.", f"Choose one of {names}.")

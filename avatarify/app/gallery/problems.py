"""What is said about portraits, in the chosen language. The English is written where portraits are judged."""

from __future__ import annotations

import re
from typing import NamedTuple

from avatarify.app.text.text import tr


class _Known(NamedTuple):
    """name: of the text gallery.problem_NAME. beginning: of the English sentence; a group is put into the text."""

    name: str
    beginning: re.Pattern[str]


_KNOWN = tuple(
    _Known(name, re.compile(beginning))
    for name, beginning in (
        ("none", "No face was found"),
        ("company", r"(\d+) faces are in the picture"),
        ("small", r"The face is only (\d+) pixels wide"),
        ("cut", "The picture's border cuts the head"),
        ("hidden", "The face is hard to read"),
        ("profile", "The head is seen from the side"),
        ("turned", r"The head is turned by (\d+) degrees"),
        ("leaning", r"The head leans by (\d+) degrees"),
        ("dark", "The face is too dark"),
        ("bright", "The face is overexposed"),
        ("blurred", "The face is blurred"),
        ("far", "The face is small in the square"),
        ("near", "The face nearly fills the square"),
        ("aside", "The face is not in the middle"),
    )
)


def in_words(problem: str) -> str:
    """A problem as the user reads it; what is not known here, such as an error, stays as it is."""
    for known in _KNOWN:
        found = known.beginning.match(problem)
        if found is not None:
            return tr(f"gallery.problem_{known.name}", *found.groups())
    return problem

"""The hints of avatarify/face/hints.py, and what else the engine says in English, in the user's language."""

from __future__ import annotations

from avatarify.app.text.text import tr

_KEYS = {
    "Come into the picture.": "shell.hint_come_back",
    "More light from the front, please.": "shell.hint_more_light",
    "Less light on the face, please.": "shell.hint_less_light",
    "Come closer.": "shell.hint_closer",
    "Move back a little.": "shell.hint_back",
    "Move to the middle of the picture.": "shell.hint_middle",
    "Turn right a little.": "shell.hint_turn_right",
    "Turn left a little.": "shell.hint_turn_left",
    "Look down a little.": "shell.hint_look_down",
    "Look up a little.": "shell.hint_look_up",
    "Tilt your head to the right a little.": "shell.hint_tilt_right",
    "Tilt your head to the left a little.": "shell.hint_tilt_left",
    "Close your mouth.": "shell.hint_mouth",
    "Open your eyes.": "shell.hint_eyes",
}


def hint_text(hint: str) -> str:
    """A hint in the user's language; one that is not known here stays as it is."""
    key = _KEYS.get(hint)
    return tr(key) if key is not None else hint

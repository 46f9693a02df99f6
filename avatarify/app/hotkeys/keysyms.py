"""What X11 and Wayland's desktops call keys."""

from __future__ import annotations

from avatarify.app.commands.chord import Chord

_NAMES = {
    "Esc": "Escape",
    "Backspace": "BackSpace",
    "Ins": "Insert",
    "Del": "Delete",
    "PgUp": "Page_Up",
    "PgDown": "Page_Down",
    "Space": "space",
    "Enter": "KP_Enter",
    "+": "plus",
    "-": "minus",
    ",": "comma",
    ".": "period",
    "/": "slash",
    "\\": "backslash",
    ";": "semicolon",
    ":": "colon",
    "'": "apostrophe",
    "`": "grave",
    "[": "bracketleft",
    "]": "bracketright",
    "=": "equal",
    "*": "asterisk",
    "#": "numbersign",
    "<": "less",
    ">": "greater",
    "!": "exclam",
    "?": "question",
    "(": "parenleft",
    ")": "parenright",
    "&": "ampersand",
    "$": "dollar",
    "%": "percent",
    '"': "quotedbl",
    "_": "underscore",
    "|": "bar",
    "~": "asciitilde",
    "^": "asciicircum",
    "@": "at",
    "{": "braceleft",
    "}": "braceright",
}
_PORTAL_MODIFIERS = {"Ctrl": "CTRL", "Alt": "ALT", "Shift": "SHIFT", "Meta": "LOGO"}


def keysym_name(chord: Chord) -> str:
    """As xkbcommon and Xlib name it. Letters and signs beyond ASCII by their code point, "U0451"."""
    key = chord.key
    if len(key) == 1:
        return _NAMES.get(key) or (key.lower() if key.isascii() else f"U{ord(key.lower()):04X}")
    return _NAMES.get(key, key)


def portal_trigger(chord: Chord) -> str:
    """As the portal's shortcuts are written: "CTRL+ALT+m"."""
    return "+".join((*(_PORTAL_MODIFIERS[name] for name in chord.modifiers), keysym_name(chord)))

"""Which keys cannot work, and why: told before they are taken, not found out in a call."""

from __future__ import annotations

from enum import Enum

from avatarify.app.commands.chord import FUNCTION_KEYS, NAVIGATION_KEYS, Chord


class Scope(Enum):
    """Where a key works: while the app's window has the focus, or whatever has it."""

    WINDOW = "window"
    GLOBAL = "global"


class Refusal(Enum):
    """Why a key is not taken. The value is the key of the sentence that the user reads."""

    UNKNOWN = "keys.refused_unknown"
    NAVIGATION = "keys.refused_navigation"
    SHIFTED_SIGN = "keys.refused_shifted_sign"
    SYSTEM = "keys.refused_system"
    CONSOLE = "keys.refused_console"
    NEEDS_MODIFIER = "keys.refused_needs_modifier"


_SYSTEM = frozenset(
    Chord.parse(text)
    for text in (
        "Alt+F4",
        "Alt+Tab",
        "Alt+Shift+Tab",
        "Alt+Space",
        "Alt+Esc",
        "Ctrl+Esc",
        "Ctrl+Shift+Esc",
        "Ctrl+Alt+Del",
        "Ctrl+Alt+Backspace",
        "Meta+L",
    )
)
_HARMLESS_ALONE = (*FUNCTION_KEYS[12:], "Pause")


def refusal(chord: Chord, scope: Scope) -> Refusal | None:
    """Why this key cannot be had, or None. The same on every system, so that a file of keys means the same everywhere."""
    if chord in _SYSTEM:
        return Refusal.SYSTEM
    if chord.key in FUNCTION_KEYS and {"Ctrl", "Alt"} <= set(chord.modifiers):
        return Refusal.CONSOLE
    if chord.is_sign and "Shift" in chord.modifiers:
        return Refusal.SHIFTED_SIGN
    if scope is Scope.WINDOW:
        return Refusal.NAVIGATION if chord.key in NAVIGATION_KEYS and not chord.strong else None
    return None if chord.strong or chord.key in _HARMLESS_ALONE else Refusal.NEEDS_MODIFIER

"""One key with its modifiers, written as Qt's portable text writes it: "Ctrl+Alt+1", "Shift+Z", "F5", "Ctrl++"."""

from __future__ import annotations

from dataclasses import dataclass

from avatarify.errors import KeysError

MODIFIERS = ("Meta", "Ctrl", "Alt", "Shift")
"""In the order in which they are written. On macOS Qt calls the Command key Ctrl, and the Control key Meta."""

FUNCTION_KEYS = tuple(f"F{number}" for number in range(1, 25))
NAVIGATION_KEYS = ("Tab", "Space", "Return", "Enter", "Left", "Right", "Up", "Down")
NAMED_KEYS = (
    *FUNCTION_KEYS,
    *NAVIGATION_KEYS,
    *("Esc", "Backspace", "Ins", "Del", "Home", "End", "PgUp", "PgDown", "Pause", "Print", "Menu"),
)
_CANONICAL = {name.lower(): name for name in (*NAMED_KEYS, *MODIFIERS)}


@dataclass(frozen=True, order=True)
class Chord:
    """key: a name of NAMED_KEYS or one printable character, letters as capitals. modifiers: in the order of MODIFIERS."""

    key: str
    modifiers: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Chord:
        """Capitals do not matter. Raises KeysError for what is no key."""
        stripped = text.strip()
        if stripped == "+" or stripped.endswith("++"):
            before, key = stripped[:-2], "+"
        else:
            before, _, key = stripped.rpartition("+")
        named = [_CANONICAL.get(name.strip().lower(), name) for name in before.split("+")] if before else []
        modifiers = tuple(name for name in MODIFIERS if name in named)
        key = key.strip()
        key = _CANONICAL.get(key.lower(), key.upper() if len(key.upper()) == 1 else key)
        if set(named) - set(modifiers) or not (key in NAMED_KEYS or _is_character(key)):
            raise KeysError(f"{text!r} is no key.", "Write it like X, Shift+Z, Ctrl+Alt+1 or F5.")
        return cls(key, modifiers)

    def __str__(self) -> str:
        return "+".join((*self.modifiers, self.key))

    @property
    def strong(self) -> bool:
        """It has a modifier besides Shift: nobody types it into a text."""
        return any(name != "Shift" for name in self.modifiers)

    @property
    def is_letter(self) -> bool:
        """Shift makes it a capital and nothing else."""
        return len(self.key) == 1 and self.key.lower() != self.key.upper()

    @property
    def is_sign(self) -> bool:
        """A digit or a sign: with Shift most keyboards type something else."""
        return len(self.key) == 1 and not self.is_letter


def _is_character(key: str) -> bool:
    return len(key) == 1 and key.isprintable() and not key.isspace()

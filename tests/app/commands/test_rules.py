"""Keys that cannot work, and why."""

from __future__ import annotations

import pytest

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.rules import Refusal, Scope, refusal
from avatarify.app.text.text import tr


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("X", None),
        ("Shift+Z", None),
        ("Esc", None),
        ("Ctrl+Right", None),
        ("Right", Refusal.NAVIGATION),
        ("Shift+Tab", Refusal.NAVIGATION),
        ("Space", Refusal.NAVIGATION),
        ("Ctrl+Shift+1", Refusal.SHIFTED_SIGN),
        ("Shift+,", Refusal.SHIFTED_SIGN),
        ("Alt+F4", Refusal.SYSTEM),
        ("Ctrl+Alt+Del", Refusal.SYSTEM),
        ("Ctrl+Alt+F2", Refusal.CONSOLE),
        ("Ctrl+Alt+Shift+F2", Refusal.CONSOLE),
        ("Ctrl+F2", None),
    ],
)
def test_keys_of_the_window(text: str, reason: Refusal | None) -> None:
    assert refusal(Chord.parse(text), Scope.WINDOW) is reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ctrl+Alt+1", None),
        ("Meta+X", None),
        ("F13", None),
        ("X", Refusal.NEEDS_MODIFIER),
        ("Shift+X", Refusal.NEEDS_MODIFIER),
        ("F5", Refusal.NEEDS_MODIFIER),
        ("Ctrl+Alt+F5", Refusal.CONSOLE),
        ("Ctrl+Shift+1", Refusal.SHIFTED_SIGN),
    ],
)
def test_keys_for_every_program(text: str, reason: Refusal | None) -> None:
    assert refusal(Chord.parse(text), Scope.GLOBAL) is reason


def test_every_refusal_has_words() -> None:
    assert all(tr(reason.value).endswith(".") for reason in Refusal)

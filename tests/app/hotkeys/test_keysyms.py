"""Names of keys as X11 and the portal write them."""

from __future__ import annotations

import pytest

from avatarify.app.commands.chord import NAMED_KEYS, Chord
from avatarify.app.hotkeys.keysyms import keysym_name, portal_trigger

XK = pytest.importorskip("Xlib.XK")


@pytest.mark.parametrize("key", [*NAMED_KEYS, *"ABCXYZ0189", *"+-,./\\;:'`[]=*#<>!?()&$%\"_|~^@{}"])
def test_x11_knows_every_name(key: str) -> None:
    assert XK.string_to_keysym(keysym_name(Chord(key))) != 0


def test_letters_beyond_ascii_go_by_their_number() -> None:
    assert keysym_name(Chord("Ё")) == "U0451"


def test_triggers_are_written_as_the_portal_wants_them() -> None:
    assert portal_trigger(Chord.parse("Ctrl+Alt+Shift+M")) == "CTRL+ALT+SHIFT+m"
    assert portal_trigger(Chord.parse("Meta+PgUp")) == "LOGO+Page_Up"

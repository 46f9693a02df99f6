"""Our names of keys and Qt's are the same keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from avatarify.app.commands.chord import NAMED_KEYS, Chord
from avatarify.app.commands.keymap import PRESETS, KeyMap
from avatarify.app.commands.rules import Scope
from avatarify.app.commands.sequences import is_modifier, native, pressed, pressed_or_none, to_sequence
from avatarify.app.commands.table import COMMANDS

NONE = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def typed(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers)


@pytest.mark.parametrize("name", NAMED_KEYS)
def test_qt_knows_every_name_of_ours(name: str) -> None:
    assert to_sequence(Chord(name)).toString(QKeySequence.SequenceFormat.PortableText) == name


def test_every_default_is_the_same_for_qt() -> None:
    keymaps = [*(KeyMap(Scope.WINDOW, preset) for preset in PRESETS), KeyMap(Scope.GLOBAL)]
    chords = {chord for keymap in keymaps for entry in COMMANDS if (chord := keymap.default(entry.id)) is not None}
    assert len(chords) > 50
    for chord in chords:
        assert to_sequence(chord).toString(QKeySequence.SequenceFormat.PortableText) == str(chord)


@pytest.mark.parametrize(
    ("event", "chord"),
    [
        (typed(Qt.Key.Key_X), Chord("X")),
        (typed(Qt.Key.Key_Z, SHIFT), Chord("Z", ("Shift",))),
        (typed(Qt.Key.Key_1, CTRL | ALT), Chord("1", ("Ctrl", "Alt"))),
        (typed(Qt.Key.Key_1, Qt.KeyboardModifier.KeypadModifier), Chord("1")),
        (typed(Qt.Key.Key_Plus, CTRL), Chord("+", ("Ctrl",))),
        (typed(Qt.Key.Key_Exclam, SHIFT), Chord("!")),
        (typed(Qt.Key.Key_Backtab, SHIFT), Chord("Tab", ("Shift",))),
        (typed(Qt.Key.Key_PageDown, ALT), Chord("PgDown", ("Alt",))),
        (typed(Qt.Key.Key_Odiaeresis), Chord("Ö")),
    ],
)
def test_what_was_pressed(event: QKeyEvent, chord: Chord) -> None:
    assert pressed(event) == chord


def test_a_key_without_a_name_here_is_told_apart() -> None:
    assert pressed_or_none(typed(Qt.Key.Key_LaunchMail)) is None
    assert pressed_or_none(typed(Qt.Key.Key_unknown)) is None


def test_modifiers_alone_are_no_key() -> None:
    assert is_modifier(typed(Qt.Key.Key_Control))
    assert not is_modifier(typed(Qt.Key.Key_X))


def test_no_key_is_written_as_nothing() -> None:
    assert native(None) == ""
    assert to_sequence(None).isEmpty()

"""Between our keys and Qt's: what was pressed, what an action listens to, how a key is written for the user."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from avatarify.app.commands.chord import Chord
from avatarify.errors import KeysError

_MODIFIER_KEYS = frozenset(
    (
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Super_R,
        Qt.Key.Key_Hyper_L,
        Qt.Key.Key_Hyper_R,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_ScrollLock,
    )
)
_FLAGS = {
    Qt.KeyboardModifier.MetaModifier: "Meta",
    Qt.KeyboardModifier.ControlModifier: "Ctrl",
    Qt.KeyboardModifier.AltModifier: "Alt",
    Qt.KeyboardModifier.ShiftModifier: "Shift",
}


def to_sequence(chord: Chord | None) -> QKeySequence:
    """Empty for None."""
    if chord is None:
        return QKeySequence()
    return QKeySequence.fromString(str(chord), QKeySequence.SequenceFormat.PortableText)


def native(chord: Chord | None) -> str:
    """As this system writes keys, in the user's language; "" for none."""
    return to_sequence(chord).toString(QKeySequence.SequenceFormat.NativeText)


def is_modifier(event: QKeyEvent) -> bool:
    """Only a modifier was pressed: the key itself is still to come."""
    return Qt.Key(event.key()) in _MODIFIER_KEYS


def pressed_modifiers(event: QKeyEvent) -> str:
    """Those held now, as this system writes them: "Ctrl+Alt+"; "" for none."""
    held = tuple(name for flag, name in _FLAGS.items() if event.modifiers() & flag)
    return native(Chord("X", held)).removesuffix("X")


def pressed(event: QKeyEvent) -> Chord:
    """What was pressed. The number pad counts as the other keys do. Raises KeysError for a key that has no name here.

    A sign that needs Shift is the sign alone: "!" and not "Shift+!", because that is what Qt compares with.
    """
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key(event.key())
    if key == Qt.Key.Key_Backtab:
        key = Qt.Key.Key_Tab
    text = QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText)
    chord = Chord.parse(text)
    if chord.is_sign and not chord.key.isdigit() and chord.modifiers == ("Shift",):
        return Chord(chord.key)
    return chord


def pressed_or_none(event: QKeyEvent) -> Chord | None:
    """The same, None for a key that has no name here."""
    try:
        return pressed(event)
    except KeysError:
        return None

"""A button that shows a key and, once it was clicked, takes the next one that is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.sequences import is_modifier, native, pressed_modifiers, pressed_or_none
from avatarify.app.text.text import tr
from avatarify.app.theme.theme import set_look

_LEAST_PX = 176


class KeyButton(QPushButton):
    """pressed_key: a Chord was pressed, or None for "no key" (Backspace). unknown: one that has no name here. waiting: it
    takes keys now, or does so no longer. Esc and a click elsewhere change nothing."""

    pressed_key = Signal(object)
    unknown = Signal()
    waiting = Signal(bool)

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        """label: of the command, for screen readers."""
        super().__init__(parent)
        self._label = label
        self._chord: Chord | None = None
        self._waits = False
        self.setMinimumWidth(_LEAST_PX)
        self.setAutoDefault(False)
        self.clicked.connect(self._wait)
        self.show_key(None)

    @property
    def waits(self) -> bool:
        """The next key will be taken."""
        return self._waits

    def show_key(self, chord: Chord | None) -> None:
        """What it is now."""
        self._chord = chord
        if not self._waits:
            self._show()

    def take(self, chord: Chord | None) -> None:
        """As if it had been pressed here: a global key never comes to a window."""
        if self._waits:
            self._rest()
            self.pressed_key.emit(chord)

    def event(self, event: QEvent) -> bool:
        """While it waits no key does what it does elsewhere."""
        if self._waits and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, next_: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab is a key like any other while it waits."""
        return False if self._waits else super().focusNextPrevChild(next_)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """The key that is waited for."""
        if not self._waits:
            super().keyPressEvent(event)
            return
        event.accept()
        if is_modifier(event):
            self.setText(f"{pressed_modifiers(event)} …")
        elif event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self._rest()
        elif event.key() == Qt.Key.Key_Backspace and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.take(None)
        else:
            chord = pressed_or_none(event)
            if chord is not None:
                self.take(chord)
            else:
                self._rest()
                self.unknown.emit()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """A modifier was let go again without a key."""
        if self._waits and is_modifier(event):
            self.setText(tr("keys.page_press"))
        elif not self._waits:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """The user has turned to something else."""
        if self._waits:
            self._rest()
        super().focusOutEvent(event)

    def _wait(self) -> None:
        if self._waits:
            self._rest()
            return
        self._waits = True
        set_look(self, "role", "primary")
        self.setText(tr("keys.page_press"))
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.waiting.emit(True)

    def _rest(self) -> None:
        self._waits = False
        set_look(self, "role", "")
        self._show()
        self.waiting.emit(False)

    def _show(self) -> None:
        text = native(self._chord) or tr("keys.page_no_key")
        self.setText(text)
        self.setAccessibleName(tr("keys.page_change", self._label, text))

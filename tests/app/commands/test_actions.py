"""Commands as entries of menus: their words, their keys, and what pressing them does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from avatarify.app.commands.actions import Actions
from avatarify.app.commands.chord import Chord
from avatarify.app.commands.keymap import PRESETS, KeyMap
from avatarify.app.commands.rules import Scope
from avatarify.app.commands.table import COMMANDS
from avatarify.errors import KeysError

QT_MODIFIERS = {
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
}
QT_KEYS = {
    "Esc": Qt.Key.Key_Escape,
    "Left": Qt.Key.Key_Left,
    "Right": Qt.Key.Key_Right,
    "Up": Qt.Key.Key_Up,
    "Down": Qt.Key.Key_Down,
    "F1": Qt.Key.Key_F1,
    "F5": Qt.Key.Key_F5,
}


class Written:
    """Handlers that write down what they were asked for."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def handlers(self) -> dict[str, Callable[[], None]]:
        return {entry.id: partial(self.done.append, entry.id) for entry in COMMANDS}


class Window(QWidget):
    """A window with a field for text in it."""

    def __init__(self) -> None:
        super().__init__()
        self.field = QLineEdit()
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def press(qtbot: QtBot, widget: QWidget, chord: Chord) -> None:
    key = QT_KEYS.get(chord.key) or Qt.Key(ord(chord.key))
    modifiers = Qt.KeyboardModifier.NoModifier
    for name in chord.modifiers:
        modifiers |= QT_MODIFIERS[name]
    qtbot.keyClick(widget, key, modifiers)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.setFocus()
    qtbot.waitUntil(window.hasFocus)
    return window


@pytest.mark.parametrize("preset", PRESETS)
def test_every_key_of_a_preset_does_its_command(qtbot: QtBot, window: Window, preset: str) -> None:
    written, keymap = Written(), KeyMap(Scope.WINDOW, preset)
    Actions(window, written.handlers(), keymap)
    with_key = [entry.id for entry in COMMANDS if keymap.chord(entry.id) is not None and entry.id != "window.keys"]
    assert len(with_key) > 35
    for id_ in with_key:
        chord = keymap.chord(id_)
        assert chord is not None
        press(qtbot, window, chord)
    assert written.done == with_key


def test_letters_go_into_a_field_and_not_to_commands(qtbot: QtBot, window: Window) -> None:
    written = Written()
    Actions(window, written.handlers(), KeyMap())
    window.field.setFocus()
    qtbot.keyClicks(window.field, "max 1")
    assert window.field.text() == "max 1"
    assert written.done == []


def test_other_keys_hold_at_once_and_are_said(qtbot: QtBot, window: Window) -> None:
    written = Written()
    actions = Actions(window, written.handlers(), KeyMap())
    assert actions.action("calibration.take").toolTip() == "Calibrate now (X)"
    actions.rebind(KeyMap().with_key("calibration.take", Chord("Q")).with_key("avatar.next", None))
    press(qtbot, window, Chord("X"))
    press(qtbot, window, Chord("Q"))
    assert written.done == ["calibration.take"]
    assert actions.action("calibration.take").toolTip() == "Calibrate now (Q)"
    assert actions.action("avatar.next").toolTip() == "Next avatar"
    assert actions.keymap.chord("calibration.take") == Chord("Q")


def test_a_checkable_action_asks_and_does_not_claim(window: Window) -> None:
    written = Written()
    actions = Actions(window, written.handlers(), KeyMap())
    pause = actions.action("call.pause")
    pause.trigger()
    assert written.done == ["call.pause"]
    assert not pause.isChecked(), "it is not paused until somebody who knows says so"
    actions.show_checked("call.pause", True)
    assert pause.isChecked()
    assert written.done == ["call.pause"]


def test_pressing_by_id_is_for_what_may_be_done_now(window: Window) -> None:
    written = Written()
    actions = Actions(window, written.handlers(), KeyMap())
    actions.press("still.take")
    actions.action("still.take").setEnabled(False)
    actions.press("still.take")
    assert written.done == ["still.take"]


def test_only_what_goes_step_by_step_repeats(window: Window) -> None:
    actions = Actions(window, Written().handlers(), KeyMap())
    assert actions.action("framing.zoom_in").autoRepeat()
    assert not actions.action("call.pause").autoRepeat()


def test_table_and_handlers_must_agree(window: Window) -> None:
    handlers = Written().handlers()
    handlers["app.explode"] = handlers.pop("app.quit")
    with pytest.raises(KeysError, match=r"no handler for app\.quit; no command for app\.explode"):
        Actions(window, handlers, KeyMap())

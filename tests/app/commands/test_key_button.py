"""The button that takes the next key that is pressed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.key_button import KeyButton


class Page(QWidget):
    """Two buttons, and a window that has a command on D."""

    def __init__(self) -> None:
        super().__init__()
        self.button, self.other = KeyButton("Calibrate now"), KeyButton("Pause")
        layout = QVBoxLayout(self)
        layout.addWidget(self.button)
        layout.addWidget(self.other)
        self.taken: list[Chord | None] = []
        self.unknown: list[str] = []
        self.commands: list[str] = []
        self.button.pressed_key.connect(self.taken.append)
        self.button.unknown.connect(lambda: self.unknown.append("unknown"))
        action = QAction(self)
        action.setShortcut("D")
        action.triggered.connect(lambda: self.commands.append("D"))
        self.addAction(action)


@pytest.fixture
def page(qtbot: QtBot) -> Page:
    page = Page()
    qtbot.addWidget(page)
    page.show()
    page.button.show_key(Chord("X"))
    qtbot.waitUntil(page.isActiveWindow)
    return page


def click(qtbot: QtBot, button: KeyButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("key", "modifiers", "chord"),
    [
        (Qt.Key.Key_D, Qt.KeyboardModifier.NoModifier, Chord("D")),
        (Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier, Chord("Tab", ("Ctrl",))),
        (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier, Chord("Tab")),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, Chord("Space")),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier, Chord("Backspace", ("Ctrl",))),
        (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier, None),
    ],
)
def test_it_takes_the_next_key_and_nobody_else_does(
    qtbot: QtBot, page: Page, key: Qt.Key, modifiers: Qt.KeyboardModifier, chord: Chord | None
) -> None:
    click(qtbot, page.button)
    assert page.button.waits
    assert page.button.text() == "Press a key…"
    qtbot.keyClick(page.button, key, modifiers)
    assert page.taken == [chord]
    assert page.commands == []
    assert not page.button.waits
    assert page.button.text() == "X", "whoever owns the keys says what it is now"


def test_modifiers_are_shown_while_they_are_held(qtbot: QtBot, page: Page) -> None:
    click(qtbot, page.button)
    qtbot.keyPress(page.button, Qt.Key.Key_Control)  # Qt adds the modifier itself
    assert page.button.text() == "Ctrl+ …"
    qtbot.keyRelease(page.button, Qt.Key.Key_Control)
    assert page.button.text() == "Press a key…"
    assert page.taken == []


def test_esc_a_second_click_and_another_widget_change_nothing(qtbot: QtBot, page: Page) -> None:
    click(qtbot, page.button)
    qtbot.keyClick(page.button, Qt.Key.Key_Escape)
    assert not page.button.waits
    click(qtbot, page.button)
    click(qtbot, page.button)
    assert not page.button.waits
    click(qtbot, page.button)
    click(qtbot, page.other)
    assert not page.button.waits
    assert page.other.waits
    assert page.taken == []


def test_a_key_without_a_name_is_said(qtbot: QtBot, page: Page) -> None:
    click(qtbot, page.button)
    qtbot.keyClick(page.button, Qt.Key.Key_LaunchMail)
    assert page.unknown == ["unknown"]
    assert page.taken == []
    assert not page.button.waits


def test_keys_mean_what_they_mean_when_it_does_not_wait(qtbot: QtBot, page: Page) -> None:
    page.button.setFocus()
    qtbot.keyClick(page.button, Qt.Key.Key_D)
    assert page.commands == ["D"]
    page.button.take(Chord("Q"))
    assert page.taken == []


def test_it_can_be_used_and_heard_without_a_mouse(qtbot: QtBot, page: Page) -> None:
    assert page.button.accessibleName() == "Change the key for “Calibrate now”, now X"
    page.button.setFocus()
    qtbot.keyClick(page.button, Qt.Key.Key_Space)
    qtbot.keyClick(page.button, Qt.Key.Key_Q)
    assert page.taken == [Chord("Q")]

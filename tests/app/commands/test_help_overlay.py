"""The sheet of all keys over the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.help_overlay import HelpOverlay, Line, Section, in_columns, sections
from avatarify.app.commands.keymap import PRESETS, KeyMap
from avatarify.app.commands.rules import Scope
from avatarify.app.commands.table import COMMANDS
from avatarify.app.text.qt_words import speak_qt
from avatarify.app.text.text import set_language
from avatarify.app.theme.theme import apply_theme


class Window(QWidget):
    """With a button that has the focus, and Esc and D as keys of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(960, 600)
        self.button = QPushButton("button")
        QVBoxLayout(self).addWidget(self.button)
        self.done: list[str] = []
        for key in ("Esc", "D"):
            action = QAction(self)
            action.setShortcut(key)
            action.triggered.connect(lambda _checked=False, key=key: self.done.append(key))
            self.addAction(action)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    window.show()
    window.button.setFocus()
    qtbot.waitUntil(window.button.hasFocus)
    return window


def test_every_command_is_on_the_sheet() -> None:
    shown = sections(KeyMap(), None)
    lines = [line for section in shown for line in section.lines]
    assert len(lines) == len(COMMANDS) - 8, "the nine avatars are one line"
    assert lines[0] == Line("Avatars 1 to 9", "1 to 9")
    assert Line("Calibrate now", "X") in lines


def test_avatars_with_keys_of_their_own_are_nine_lines() -> None:
    shown = sections(KeyMap().with_key("avatar.2", Chord("Q")), None)
    assert Line("Avatar 2", "Q") in shown[0].lines
    assert len(shown[0].lines) == 13


def test_global_keys_have_a_part_of_their_own() -> None:
    [*_, last] = sections(KeyMap(), KeyMap(Scope.GLOBAL).with_key("call.pause", None))
    assert last.title == "In every program"
    assert [line.label for line in last.lines] == ["Avatars 1 to 9", "Previous avatar", "Next avatar", "Calibrate now"]


def test_columns_keep_the_order_and_are_balanced() -> None:
    shown = tuple(Section(str(length), (Line("", ""),) * length) for length in (5, 3, 8, 6, 6, 9))
    columns = in_columns(shown, 3)
    assert [section for column in columns for section in column] == list(shown)
    assert [len(column) for column in columns] == [2, 2, 2]
    assert in_columns(shown, 1) == (shown,)
    assert in_columns((), 3) == ()


def test_it_covers_the_window_and_follows_its_size(qtbot: QtBot, window: Window) -> None:
    sheet = HelpOverlay(window)
    assert not sheet.isVisible()
    sheet.show_keys(KeyMap(), None)
    assert sheet.geometry() == window.rect()
    window.resize(1200, 800)
    qtbot.waitUntil(lambda: sheet.geometry() == window.rect())
    assert "Calibrate now" in [label.text() for label in sheet.findChildren(QLabel)]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("size", [(960, 600), (1280, 800), (480, 400)])
@pytest.mark.parametrize("code", ["en", "de"])
def test_nothing_is_cut_off_sideways(
    qtbot: QtBot, qapp: QApplication, window: Window, size: tuple[int, int], code: str, preset: str
) -> None:
    apply_theme(qapp, "light")
    set_language(code)
    speak_qt(qapp)
    window.resize(*size)
    sheet = HelpOverlay(window)
    sheet.show_keys(KeyMap(Scope.WINDOW, preset), KeyMap(Scope.GLOBAL))
    set_language("en")
    speak_qt(qapp)
    qtbot.waitUntil(lambda: sheet._scroll.horizontalScrollBar().maximum() == 0)
    body = sheet._scroll.widget()
    assert body.minimumSizeHint().width() <= sheet._scroll.viewport().width()


def test_esc_closes_the_sheet_and_not_the_app(qtbot: QtBot, window: Window) -> None:
    sheet = HelpOverlay(window)
    sheet.show_keys(KeyMap(), None)
    qtbot.waitUntil(sheet.hasFocus)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert window.done == []
    assert window.focusWidget() is window.button


def test_other_keys_go_on_working_under_it(qtbot: QtBot, window: Window) -> None:
    sheet = HelpOverlay(window)
    sheet.show_keys(KeyMap(), None)
    qtbot.waitUntil(sheet.hasFocus)
    qtbot.keyClick(sheet, Qt.Key.Key_D)
    qtbot.keyClick(sheet, Qt.Key.Key_Tab)
    assert window.done == ["D"]
    assert sheet.hasFocus()


def test_a_click_or_its_own_key_closes_it(qtbot: QtBot, window: Window) -> None:
    sheet = HelpOverlay(window)
    sheet.toggle(KeyMap(), None)
    qtbot.mouseClick(sheet, Qt.MouseButton.LeftButton)
    assert not sheet.isVisible()
    sheet.toggle(KeyMap(), None)
    assert sheet.isVisible()
    sheet.toggle(KeyMap(), None)
    assert not sheet.isVisible()

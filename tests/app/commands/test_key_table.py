"""The table of keys: every state and name can be read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from avatarify.app.commands.key_table import KeyTable
from avatarify.app.commands.keymap import KeyMap
from avatarify.app.commands.rules import Scope
from avatarify.app.commands.table import COMMANDS
from avatarify.app.hotkeys.base import Grant, GrantState
from avatarify.app.text.qt_words import speak_qt
from avatarify.app.text.text import languages, set_language
from avatarify.app.theme.theme import apply_theme


@pytest.fixture(params=[language.code for language in languages()])
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    apply_theme(qapp, "light")
    set_language(request.param)
    speak_qt(qapp)
    yield request.param
    set_language("en")
    speak_qt(qapp)


def table(qtbot: QtBot, scope: Scope) -> KeyTable:
    made = KeyTable(scope)
    qtbot.addWidget(made)
    made.resize(724, 400)
    made.show()
    made.show_keys(KeyMap(scope))
    return made


def test_no_state_is_cut_short(qtbot: QtBot, language: str) -> None:
    shown = table(qtbot, Scope.GLOBAL)
    for state in GrantState:
        shown.show_states([Grant("avatar.1", state)], otherwise="")
        assert "…" not in shown.state_of("avatar.1")


def test_a_long_name_of_a_key_is_cut_and_can_be_read_whole(qtbot: QtBot) -> None:
    shown = table(qtbot, Scope.GLOBAL)
    name = "Press <Control><Alt><Super>1 on any keyboard that you like"
    shown.show_states([Grant("avatar.1", GrantState.HELD, name)], otherwise="")
    assert shown.state_of("avatar.1").endswith("…")
    assert any(name in label.toolTip() for label in shown.findChildren(QLabel))


def test_icons_follow_the_colours(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    shown = table(qtbot, Scope.WINDOW)
    [first, *_] = [label for label in shown.findChildren(QLabel) if not label.pixmap().isNull()]
    light = first.pixmap().toImage()
    apply_theme(qapp, "dark")
    assert first.pixmap().toImage() != light
    apply_theme(qapp, "light")
    assert first.pixmap().toImage() == light


@pytest.mark.parametrize("scope", list(Scope))
def test_everything_has_room_and_the_columns_stand_in_line(qtbot: QtBot, language: str, scope: Scope) -> None:
    shown = table(qtbot, scope)
    ids = [entry.id for entry in COMMANDS if scope is Scope.WINDOW or not entry.window_only]
    buttons = [shown.button(id_) for id_ in ids]
    qtbot.waitUntil(lambda: len({button.mapTo(shown.widget(), button.rect().topLeft()).x() for button in buttons}) == 1)
    assert shown.widget().minimumSizeHint().width() <= shown.viewport().width()

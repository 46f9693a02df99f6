"""Every command is in a menu."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from avatarify.app.commands.actions import Actions
from avatarify.app.commands.keymap import KeyMap
from avatarify.app.commands.table import COMMANDS
from avatarify.app.menus import fill_menus


def test_every_command_is_in_one_menu(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    commands = Actions(window, {command.id: lambda: None for command in COMMANDS}, KeyMap())
    fill_menus(window.menuBar(), commands)
    menus = [action.menu() for action in window.menuBar().actions()]
    assert [menu.title() for menu in menus if isinstance(menu, QMenu)] == [
        "&File",
        "&Avatar",
        "&View",
        "&Call",
        "&Help",
    ]
    listed: list[QAction] = [
        action for menu in menus if isinstance(menu, QMenu) for action in menu.actions() if not action.isSeparator()
    ]
    assert sorted(action.objectName() for action in listed) == sorted(command.id for command in COMMANDS)

"""Every window beside the main one opens, once, and closes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from avatarify.app.choices import Choices
from avatarify.app.commands.actions import Actions
from avatarify.app.commands.keymap import KeyMap
from avatarify.app.commands.table import COMMANDS
from avatarify.app.hotkeys.choose import Choice
from avatarify.app.hotkeys.hotkeys import HotKeys
from avatarify.app.pages import Pages
from avatarify.app.tasks import Tasks
from avatarify.preferences.preferences import Preferences
from tests.app.quiet_live import running_call
from tests.app.waiting import wait_for


class Desk:
    def __init__(self, tasks: Tasks, path: Path) -> None:
        self.tasks = tasks
        self.window = QMainWindow()
        self.choices = Choices(Preferences(), path, tasks=tasks)
        call, self.live = running_call(tasks)
        self.pressed: list[str] = []
        handlers = {command.id: (lambda id_=command.id: self.pressed.append(id_)) for command in COMMANDS}
        self.commands = Actions(self.window, handlers, KeyMap())
        hotkeys = HotKeys(Choice(None, ()), tasks, self.window)
        self.pages = Pages(self.window, call, self.choices, commands=self.commands, hotkeys=hotkeys)


@pytest.fixture
def desk(tasks: Tasks, tmp_path: Path, qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(tasks, tmp_path / "preferences.json")
    qtbot.addWidget(desk.window)
    desk.window.resize(960, 600)
    desk.window.show()
    yield desk
    wait_for(qtbot, lambda: not tasks.under_way)
    desk.pages.close()


def visible(kind: str) -> list[QWidget]:
    return [widget for widget in QApplication.topLevelWidgets() if type(widget).__name__ == kind and widget.isVisible()]


OPENS: dict[str, Callable[[Pages], None]] = {
    "SettingsDialog": Pages.open_settings,
    "ModelsDialog": Pages.open_models,
    "KeysDialog": Pages.open_keys,
    "FirstRun": Pages.open_first_run,
}


@pytest.mark.parametrize("kind", OPENS)
def test_there_is_one_of_a_kind_and_it_goes_with_the_window(desk: Desk, kind: str) -> None:
    for _ in range(2):
        OPENS[kind](desk.pages)
    assert len(visible(kind)) == 1
    desk.pages.close()
    assert not visible(kind)
    OPENS[kind](desk.pages)
    assert len(visible(kind)) == 1


def test_one_that_is_deleted_late_takes_nothing_from_the_next(desk: Desk) -> None:
    desk.pages.open_settings()
    visible("SettingsDialog")[0].close()
    desk.pages.open_settings()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # type: ignore[call-overload]
    desk.pages.open_settings()
    assert len(visible("SettingsDialog")) == 1
    desk.pages.close()
    assert not visible("SettingsDialog")


def test_help_for_the_virtual_camera_is_the_third_step(desk: Desk) -> None:
    desk.pages.open_output_help()
    assert visible("FirstRun")[0].pages.currentIndex() == 2  # type: ignore[attr-defined]


def test_first_steps_that_were_left_are_not_shown_again(desk: Desk) -> None:
    desk.pages.open_first_run()
    visible("FirstRun")[0].close()
    assert desk.choices.preferences.switch("first_run.done")


def test_the_mini_window_comes_and_goes_and_its_buttons_are_commands(desk: Desk, qtbot: QtBot) -> None:
    shown: list[bool] = []
    desk.pages.mini_shown.connect(shown.append)
    desk.pages.toggle_mini()
    mini = desk.pages.mini
    assert mini is not None
    mini.pause.click()
    mini.next.click()
    assert desk.pressed == ["call.pause", "avatar.next"]
    desk.pages.toggle_mini()
    assert shown == [True, False]


def test_the_sheet_of_keys_covers_the_window_and_goes(desk: Desk) -> None:
    desk.pages.toggle_help()
    assert desk.pages._help.isVisible()
    desk.pages.toggle_help()
    assert not desk.pages._help.isVisible()

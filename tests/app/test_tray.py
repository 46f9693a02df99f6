"""The tray's menu does what it says; without a tray nothing bad happens."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from avatarify.app.tasks import Tasks
from avatarify.app.tray import COMMANDS, Tray
from tests.app.quiet_live import avatar, quiet_call, running_call
from tests.fakes.live_status import live_status


class SomeActions:
    """An action for each id."""

    def __init__(self) -> None:
        self.made = {id_: QAction(id_) for id_ in COMMANDS}

    def action(self, id_: str) -> QAction:
        return self.made[id_]


def names(tray: Tray) -> list[str]:
    return [action.text() for action in tray.avatars.actions()]


def test_usable_avatars_are_listed_and_the_shown_one_is_marked(qtbot: QtBot, tasks: Tasks) -> None:
    call, live = running_call(tasks)
    tray = Tray(call, SomeActions())
    assert names(tray) == ["&1  Ada", "&2  Bo"]
    assert [action.isChecked() for action in tray.avatars.actions()] == [True, False]
    tray.avatars.actions()[1].trigger()
    assert live.told == [("show_avatar", "bo")]


def test_list_is_new_each_time_it_opens(qtbot: QtBot, tasks: Tasks) -> None:
    call, live = running_call(tasks)
    tray = Tray(call, SomeActions())
    live.avatars.all = (avatar("tom & jerry", None),)
    tray.avatars.aboutToShow.emit()
    assert names(tray) == ["Tom && jerry"]


def test_no_call_no_avatars(qtbot: QtBot, tasks: Tasks) -> None:
    tray = Tray(quiet_call(tasks), SomeActions())
    assert names(tray) == ["No avatars yet"]
    assert not tray.avatars.actions()[0].isEnabled()
    assert tray.tip == "Avatarify\nThe virtual camera is off"


def test_tip_follows_the_call(qtbot: QtBot, tasks: Tasks) -> None:
    call, live = running_call(tasks)
    tray = Tray(call, SomeActions())
    live.status_now = live_status(virtual_camera="Avatarify", paused=True)
    call.look()
    assert tray.tip == "Avatarify\nPaused"


def test_commands_are_the_window_s_own(qtbot: QtBot, tasks: Tasks) -> None:
    actions = SomeActions()
    tray = Tray(quiet_call(tasks), actions)
    for id_ in COMMANDS:
        assert actions.made[id_] in tray.menu.actions()


def test_click_wants_the_window(qtbot: QtBot, tasks: Tasks) -> None:
    tray = Tray(quiet_call(tasks), SomeActions())
    with qtbot.waitSignal(tray.window_wanted):
        tray._icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    with qtbot.waitSignal(tray.window_wanted):
        tray.window.trigger()


@pytest.mark.parametrize("available", [True, False])
def test_shown_only_where_there_is_a_tray(
    qtbot: QtBot, tasks: Tasks, monkeypatch: pytest.MonkeyPatch, available: bool
) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: available))
    tray = Tray(quiet_call(tasks), SomeActions())
    tray.show()
    assert tray.shown is available
    tray.notify("Hello", "There")
    tray.show(False)
    assert not tray.shown

"""The page on which keys are chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from avatarify.app.choices import Choices
from avatarify.app.commands.chord import Chord
from avatarify.app.commands.chosen_keys import chosen_global_keys, chosen_keys
from avatarify.app.commands.keymap import KeyMap
from avatarify.app.commands.keys_page import KeysDialog, KeysPage
from avatarify.app.commands.rules import Scope
from avatarify.app.hotkeys.choose import Choice, Reason
from avatarify.app.hotkeys.hotkeys import HotKeys
from avatarify.app.tasks import Tasks
from avatarify.preferences.preferences import Preferences
from tests.app.hotkeys.desktops import Desktop


class Rig:
    """The page over real preferences, and global keys on a desktop that is made up."""

    def __init__(self, tasks: Tasks, folder: Path, desktop: Desktop | None) -> None:
        self.choices = Choices(Preferences(), folder / "preferences.json", tasks=tasks)
        choice = Choice(desktop.keys if desktop is not None else None, (Reason("keys.way_instead", ("that",)),))
        self.hotkeys = HotKeys(choice, tasks)
        self.choices.changed.connect(self._apply)
        self.dialog = KeysDialog(self.choices, self.hotkeys)
        self.page: KeysPage = self.dialog.page

    def _apply(self, _: tuple[str, ...]) -> None:
        self.hotkeys.apply(chosen_global_keys(self.choices.preferences))

    def keymap(self, scope: Scope = Scope.WINDOW) -> KeyMap:
        return chosen_keys(self.choices.preferences, scope).keymap

    def press(
        self,
        qtbot: QtBot,
        id_: str,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        *,
        scope: Scope = Scope.WINDOW,
    ) -> None:
        button = self.page.tables[scope].button(id_)
        button.click()
        qtbot.keyClick(button, key, modifiers)


def make(qtbot: QtBot, tasks: Tasks, tmp_path: Path, desktop: Desktop | None) -> Rig:
    rig = Rig(tasks, tmp_path, desktop)
    qtbot.addWidget(rig.dialog)
    rig.dialog.show()
    qtbot.waitUntil(rig.dialog.isActiveWindow)
    return rig


@pytest.fixture
def desktop() -> Desktop:
    return Desktop(taken=("Ctrl+Alt+2",))


@pytest.fixture
def rig(qtbot: QtBot, tasks: Tasks, tmp_path: Path, desktop: Desktop) -> Rig:
    return make(qtbot, tasks, tmp_path, desktop)


def test_a_key_is_changed_by_pressing_another(qtbot: QtBot, rig: Rig) -> None:
    rig.press(qtbot, "calibration.take", Qt.Key.Key_Q)
    assert rig.keymap().chord("calibration.take") == Chord("Q")
    assert rig.page.tables[Scope.WINDOW].button("calibration.take").text() == "Q"
    assert not rig.page.notice.isVisible()


def test_a_clash_asks_and_can_be_left(qtbot: QtBot, rig: Rig) -> None:
    rig.press(qtbot, "still.take", Qt.Key.Key_X)
    assert rig.page.notice.words.text() == "X is the key for “Calibrate now” already."
    assert rig.page.notice.yes.text() == "Take it away from “Calibrate now”"
    rig.page.notice.no.click()
    assert rig.keymap() == KeyMap()
    assert not rig.page.notice.isVisible()


def test_a_key_is_taken_away_and_that_is_said(qtbot: QtBot, rig: Rig) -> None:
    rig.press(qtbot, "still.take", Qt.Key.Key_X)
    rig.page.notice.yes.click()
    table = rig.page.tables[Scope.WINDOW]
    assert table.button("still.take").text() == "X"
    assert table.button("calibration.take").text() == "none"
    assert rig.page.notice.words.text() == "“Calibrate now” has no key now."
    assert not rig.page.notice.yes.isVisible()


def test_back_to_the_preset_of_one_and_of_all(qtbot: QtBot, rig: Rig) -> None:
    table = rig.page.tables[Scope.WINDOW]
    assert not table.back("calibration.take").isVisible()
    rig.press(qtbot, "calibration.take", Qt.Key.Key_Q)
    rig.press(qtbot, "avatar.next", Qt.Key.Key_N)
    assert table.back("calibration.take").toolTip() == "Back to the preset's key: X"
    table.back("calibration.take").click()
    assert table.button("calibration.take").text() == "X"
    assert rig.keymap().is_own("avatar.next")
    rig.page.reset.click()
    assert rig.keymap() == KeyMap()


def test_going_back_asks_before_it_takes_a_key_away(qtbot: QtBot, rig: Rig) -> None:
    rig.press(qtbot, "still.take", Qt.Key.Key_X)
    rig.page.notice.yes.click()
    rig.page.tables[Scope.WINDOW].back("calibration.take").click()
    assert rig.page.notice.words.text() == "X is the key for “Save a picture” already."
    assert rig.keymap().chord("calibration.take") is None
    rig.page.notice.yes.click()
    assert rig.keymap() == KeyMap()


def test_backspace_leaves_a_command_without_a_key(qtbot: QtBot, rig: Rig) -> None:
    rig.press(qtbot, "app.quit", Qt.Key.Key_Backspace)
    assert rig.keymap().chord("app.quit") is None


def test_what_cannot_work_is_refused_with_the_reason(qtbot: QtBot, rig: Rig) -> None:
    rig.press(qtbot, "still.take", Qt.Key.Key_Space)
    assert rig.page.notice.words.text().startswith("Space: Tab, Space, Enter and the arrows move")
    rig.press(qtbot, "still.take", Qt.Key.Key_LaunchMail)
    assert rig.page.notice.words.text() == "This key has no name here. Press another one."
    rig.press(qtbot, "still.take", Qt.Key.Key_S, scope=Scope.GLOBAL)
    assert rig.page.notice.words.text() == "S: Other programs need this key. Add Ctrl or Alt."
    assert rig.choices.preferences == Preferences()


def test_the_other_preset_holds_at_once(rig: Rig) -> None:
    rig.page.preset.setCurrentIndex(1)
    rig.page.preset.activated.emit(1)
    assert rig.choices.preferences.text("keys.preset") == "desktop"
    assert rig.page.tables[Scope.WINDOW].button("avatar.1").text() == "Ctrl+1"


def test_a_change_from_elsewhere_is_shown(rig: Rig) -> None:
    rig.choices.set("keys.preset", "desktop")
    assert rig.page.preset.currentData() == "desktop"


def test_commands_are_found_by_name_and_by_key(rig: Rig) -> None:
    table = rig.page.tables[Scope.WINDOW]
    rig.page.search.setText("calib")
    assert table.button("calibration.take").isVisible()
    assert not table.button("avatar.1").isVisible()
    rig.page.search.setText("ctrl+o")
    assert table.button("avatar.import").isVisible()
    assert not table.button("calibration.take").isVisible()
    rig.page.search.clear()
    assert table.button("avatar.1").isVisible()


def test_global_keys_tell_the_truth_about_each(qtbot: QtBot, rig: Rig) -> None:
    table = rig.page.tables[Scope.GLOBAL]
    assert table.state_of("avatar.1") == "Off"
    rig.page.tabs.setCurrentIndex(1)
    rig.page.switch.click()
    qtbot.waitUntil(lambda: table.state_of("avatar.1") == "Works")
    assert table.state_of("avatar.2") == "Taken by another program"
    assert table.state_of("avatar.next") == "Works"
    assert table.state_of("recording.toggle") == "", "it has no key"
    assert rig.page.how.text() == "A key in the desktop's own settings can run “that”."
    rig.page.switch.click()
    qtbot.waitUntil(lambda: table.state_of("avatar.1") == "Off")


def test_a_clash_is_gone_with_another_key(qtbot: QtBot, rig: Rig) -> None:
    table = rig.page.tables[Scope.GLOBAL]
    rig.page.tabs.setCurrentIndex(1)
    rig.choices.set("keys.global", True)
    qtbot.waitUntil(lambda: table.state_of("avatar.2") == "Taken by another program")
    control_alt = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    rig.press(qtbot, "avatar.2", Qt.Key.Key_0, control_alt, scope=Scope.GLOBAL)
    qtbot.waitUntil(lambda: table.state_of("avatar.2") == "Works")
    assert table.button("avatar.2").text() == "Ctrl+Alt+0"


def test_a_key_that_we_hold_can_still_be_chosen(qtbot: QtBot, rig: Rig, desktop: Desktop) -> None:
    pressed: list[str] = []
    rig.hotkeys.pressed.connect(pressed.append)
    rig.choices.set("keys.global", True)
    qtbot.waitUntil(lambda: rig.hotkeys.grant("avatar.1") is not None)
    rig.page.tabs.setCurrentIndex(1)
    rig.page.tables[Scope.GLOBAL].button("still.take").click()
    desktop.press("avatar.1")
    qtbot.waitUntil(rig.page.notice.isVisible)
    assert rig.page.notice.words.text() == "Ctrl+Alt+1 is the key for “Avatar 1” already."
    assert pressed == [], "no avatar was switched by it"
    desktop.press("avatar.1")
    qtbot.waitUntil(lambda: pressed == ["avatar.1"])


def test_where_there_are_none_that_is_said_with_the_reason(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    rig = make(qtbot, tasks, tmp_path, None)
    assert not rig.page.switch.isEnabled()
    assert (
        rig.page.how.text() == "Global keys are not available here. A key in the desktop's own settings can run “that”."
    )
    assert rig.page.tables[Scope.GLOBAL].state_of("avatar.1") == "Not available here"


def test_a_desktop_that_says_no_is_quoted(qtbot: QtBot, rig: Rig, desktop: Desktop) -> None:
    desktop.refuses = "The desktop said no."
    rig.choices.set("keys.global", True)
    qtbot.waitUntil(lambda: "The desktop said no." in rig.page.how.text())
    assert rig.page.tables[Scope.GLOBAL].state_of("avatar.1") == "Not available here"

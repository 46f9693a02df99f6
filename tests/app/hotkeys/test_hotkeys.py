"""Global keys as windows see them, on a made-up desktop."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.keymap import KeyMap
from avatarify.app.commands.rules import Scope
from avatarify.app.hotkeys.base import GrantState
from avatarify.app.hotkeys.choose import Choice, Reason
from avatarify.app.hotkeys.hotkeys import HotKeys, bindings_of
from avatarify.app.tasks import Tasks
from tests.app.hotkeys.desktops import Desktop

KEYS = KeyMap(Scope.GLOBAL)


@pytest.fixture
def desktop() -> Desktop:
    return Desktop()


@pytest.fixture
def hotkeys(tasks: Tasks, desktop: Desktop) -> HotKeys:
    return HotKeys(Choice(desktop.keys, ()), tasks)


def start(qtbot: QtBot, hotkeys: HotKeys, keymap: KeyMap = KEYS) -> None:
    hotkeys.apply(keymap)
    assert hotkeys.asking
    qtbot.waitUntil(lambda: not hotkeys.asking)


def test_all_defaults_are_asked_for_with_what_they_do() -> None:
    bindings = bindings_of(KEYS)
    assert len(bindings) == 13
    assert (bindings[0].command, str(bindings[0].chord), bindings[0].description) == (
        "avatar.1",
        "Ctrl+Alt+1",
        "Avatar 1",
    )


def test_a_key_arrives_on_the_qt_thread(qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop) -> None:
    threads: list[threading.Thread] = []
    hotkeys.pressed.connect(lambda _: threads.append(threading.current_thread()))
    start(qtbot, hotkeys)
    with qtbot.waitSignal(hotkeys.pressed) as signal:
        desktop.press("avatar.next")
    assert signal.args == ["avatar.next"]
    assert threads == [threading.main_thread()]


def test_each_key_has_its_state(qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop) -> None:
    desktop.taken = ("Ctrl+Alt+2",)
    start(qtbot, hotkeys)
    first, second = hotkeys.grant("avatar.1"), hotkeys.grant("avatar.2")
    assert first is not None
    assert first.state is GrantState.HELD
    assert second is not None
    assert second.state is GrantState.TAKEN
    assert hotkeys.grant("recording.toggle") is None


def test_other_keys_are_taken_after_the_former_ones_were_given_back(
    qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop
) -> None:
    start(qtbot, hotkeys)
    start(qtbot, hotkeys, KEYS.with_key("avatar.1", Chord.parse("Ctrl+Alt+0")))
    assert "Ctrl+Alt+0" in desktop.held
    assert "Ctrl+Alt+1" not in desktop.held
    assert {grant.state for grant in hotkeys.grants} == {GrantState.HELD}, "we are not in our own way"


def test_the_same_keys_are_not_asked_for_again(qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop) -> None:
    start(qtbot, hotkeys)
    hotkeys.apply(KEYS)
    assert not hotkeys.asking
    assert len(desktop.started) == 1, "a desktop may ask the user each time"
    with qtbot.waitSignal(hotkeys.changed):
        desktop.crash("The X server has gone.")
    start(qtbot, hotkeys)
    assert len(desktop.started) == 2


def test_off_gives_them_back(qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop) -> None:
    start(qtbot, hotkeys)
    hotkeys.apply(None)
    assert hotkeys.grants == ()
    assert not hotkeys.asking
    qtbot.waitUntil(lambda: desktop.held == [])


def test_many_changes_at_once_end_with_the_last(qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop) -> None:
    for number in "0PQRS":
        hotkeys.apply(KEYS.with_key("avatar.1", Chord.parse(f"Ctrl+Meta+{number}")))
    qtbot.waitUntil(lambda: not hotkeys.asking)
    assert len(hotkeys.grants) == 13
    assert [key for key in desktop.held if "Meta" in key] == ["Meta+Ctrl+S"]
    assert len(desktop.held) == 13


def test_waiting_for_the_user_does_not_block_a_change(qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop) -> None:
    desktop.asks = True
    hotkeys.apply(KEYS)
    qtbot.waitUntil(lambda: len(desktop.started) == 1)
    desktop.asks = False
    start(qtbot, hotkeys, KEYS.with_key("avatar.1", Chord.parse("Ctrl+Alt+0")))
    assert {grant.state for grant in hotkeys.grants} == {GrantState.HELD}


def test_a_refusal_is_the_state_of_every_key(qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop) -> None:
    desktop.refuses = "The desktop said no."
    start(qtbot, hotkeys)
    assert hotkeys.problem is not None
    assert hotkeys.problem.message == "The desktop said no."
    assert {grant.state for grant in hotkeys.grants} == {GrantState.UNAVAILABLE}
    desktop.refuses = ""
    start(qtbot, hotkeys)
    assert hotkeys.problem is None


def test_keys_that_are_lost_later_are_told(qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop) -> None:
    start(qtbot, hotkeys)
    with qtbot.waitSignal(hotkeys.changed):
        desktop.crash("The X server has gone.")
    assert hotkeys.problem is not None
    assert {grant.state for grant in hotkeys.grants} == {GrantState.UNAVAILABLE}


def test_a_key_of_former_ones_is_not_heard(qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop) -> None:
    start(qtbot, hotkeys)
    with qtbot.assertNotEmitted(hotkeys.pressed):
        desktop.press("avatar.next")  # posted, and not delivered yet
        hotkeys.apply(None)
        qtbot.waitUntil(lambda: desktop.held == [])


def test_where_there_is_no_way_every_key_says_so(qtbot: QtBot, tasks: Tasks) -> None:
    hotkeys = HotKeys(Choice(None, (Reason("keys.way_none"),)), tasks)
    hotkeys.apply(KEYS)
    assert not hotkeys.asking
    assert {grant.state for grant in hotkeys.grants} == {GrantState.UNAVAILABLE}


def test_the_end_gives_them_back_and_may_come_twice(qtbot: QtBot, hotkeys: HotKeys, desktop: Desktop) -> None:
    start(qtbot, hotkeys)
    hotkeys.close()
    hotkeys.close()
    assert desktop.held == []

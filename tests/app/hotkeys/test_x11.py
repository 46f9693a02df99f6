"""Global keys on a real X server."""

from __future__ import annotations

import gc
import threading
import warnings
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from avatarify.app.commands.chord import Chord
from avatarify.app.hotkeys.base import Binding, Grant, GrantState, Wanted
from avatarify.app.hotkeys.x11 import X11Keys
from avatarify.errors import AvatarifyError, KeysError
from tests.rig.x_server import OtherWindow, XServer, other_window, wait_for

X = pytest.importorskip("Xlib.X")
pytestmark = pytest.mark.x11


class Heard:
    """What came, and in which threads."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.lost: list[AvatarifyError] = []
        self.threads: set[str] = set()

    def press(self, command: str) -> None:
        self.commands.append(command)
        self.threads.add(threading.current_thread().name)


def bindings(*keys: str) -> tuple[Binding, ...]:
    return tuple(Binding(key.lower(), Chord.parse(key), key) for key in keys)


def start(keys: X11Keys, heard: Heard, *wanted: str) -> list[GrantState]:
    grants = keys.start(Wanted(bindings(*wanted), heard.press, heard.lost.append))
    assert [grant.command for grant in grants] == [key.lower() for key in wanted]
    return [grant.state for grant in grants]


@pytest.fixture
def keys(x_server: XServer) -> Iterator[X11Keys]:
    keys = X11Keys(x_server.display)
    yield keys
    keys.stop()


@pytest.fixture
def focused(x_server: XServer) -> Iterator[OtherWindow]:
    with other_window(x_server.display) as window:
        window.focus()
        yield window


def test_keys_come_to_us_and_not_to_the_window_with_the_focus(
    x_server: XServer, keys: X11Keys, focused: OtherWindow
) -> None:
    heard = Heard()
    wanted = ("Ctrl+Alt+1", "Ctrl+Alt+PgDown", "Ctrl+Alt+X", "F13", "Ctrl+Alt+-")
    assert start(keys, heard, *wanted[:3], wanted[4]) == [GrantState.HELD] * 4
    x_server.press("ctrl+alt+1", "ctrl+alt+Page_Down", "a", "ctrl+alt+x", "ctrl+alt+minus", "b")
    wait_for(lambda: len(heard.commands) == 4, "four global keys")
    assert heard.commands == ["ctrl+alt+1", "ctrl+alt+pgdown", "ctrl+alt+x", "ctrl+alt+-"]
    wait_for(lambda: "b" in focused.read(), "the letters in the window")
    assert [key for key in focused.keys if len(key) == 1] == ["a", "b"]
    assert heard.threads == {"global keys"}


@pytest.mark.parametrize("lock", ["Caps_Lock", "Num_Lock"])
def test_locks_do_not_matter(x_server: XServer, keys: X11Keys, focused: OtherWindow, lock: str) -> None:
    heard = Heard()
    start(keys, heard, "Ctrl+Alt+1")
    x_server.run("xdotool", "key", lock)
    try:
        x_server.run("xdotool", "key", "ctrl+alt+1")
        wait_for(lambda: heard.commands, f"the key with {lock}")
    finally:
        x_server.run("xdotool", "key", lock)


def test_other_modifiers_are_another_key(x_server: XServer, keys: X11Keys, focused: OtherWindow) -> None:
    heard = Heard()
    start(keys, heard, "Ctrl+Alt+1", "Ctrl+Alt+2")
    x_server.press("ctrl+1", "alt+1", "ctrl+alt+shift+1", "1", "ctrl+alt+2")
    wait_for(lambda: heard.commands, "the last key")
    assert heard.commands == ["ctrl+alt+2"]


class Event(NamedTuple):
    """A key event as Xlib gives it."""

    type: int
    time: int
    detail: int = 10
    state: int = X.ControlMask | X.Mod1Mask


class RepeatingServer:
    """Stands where a display is expected: a key is held, repeats itself, is let go and pressed again."""

    def __init__(self) -> None:
        press, release = X.KeyPress, X.KeyRelease
        self._events = [
            *(Event(press, 1000), Event(release, 1500), Event(press, 1500), Event(release, 1540), Event(press, 1540)),
            *(Event(release, 1580), Event(press, 1700), Event(release, 1750)),
        ]

    def pending_events(self) -> int:
        return len(self._events)

    def next_event(self) -> Event:
        return self._events.pop(0)


def test_a_held_key_counts_once() -> None:
    keys, heard = X11Keys(), Heard()
    keys._grabbed[10, X.ControlMask | X.Mod1Mask] = "next"
    keys._take_events(RepeatingServer(), heard.press)  # type: ignore[arg-type]
    keys.stop()
    assert heard.commands == ["next", "next"], "held, and pressed again"


def test_a_key_of_another_program_is_told_and_the_others_are_held(x_server: XServer, keys: X11Keys) -> None:
    other, nobody = X11Keys(x_server.display), Heard()
    try:
        start(other, nobody, "Ctrl+Alt+2")
        assert start(keys, nobody, "Ctrl+Alt+1", "Ctrl+Alt+2") == [GrantState.HELD, GrantState.TAKEN]
    finally:
        other.stop()
    again = X11Keys(x_server.display)
    assert start(again, nobody, "Ctrl+Alt+2") == [GrantState.HELD], "it has been given back"
    again.stop()


def test_a_key_that_the_keyboard_lacks_is_told(keys: X11Keys) -> None:
    [grant] = keys.start(Wanted(bindings("Ctrl+Alt+Ж"), print, print))
    assert grant == Grant("ctrl+alt+ж", GrantState.NO_KEY, "No key here types Ж.")


def test_keys_move_with_the_layout(x_server: XServer, keys: X11Keys, focused: OtherWindow) -> None:
    heard = Heard()
    start(keys, heard, "Ctrl+Alt+Y")
    try:
        x_server.run("setxkbmap", "de")
        x_server.press("a")
        wait_for(lambda: "a" in focused.read(), "the new layout")

        def typed() -> bool:
            x_server.press("ctrl+alt+y")
            return bool(heard.commands)

        wait_for(typed, "the key where it is now")
    finally:
        x_server.run("setxkbmap", "us")


def test_it_ends_at_once_and_twice(x_server: XServer) -> None:
    keys, heard = X11Keys(x_server.display), Heard()
    start(keys, heard, "Ctrl+Alt+1")
    keys.stop()
    keys.stop()
    wait_for(lambda: not [thread for thread in threading.enumerate() if thread.name == "global keys"], "its end")
    assert heard.lost == []


def test_what_was_stopped_before_does_not_start(x_server: XServer) -> None:
    keys = X11Keys(x_server.display)
    keys.stop()
    assert start(keys, Heard(), "Ctrl+Alt+1") == [GrantState.UNAVAILABLE]


def test_without_a_server_that_is_the_answer() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Xlib does not close the sockets of a vain attempt
        with pytest.raises(KeysError, match="The X server does not answer"):
            X11Keys(":987").start(Wanted(bindings("Ctrl+Alt+1"), print, print))
        gc.collect()


def test_a_server_that_goes_is_told() -> None:
    heard = Heard()
    with XServer() as server:
        keys = X11Keys(server.display)
        start(keys, heard, "Ctrl+Alt+1")
    wait_for(lambda: heard.lost, "the news")
    assert "The X server has gone" in heard.lost[0].message
    keys.stop()

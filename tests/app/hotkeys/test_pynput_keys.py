"""Global keys through pynput, on a listener that hears what the test types."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from avatarify.app.commands.chord import NAMED_KEYS, Chord
from avatarify.app.hotkeys.base import Binding, GrantState, Wanted
from avatarify.app.hotkeys.pynput_keys import PynputKeys, pynput_name
from avatarify.errors import KeysError


class FakeListener:
    """Stands where pynput's GlobalHotKeys is expected. trusted: what macOS says of us."""

    def __init__(self, hotkeys: Mapping[str, Callable[[], None]], *, trusted: bool = True) -> None:
        self.hotkeys = hotkeys
        self.IS_TRUSTED = trusted
        self.done: list[str] = []

    def start(self) -> None:
        self.done.append("start")

    def stop(self) -> None:
        self.done.append("stop")

    def join(self, timeout: float | None = None) -> None:
        self.done.append("join")


class Keyboard:
    """Makes one listener."""

    def __init__(self, *, trusted: bool = True) -> None:
        self._trusted = trusted
        self.listeners: list[FakeListener] = []

    def listen(self, hotkeys: Mapping[str, Callable[[], None]]) -> FakeListener:
        self.listeners.append(FakeListener(hotkeys, trusted=self._trusted))
        return self.listeners[-1]


def bindings(*keys: str) -> tuple[Binding, ...]:
    return tuple(Binding(key, Chord.parse(key), key) for key in keys)


@pytest.mark.parametrize(
    ("text", "windows", "mac"),
    [
        ("Ctrl+Alt+1", "<ctrl>+<alt>+1", "<cmd>+<alt>+1"),
        ("Meta+Shift+X", "<cmd>+<shift>+x", "<ctrl>+<shift>+x"),
        ("Ctrl+Alt+PgDown", "<ctrl>+<alt>+<page_down>", "<cmd>+<alt>+<page_down>"),
        ("F13", "<f13>", "<f13>"),
        ("Ctrl+Pause", None, None),
        ("Ctrl++", None, None),
        ("Ctrl+Ins", "<ctrl>+<insert>", None),
    ],
)
def test_keys_as_pynput_writes_them(text: str, windows: str | None, mac: str | None) -> None:
    assert pynput_name(Chord.parse(text), platform="win32") == windows
    assert pynput_name(Chord.parse(text), platform="darwin") == mac


def test_no_two_keys_have_one_name() -> None:
    names = [name for key in NAMED_KEYS if (name := pynput_name(Chord(key), platform="win32")) is not None]
    assert len(names) - len(set(names)) == 1, "Return and Enter are one key for pynput"


def test_keys_come_until_they_are_given_back() -> None:
    keyboard, heard = Keyboard(), list[str]()
    keys = PynputKeys(listen=keyboard.listen, platform="win32")
    grants = keys.start(Wanted(bindings("Ctrl+Alt+1", "Ctrl+Pause"), heard.append, print))
    assert [grant.state for grant in grants] == [GrantState.HELD, GrantState.NO_KEY]
    [listener] = keyboard.listeners
    listener.hotkeys["<ctrl>+<alt>+1"]()
    assert heard == ["Ctrl+Alt+1"]
    keys.stop()
    keys.stop()
    assert listener.done == ["start", "stop", "join"]


def test_macos_says_where_to_allow_it() -> None:
    keyboard = Keyboard(trusted=False)
    keys = PynputKeys(listen=keyboard.listen, platform="darwin")
    with pytest.raises(KeysError, match="macOS does not let") as refused:
        keys.start(Wanted(bindings("Ctrl+Alt+1"), print, print))
    assert "Privacy & Security" in refused.value.hint
    assert keyboard.listeners[0].done == ["start", "stop"]


def unparsable(hotkeys: Mapping[str, Callable[[], None]]) -> FakeListener:
    raise ValueError("<f99>")


def test_a_key_that_pynput_refuses_is_told() -> None:
    keys = PynputKeys(listen=unparsable, platform="win32")
    with pytest.raises(KeysError, match="does not know one of the keys"):
        keys.start(Wanted(bindings("Ctrl+Alt+1"), print, print))
    keys.stop()


def test_what_was_stopped_before_does_not_start() -> None:
    keyboard = Keyboard()
    keys = PynputKeys(listen=keyboard.listen, platform="win32")
    keys.stop()
    [grant] = keys.start(Wanted(bindings("Ctrl+Alt+1"), print, print))
    assert grant.state is GrantState.UNAVAILABLE
    assert keyboard.listeners == []


def test_what_is_stopped_while_it_starts_does_not_listen_on() -> None:
    """The import of pynput takes a while, in which the user may have chosen other keys."""
    keyboard = Keyboard()

    def stopped_meanwhile(hotkeys: Mapping[str, Callable[[], None]]) -> FakeListener:
        keys.stop(0.0)
        return keyboard.listen(hotkeys)

    keys = PynputKeys(listen=stopped_meanwhile, platform="win32")
    [grant] = keys.start(Wanted(bindings("Ctrl+Alt+1"), print, print))
    assert grant.state is GrantState.UNAVAILABLE
    assert keyboard.listeners[0].done == []

"""Global keys on Windows and macOS, by listening to the keyboard. The focused program gets the keys as well.

Written from pynput's documentation; it has not been run on those two systems.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from avatarify.app.commands.chord import Chord
from avatarify.app.hotkeys.base import STOP_WITHIN_S, Grant, GrantState, Wanted, unavailable
from avatarify.errors import KeysError

_NAMES = {"Ins": "insert", "Del": "delete", "PgUp": "page_up", "PgDown": "page_down", "Return": "enter"}
_UNKNOWN = ("Menu", "Print", "Pause", "F21", "F22", "F23", "F24", "+")  # pynput has or parses them not everywhere
_UNKNOWN_ON_MAC = ("Ins",)
_MODIFIERS = {"Ctrl": "<ctrl>", "Alt": "<alt>", "Shift": "<shift>", "Meta": "<cmd>"}
_MAC_MODIFIERS = {**_MODIFIERS, "Ctrl": "<cmd>", "Meta": "<ctrl>"}  # Qt's names there


class Listener(Protocol):
    """What this module needs of pynput.keyboard.GlobalHotKeys."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def join(self, timeout: float | None = None) -> None: ...


class PynputKeys:
    """See base.GlobalKeys."""

    name = "pynput"

    def __init__(
        self,
        *,
        listen: Callable[[Mapping[str, Callable[[], None]]], Listener] | None = None,
        platform: str = sys.platform,
    ) -> None:
        """listen: a stand-in for pynput's GlobalHotKeys: hotkey -> what to call in its thread."""
        self._listen = listen if listen is not None else _real_listener
        self._platform = platform
        self._listener: Listener | None = None
        self._stopped = threading.Event()
        self._lock = threading.Lock()  # of these two: `start` and `stop` come from different threads

    def start(self, wanted: Wanted) -> tuple[Grant, ...]:
        bindings = wanted.bindings
        names = {binding.command: pynput_name(binding.chord, platform=self._platform) for binding in bindings}
        hotkeys = {
            name: _caller(wanted.pressed, binding.command)
            for binding in bindings
            if (name := names[binding.command]) is not None
        }
        if self._stopped.is_set() or not hotkeys:
            return unavailable(bindings)
        try:
            listener = self._listen(hotkeys)  # imports pynput, which takes a while
        except ValueError as error:
            raise KeysError(f"pynput does not know one of the keys ({error}).", "Choose others.") from error
        with self._lock:
            if self._stopped.is_set():  # meanwhile: nobody would stop it any more
                return unavailable(bindings)
            self._listener = listener
            listener.start()
        if self._platform == "darwin" and not getattr(listener, "IS_TRUSTED", True):
            self.stop(0.0)
            raise KeysError(
                "macOS does not let Avatarify see keys that other programs get.",
                "Allow it in System Settings, Privacy & Security, Accessibility and Input Monitoring, then start again.",
            )
        return tuple(
            Grant(binding.command, GrantState.HELD)
            if names[binding.command] is not None
            else Grant(binding.command, GrantState.NO_KEY, f"{binding.chord} has no name here.")
            for binding in bindings
        )

    def stop(self, wait_s: float = STOP_WITHIN_S) -> None:
        with self._lock:
            self._stopped.set()
            listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()
            if wait_s > 0:
                listener.join(wait_s)


def pynput_name(chord: Chord, *, platform: str) -> str | None:
    """As pynput writes it: "<ctrl>+<alt>+1", "<f5>". None for a key that it does not have on every system."""
    if chord.key in _UNKNOWN or (platform == "darwin" and chord.key in _UNKNOWN_ON_MAC):
        return None
    modifiers = _MAC_MODIFIERS if platform == "darwin" else _MODIFIERS
    named = _NAMES.get(chord.key, chord.key).lower()
    key = named if len(chord.key) == 1 else f"<{named}>"
    return "+".join((*(modifiers[name] for name in chord.modifiers), key))


def _caller(pressed: Callable[[str], None], command: str) -> Callable[[], None]:
    return lambda: pressed(command)


def _real_listener(hotkeys: Mapping[str, Callable[[], None]]) -> Listener:
    from pynput.keyboard import GlobalHotKeys

    listener: Listener = GlobalHotKeys(dict(hotkeys))
    return listener

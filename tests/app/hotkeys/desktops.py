"""A desktop that grants global keys, and does whatever else real ones do, on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable

from avatarify.app.hotkeys.base import STOP_WITHIN_S, Binding, Grant, GrantState, Wanted, unavailable
from avatarify.errors import AvatarifyError, KeysError


class Desktop:
    """taken: keys of other programs. `refuses`: why no key at all is granted. `asks`: it waits for the user."""

    def __init__(self, *, taken: tuple[str, ...] = ()) -> None:
        self.taken = taken
        self.refuses = ""
        self.asks = False
        self.started: list[MadeUpKeys] = []
        self.held: list[str] = []
        """Keys in the order in which they were granted; those given back are gone."""

    def keys(self) -> MadeUpKeys:
        return MadeUpKeys(self)

    def press(self, command: str) -> None:
        """From a thread of its own, as real ones do."""
        thread = threading.Thread(target=self.started[-1].pressed, args=(command,))
        thread.start()
        thread.join()

    def crash(self, message: str) -> None:
        """No key will come any more."""
        error = KeysError(message, "Start it again.")
        thread = threading.Thread(target=self.started[-1].lost, args=(error,))
        thread.start()
        thread.join()


class MadeUpKeys:
    """See avatarify.app.hotkeys.base.GlobalKeys."""

    name = "a made-up desktop"

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._mine: list[str] = []
        self.stopped = threading.Event()
        self.pressed: Callable[[str], None] = print
        self.lost: Callable[[AvatarifyError], None] = print

    def start(self, wanted: Wanted) -> tuple[Grant, ...]:
        assert threading.current_thread() is not threading.main_thread(), "it may wait for the user"
        self.pressed, self.lost = wanted.pressed, wanted.lost
        self._desktop.started.append(self)
        if self._desktop.asks:
            assert self.stopped.wait(10), "nobody ended the waiting"
        if self.stopped.is_set():
            return unavailable(wanted.bindings)
        if self._desktop.refuses:
            raise KeysError(self._desktop.refuses, "Ask again.")
        return tuple(self._grant(binding) for binding in wanted.bindings)

    def stop(self, wait_s: float = STOP_WITHIN_S) -> None:
        self.stopped.set()
        if wait_s > 0:
            for key in self._mine:
                self._desktop.held.remove(key)
            self._mine.clear()

    def _grant(self, binding: Binding) -> Grant:
        key = str(binding.chord)
        if key in self._desktop.taken or key in self._desktop.held:
            return Grant(binding.command, GrantState.TAKEN)
        self._desktop.held.append(key)
        self._mine.append(key)
        return Grant(binding.command, GrantState.HELD)

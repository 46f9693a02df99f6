"""Which avatar a live call is to show: chosen by name, by number or in turn, and given up where it cannot be shown."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from avatarify.avatars import Avatar, Avatars
from avatarify.errors import MediaError

_log = logging.getLogger(__name__)


class WantedAvatar:
    """Any thread may call. now: None before the first is chosen."""

    def __init__(self, avatars: Avatars) -> None:
        self.avatars = avatars
        self.now: Avatar | None = None
        self._read = threading.Event()
        self._read.set()

    def announce(self) -> None:
        """From now on `wait` waits for `read`."""
        self._read.clear()

    def read(self, key: str | int | None, folders: Sequence[Path]) -> None:
        """Read what there is, then `choose_first`; however that ends, nobody waits any longer."""
        began = time.monotonic()
        try:
            found = self.avatars.reload()
            self.choose_first(key, folders)
            _log.debug("Start: %d avatars were read in %.2f s.", len(found), time.monotonic() - began)
        finally:
            self._read.set()

    def wait(self) -> None:
        """Until what was announced has been read."""
        self._read.wait()

    def choose_first(self, key: str | int | None, folders: Sequence[Path]) -> None:
        """key: None for the first that can be used. folders: where avatars were looked for. Raises MediaError for one that is
        not there or cannot be used."""
        if key is not None:
            self.choose(key)
            return
        self.now = next((avatar for avatar in self.avatars.all if avatar.usable), None)
        if self.now is None:
            places = ", ".join(str(folder) for folder in folders)
            raise MediaError(f"There is no usable avatar in {places}.", "Put a portrait there.")

    def choose(self, key: str | int) -> Avatar:
        """By name or number. Raises MediaError, naming those there are, or why it cannot be used; then the one before stays."""
        avatar = self.avatars.find(key)
        if not avatar.usable:
            raise MediaError(f"The avatar {avatar.name!r} cannot be used.", " ".join(avatar.problems))
        self.now = avatar
        return avatar

    def name_after(self, step: int) -> str:
        """Of the usable one so many places further on, round and round. Raises MediaError where there is none."""
        usable = [avatar.name for avatar in self.avatars.all if avatar.usable]
        if not usable:
            raise MediaError("There is no avatar to show.", "Add a portrait.")
        here = usable.index(self.now.name) if self.now is not None and self.now.name in usable else -step
        return usable[(here + step) % len(usable)]

    def give_up(self, refused: Avatar, shown: Avatar | None) -> None:
        """`refused` cannot be shown: `shown` goes on, unless yet another one is wanted by now. shown: None where none is."""
        if self.now is refused and shown is not None:
            self.now = shown

"""Who owns a live loop between its start in a thread and the moment when the window hears of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avatarify.live.live import Live


class CallStart:
    """One start of a call. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given_up = False
        self._live: Live | None = None

    def arrived(self, live: Live) -> bool:
        """It runs. False: nobody wants it any more, and whoever started it has to stop it."""
        with self._lock:
            if not self._given_up:
                self._live = live
            return not self._given_up

    def give_up(self) -> Live | None:
        """Nobody wants it any more. Returns what runs already and was not taken, for the caller to stop."""
        with self._lock:
            self._given_up = True
            return self._taken()

    def take(self) -> Live | None:
        """What has arrived, once."""
        with self._lock:
            return self._taken()

    def _taken(self) -> Live | None:
        live, self._live = self._live, None
        return live

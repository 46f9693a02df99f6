"""The one switch that lets camera pictures out, and the only road from the camera to the gate."""

from __future__ import annotations

import threading

from avatarify.frame import Frame
from avatarify.pipeline.gate import Unlocked


class Passthrough:
    """Off when made. While it is off it holds no picture, so there is nothing that could be shown by mistake.

    Only the user's own command may call `switch_on`. The pipeline switches it off at every start and stop, when the camera
    or the virtual camera is lost or changed, and when the engine is started anew. Any thread may call any method.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on = False
        self._newest: Unlocked | None = None

    @property
    def on(self) -> bool:
        with self._lock:
            return self._on

    def switch_on(self) -> None:
        """Let the camera pictures that come from now on through."""
        with self._lock:
            self._on = True

    def switch_off(self) -> None:
        """Close, and forget the picture."""
        with self._lock:
            self._on = False
            self._newest = None

    def offer(self, frame: Frame, now: float) -> None:
        """Capture thread: a camera frame has come. Forgotten at once unless the switch is on. now: pipeline's clock, s."""
        with self._lock:
            if self._on:
                self._newest = Unlocked(frame.image, now)

    def current(self) -> Unlocked | None:
        """Output thread: the newest picture let through; None while the switch is off."""
        with self._lock:
            return self._newest if self._on else None

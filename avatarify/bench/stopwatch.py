"""Takes the time between the stages of a frame, where somebody wants to know it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

STAGES = ("decode", "colour", "crop", "detect", "transfer", "generate", "compose", "copy")
"""decode: 640x480 MJPG to BGR. colour: BGR to RGB. crop: the square for the model. detect, transfer, generate: keypoints, the
motion that they make, the picture. compose: into the virtual camera's 1280x720. copy: that in the device's own colours.
"""

AROUND_THE_NETWORK = ("decode", "colour", "crop", "compose", "copy")


class Lap(NamedTuple):
    """One stage of one frame."""

    stage: str
    ms: float


class Stopwatch:
    """One frame's. wait: returns when the device has done all it was asked to; what a stage only queues is its own cost."""

    def __init__(self, wait: Callable[[], None]) -> None:
        self._wait = wait
        self.laps: list[Lap] = []
        self._began = time.perf_counter()

    def lap(self, stage: str) -> None:
        """This stage ends here, and the next one begins."""
        self._wait()
        now = time.perf_counter()
        self.laps.append(Lap(stage, (now - self._began) * 1000))
        self._began = now


class NoStopwatch(Stopwatch):
    """For frames of which only the whole time is taken."""

    def __init__(self) -> None:
        super().__init__(lambda: None)

    def lap(self, stage: str) -> None:
        pass

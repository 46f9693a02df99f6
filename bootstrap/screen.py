"""What the user reads while .venv is made: one line per step and per package, as readable in a pipe as in a terminal."""

from __future__ import annotations

import time
from typing import TextIO

SILENCE_SECONDS = 15.0


class Screen:
    """Numbered steps, and items with the seconds since the beginning. Writes to stderr: stdout belongs to the verb."""

    def __init__(self, stream: TextIO, *, steps: int) -> None:
        self._stream = stream
        self._steps = steps
        self._step = 0
        self._began = self._last = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds."""
        return time.monotonic() - self._began

    def say(self, text: str) -> None:
        self._last = time.monotonic()
        self._stream.write(text + "\n")
        self._stream.flush()

    def step(self, text: str) -> None:
        self._step += 1
        self.say(f"[{self._step}/{self._steps}] {text}")

    def item(self, counter: str, text: str) -> None:
        self.say(f"  {self.elapsed:4.0f} s  {counter:>7}  {text}")

    def still(self, text: str) -> None:
        """A sign of life, only where nothing was said for a while."""
        if time.monotonic() - self._last >= SILENCE_SECONDS:
            self.item("", f"still {text}")

"""Clocks that go only when told."""

from __future__ import annotations


class SteppedClock:
    """`now` in seconds; set it."""

    def __init__(self, now: float = 100.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

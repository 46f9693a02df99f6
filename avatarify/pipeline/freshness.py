"""Whether a slow engine should take the frame that lies there or wait a moment for the next one."""

from __future__ import annotations

from avatarify.frame import Frame

_SHARE = 0.35  # of the engine's own time may be spent waiting: the rate falls by a quarter at worst, mostly by a tenth
_LATER_S = 0.003  # frames do not come to the millisecond
_SMOOTHING = 0.2
_LONGEST_S = 0.1


class Freshness:
    """An engine that takes longer than the camera's period becomes free at any moment between two frames; the newest frame
    is then half a period old on average. Where the next one is so near that waiting costs the engine at most a quarter of
    its rate, it is better to wait: the result is younger by up to a period, and comes at a steady point of the camera's
    period, to which the output can glide (see pacer.py). Not thread-safe. Times in seconds.
    """

    def __init__(self) -> None:
        self._period_s: float | None = None
        self._step_s: float | None = None
        self._last: Frame | None = None

    def wait_for_next_s(self, frame: Frame, now: float) -> float:
        """How long to wait for a newer frame than this newest one; 0: take it. Called once for each frame taken."""
        self._learn_period(frame)
        if self._period_s is None or self._step_s is None:
            return 0.0
        left = self._period_s - (now - frame.captured_at)
        return left + _LATER_S if 0.0 < left <= self._step_s * _SHARE else 0.0

    def stepped(self, step_s: float) -> None:
        """The engine has taken so long."""
        self._step_s = _smooth(self._step_s, step_s)

    def _learn_period(self, frame: Frame) -> None:
        last, self._last = self._last, frame
        if last is None or frame.index <= last.index:
            return
        period_s = (frame.captured_at - last.captured_at) / (frame.index - last.index)
        if 0.0 < period_s < _LONGEST_S:
            self._period_s = _smooth(self._period_s, period_s)


def _smooth(before: float | None, value: float) -> float:
    return value if before is None else before + _SMOOTHING * (value - before)

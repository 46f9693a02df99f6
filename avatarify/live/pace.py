"""What the animate thread measures of its own frames, and asks the governor about a few times a second."""

from __future__ import annotations

from collections import deque
from statistics import median

from avatarify.frame import Frame
from avatarify.live.governor import Governor, GovernorStatus, Level, Load

_ASK_EVERY_S = 0.25
_WINDOW_S = 5.0  # older frames say nothing
_FRAMES = 20
_FEWEST = 3
_LONGEST_PERIOD_S = 0.5
_SMOOTHING = 0.2


class Pace:
    """One thread, but for `level` and `status`, which any thread may read."""

    def __init__(self, levels: tuple[Level, ...], *, on: bool) -> None:
        """on: False stays at the first level."""
        self._governor = Governor(levels)
        self._on = on
        self._level = levels[0]
        self._frames: deque[tuple[float, float, float]] = deque(maxlen=_FRAMES)  # ended, step, latency
        self._period_s: float | None = None
        self._last: Frame | None = None
        self._ask_at = 0.0

    @property
    def level(self) -> Level:
        return self._level

    @property
    def status(self) -> GovernorStatus:
        return GovernorStatus(self._level, self._governor.reason if self._on else "", self._on)

    def stepped(self, frame: Frame, began: float, ended: float) -> Level:
        """A camera frame has been animated. began, ended: seconds on the clock of `captured_at`. Returns what is to be done."""
        self._learn_period(frame)
        self._frames.append((ended, ended - began, ended - frame.captured_at))
        if not self._on or self._period_s is None or ended < self._ask_at:
            return self._level
        self._ask_at = ended + _ASK_EVERY_S
        while self._frames[0][0] < ended - _WINDOW_S:
            self._frames.popleft()
        if len(self._frames) < _FEWEST:
            return self._level
        step_s, latency_s = (median(frame[column] for frame in self._frames) for column in (1, 2))
        level = self._governor.look(ended, Load(step_s, self._period_s, latency_s))
        if level is not self._level:
            self._frames.clear()
            self._level = level
        return self._level

    def _learn_period(self, frame: Frame) -> None:
        """From indices too: not every camera frame comes here."""
        last, self._last = self._last, frame
        if last is None or frame.index <= last.index:
            return
        period_s = (frame.captured_at - last.captured_at) / (frame.index - last.index)
        if 0.0 < period_s < _LONGEST_PERIOD_S:
            known = self._period_s
            self._period_s = period_s if known is None else known + _SMOOTHING * (period_s - known)

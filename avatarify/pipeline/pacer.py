"""When to show the next picture: at a constant rate that does not drift, never two in a hurry."""

from __future__ import annotations

from collections.abc import Callable

_TARGET_S = 0.004  # a result should be there this long before its moment: it covers the threads' jitter
_SLOPE = 0.2  # share of an error that is corrected before the next result ...
_MOST = 0.01  # ... but at most this share of a period with each moment: no reader sees that


class Pacer:
    """Moment n is due at start + n / fps + glide, where the glide is never more than one period either way: over any time
    the count is exact to one picture. Not thread-safe.

    A moment that is missed by more than half a period is skipped, so two pictures are never closer than that.

    The glide: results of an engine that follows a camera come at a steady point between two moments, and wait for the
    rest of the period. `arrived` moves the moments, by at most 1 % of a period each, to shortly after the results. A
    camera that runs a little faster or slower than fps pulls the glide to its limit; then it glides back all the way.

    clock: seconds that only rise. sleep: for so many seconds.
    """

    def __init__(self, fps: float, *, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self.period_s = 1.0 / fps
        self._clock = clock
        self._sleep = sleep
        self._start = clock()
        self._number = 0
        self._glide_s = 0.0
        self._correction_s = 0.0  # what is still to be taken from the glide
        self._unwinding = 0.0  # direction of the way back, 0: none

    @property
    def glide_s(self) -> float:
        """By how much the moments are moved, within one period either way."""
        return self._glide_s

    def wait(self) -> int:
        """Sleep until the next moment. Returns how many were skipped since the last call."""
        self._number += 1
        self._glide()
        late = self._clock() - self._due()
        skipped = 0
        if late > self.period_s / 2:
            skipped = int(late / self.period_s + 0.5)
            self._number += skipped
        while (left := self._due() - self._clock()) > 0:
            self._sleep(left)
        return skipped

    def arrived(self, waited_s: float) -> None:
        """A new result is shown at this moment and had waited so long. Moves the moments that follow."""
        error = waited_s - _TARGET_S
        if error > self.period_s / 2:
            error -= self.period_s  # the result just missed the moment before: that one is nearer
        if self._unwinding:
            if abs(error) < _TARGET_S / 2:
                self._unwinding = 0.0
            else:
                error = -self._unwinding * self.period_s
        self._correction_s = _SLOPE * error

    def _glide(self) -> None:
        most = self.period_s * _MOST
        step = max(-most, min(most, self._correction_s))
        self._correction_s -= step
        wanted = self._glide_s - step
        self._glide_s = max(-self.period_s, min(self.period_s, wanted))
        if self._glide_s != wanted:
            self._correction_s = 0.0
            self._unwinding = -1.0 if wanted > 0 else 1.0

    def _due(self) -> float:
        return self._start + self._number * self.period_s + self._glide_s

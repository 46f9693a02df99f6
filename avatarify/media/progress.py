"""How far a long job is: a bar on a terminal, a line now and then in a log, nothing where nobody looks."""

from __future__ import annotations

import math
import shutil
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

_BAR_EVERY_S = 0.1
_LINE_EVERY_S = 5.0
_WINDOW_S = 10.0  # the rate is taken over this long ...
_SMOOTHING_S = 3.0  # ... and what is shown follows it with this time constant
_WIDEST_BAR = 30
_NARROWEST_BAR = 8


class Progress:
    """Counts, and shows the count, the rate and the time left. Never raises because of its stream.

    A context manager: at the end the last state is shown, whatever ended the block. Not for use by two threads.
    """

    def __init__(
        self,
        total: int | None,
        *,
        stream: TextIO | None,
        unit: str = "frames",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """total: how many there will be, an estimate is fine; None: unknown. stream: usually sys.stderr; a terminal gets
        a bar on one line, anything else a line every five seconds, None gets nothing. clock: seconds that only rise.
        """
        self.done = 0
        self._unit = unit
        self._clock = clock
        self._stream = stream
        self._tty = _is_terminal(stream)
        self._blocks = _blocks(stream)
        self._rate: float | None = None
        self._shown = ""
        self._closed = False
        self.expect(total)

    def expect(self, total: int | None) -> None:
        """The counting begins now, and so does its clock: what was prepared before must not look like a slow first one.
        total: how many there will be; an estimate, or None. To be called before the first `update`.
        """
        self._total = total if total is not None and total > 0 else None
        self._started = self._shown_at = self._smoothed_at = self._clock()
        self._marks: deque[tuple[float, int]] = deque([(self._started, 0)])

    def update(self, count: int = 1) -> None:
        """`count` more are done."""
        self.done += count
        now = self._clock()
        if now - self._shown_at >= (_BAR_EVERY_S if self._tty else _LINE_EVERY_S):
            self._smooth(now)
            self._show(now)

    @property
    def rate(self) -> float:
        """How many a second, over the whole job. 0 before the first."""
        elapsed = self._clock() - self._started
        return self.done / elapsed if self.done and elapsed > 0 else 0.0

    def close(self) -> None:
        """Shows the last state and ends the line; says nothing where nothing was done. Twice is fine."""
        if self._closed:
            return
        self._closed = True
        if not self.done and not self._shown:
            return
        elapsed = self._clock() - self._started
        counted = f"{self.done}/{self._total}" if self._total and self.done <= self._total else str(self.done)
        self._print(f"{counted} {self._unit} in {_told_time(elapsed)}, {self.rate:.1f} {self._unit}/s", last=True)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _smooth(self, now: float) -> None:
        """Moves the shown rate towards that of the last seconds, so that one slow frame does not make the time jump."""
        if now - self._marks[-1][0] >= _BAR_EVERY_S / 2:
            self._marks.append((now, self.done))
        while len(self._marks) > 2 and self._marks[1][0] <= now - _WINDOW_S:
            self._marks.popleft()
        then, count = self._marks[0]
        if now <= then or self.done == count:
            return
        recent = (self.done - count) / (now - then)
        share = 1.0 - math.exp(-(now - self._smoothed_at) / _SMOOTHING_S)
        self._rate = recent if self._rate is None else self._rate + share * (recent - self._rate)
        self._smoothed_at = now

    def _show(self, now: float) -> None:
        self._shown_at = now
        rate = f"{self._rate:.1f} {self._unit}/s" if self._rate else f"- {self._unit}/s"
        if self._total is None or self.done > self._total:  # an estimate that was too low says nothing any more
            self._print(f"{self.done} {self._unit}  {rate}  {_told_time(now - self._started)}")
            return
        left = f"{_told_time((self._total - self.done) / self._rate)} left" if self._rate else ""
        share = self.done / self._total
        text = f"{self.done}/{self._total} {self._unit}  {rate}  {left}".rstrip()
        if not self._tty:
            self._print(f"{share:4.0%}  {text}")
            return
        room = min(_WIDEST_BAR, shutil.get_terminal_size().columns - len(text) - 9)
        bar = ""
        if room >= _NARROWEST_BAR:
            full, empty = self._blocks
            filled = round(room * share)
            bar = f"{full * filled}{empty * (room - filled)}  "
        self._print(f"{bar}{share:4.0%}  {text}")

    def _print(self, text: str, *, last: bool = False) -> None:
        if self._stream is None:
            return
        if self._tty:
            gap = " " * max(0, len(self._shown) - len(text))  # covers what a longer line left behind
            line = f"\r{text}{gap}" + ("\n" if last else "")
        else:
            line = f"{text}\n"
        self._shown = text
        try:
            self._stream.write(line)
            self._stream.flush()
        except (OSError, ValueError):  # closed, or its reader has gone: the job matters, not the bar
            self._stream = None


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except (OSError, ValueError):
        return False


def _blocks(stream: TextIO | None) -> tuple[str, str]:
    """The characters for done and to do that the stream's encoding has."""
    fine = ("\u2588", "\u2591")
    try:
        "".join(fine).encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ("#", "-")
    return fine


def _told_time(seconds: float) -> str:
    """0:07, 12:34 or 1:02:03."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

"""Counts and clocks of the live loop, written by its threads and read as one snapshot."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable

import numpy as np

from avatarify.pipeline.gate import Animated, Choice, Showing
from avatarify.pipeline.status import Measured, Spread

_WINDOW_S = 2.0
_REMEMBERED = 300


class Rate:
    """Events a second over the last two seconds. Not thread-safe."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=1024)

    def mark(self, now: float) -> None:
        self._times.append(now)

    def value(self, now: float) -> float:
        """0 when nothing came in the window."""
        while self._times and self._times[0] < now - _WINDOW_S:
            self._times.popleft()
        if len(self._times) < 2:
            return 0.0
        # Between the first and the last, or until now when the next one is overdue: a stream that stops sinks to 0.
        span, intervals = self._times[-1] - self._times[0], len(self._times) - 1
        if span <= 0.0:
            return 0.0
        return intervals / max(span, now - self._times[0] - span / intervals)


class Stats:
    """Any thread writes, any reads; one lock, held for microseconds. Times in seconds on the pipeline's clock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._camera, self._engine, self._output = Rate(), Rate(), Rate()
        self._camera_frames = self._animated_frames = self._engine_errors = self._skipped = self._overtaken = 0
        self._camera_at: float | None = None
        self._animated_at: float | None = None
        self._kinds: Counter[Showing] = Counter()
        self._sent = 0
        self._showing: Showing | None = None
        self._newest: Animated | None = None
        # captured to sent, and the engine's part, in seconds
        self._latencies: deque[tuple[float, float]] = deque(maxlen=_REMEMBERED)

    @property
    def showing(self) -> Showing | None:
        """What was shown last."""
        with self._lock:
            return self._showing

    def captured(self) -> None:
        with self._lock:
            self._camera_at = self._clock()
            self._camera.mark(self._camera_at)
            self._camera_frames += 1

    def animated(self) -> None:
        with self._lock:
            self._animated_at = self._clock()
            self._engine.mark(self._animated_at)
            self._animated_frames += 1

    def overtaken(self) -> None:
        """A camera frame was laid aside for a newer one."""
        with self._lock:
            self._overtaken += 1

    def engine_failed(self) -> None:
        with self._lock:
            self._engine_errors += 1

    def shown(self, choice: Choice, *, sent: bool, skipped: int) -> None:
        """A picture has been shown. sent: a virtual camera took it. skipped: moments missed before it."""
        with self._lock:
            now = self._clock()
            self._output.mark(now)
            self._skipped += skipped
            self._sent += sent
            self._kinds[choice.showing] += 1
            self._showing = choice.showing
            frame = choice.animated
            if frame is not None and frame is not self._newest:
                self._newest = frame
                self._latencies.append((now - frame.captured_at, frame.step_s))

    def measured(self, *, dropped: int, recorded_dropped: int) -> Measured:
        """The snapshot. dropped, recorded_dropped: what the slot and the queues have counted."""
        with self._lock:
            now = self._clock()
            pairs = np.array(self._latencies, dtype=np.float64).reshape(-1, 2) * 1000.0
            return Measured(
                camera_fps=self._camera.value(now),
                engine_fps=self._engine.value(now),
                output_fps=self._output.value(now),
                camera_frames=self._camera_frames,
                dropped=dropped + self._overtaken,
                animated_frames=self._animated_frames,
                engine_errors=self._engine_errors,
                skipped_ticks=self._skipped,
                shown=tuple((showing, self._kinds[showing]) for showing in Showing),
                sent=self._sent,
                recorded_dropped=recorded_dropped,
                latency=_spread(pairs[:, 0]),
                step=_spread(pairs[:, 1]),
                added=_spread(pairs[:, 0] - pairs[:, 1]),
                since_camera_s=None if self._camera_at is None else now - self._camera_at,
                since_animated_s=None if self._animated_at is None else now - self._animated_at,
            )


def _spread(values_ms: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Spread | None:
    if len(values_ms) == 0:
        return None
    p50, p95 = np.percentile(values_ms, [50, 95])
    return Spread(float(p50), float(p95))

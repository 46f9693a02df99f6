"""What the live loop itself costs: added latency, evenness of the output, processor time. No model, no devices.

usage: python -m benchmarks.live_loop [--seconds 10]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from avatarify.frame import Frame, Image
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.pipeline import Pipeline

PERIOD_S = 1 / 30


class SteadyCamera:
    """1280x720 at 30 frames a second by its own clock, starting at some point of the output's period."""

    def __init__(self, phase: float) -> None:
        self._start = time.monotonic() + phase * PERIOD_S
        self._index = -1

    def read(self) -> Frame:
        self._index += 1
        time.sleep(max(0.0, self._start + self._index * PERIOD_S - time.monotonic()))
        return Frame(np.empty((720, 1280, 3), np.uint8), self._index, time.monotonic())

    def close(self) -> None:
        pass


class SleepingEngine:
    """An engine that takes so long and no processor."""

    def __init__(self, step_s: float) -> None:
        self._step_s = step_s

    def step(self, frame: Frame) -> Frame:
        if self._step_s:
            time.sleep(self._step_s)
        return Frame(np.empty((512, 512, 3), np.uint8), frame.index, frame.captured_at)

    def close(self) -> None:
        pass


class NotingSink:
    """Takes the time of every picture."""

    fps = 30.0

    def __init__(self) -> None:
        self.times: list[float] = []

    def send(self, image: Image) -> None:
        self.times.append(time.monotonic())

    def close(self) -> None:
        pass


def measure(step_s: float, phase: float, *, align: bool, seconds: float) -> None:
    """One line of the table."""
    sink = NotingSink()
    pipeline = Pipeline(
        lambda: SteadyCamera(phase),
        lambda: SleepingEngine(step_s),
        lambda: sink,
        standby=np.zeros((720, 1280, 3), np.uint8),
        options=PipelineOptions(align=align),
    )
    with pipeline:
        time.sleep(4)  # the glide needs up to 3.4 s
        sink.times.clear()
        before, began = pipeline.status().measured, time.monotonic()
        worked = time.process_time()
        time.sleep(seconds)
        told, worked, lasted = pipeline.status().measured, time.process_time() - worked, time.monotonic() - began
        times = np.array(sink.times)
    gaps_ms = np.abs(np.diff(times) - PERIOD_S) * 1000
    p50, p95, p99 = np.percentile(gaps_ms, [50, 95, 99])
    frames = told.animated_frames - before.animated_frames
    added = told.added
    added_text = "-" if added is None else f"{added.p50_ms:5.1f} {added.p95_ms:5.1f}"
    print(
        f"{step_s * 1000:6.0f}  {phase:5.2f}  {'yes' if align else 'no ':3}  {len(times) / lasted:6.2f}  {frames / lasted:6.2f}  "
        f"{added_text}   {p50:5.2f} {p95:5.2f} {p99:5.2f} {gaps_ms.max():6.2f}   {worked / lasted * 1000 / 30:6.2f}   "
        f"{told.skipped_ticks - before.skipped_ticks}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each line")
    seconds = parser.parse_args().seconds
    print("engine  phase  glide   out fps  eng fps  added p50 p95   |gap - 33.3| p50 p95 p99 max   CPU ms   skipped")
    for step_s in (0.0, 0.015, 0.045, 0.060, 0.090, 0.210):
        for phase in (0.1, 0.6):
            for align in (False, True):
                measure(step_s, phase, align=align, seconds=seconds)


if __name__ == "__main__":
    main()

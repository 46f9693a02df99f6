"""What the governor does for latency on a machine that is too slow for the camera: one call, with and without it in turns.

usage: python -m benchmarks.governor [--rounds 3] [--seconds 30] [--portrait-size 768] [--runtime eager] [--threads 1]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import torch

from avatarify.camera.synthetic import SyntheticCamera
from avatarify.frame import Frame
from avatarify.live.live import Live
from avatarify.live.request import LiveRequest
from avatarify.paths import AVATARS, EMBEDDED_MODEL
from avatarify.pipeline.gate import Showing

_FPS = 30.0
_DRAWN = 90  # frames; shown to and fro, so that the film has no seam


class DrawnAhead:
    """A camera that costs nothing while it is measured: the performer, drawn before."""

    def __init__(self) -> None:
        with SyntheticCamera(size=(640, 480), fps=_FPS) as camera:
            images = [frame.image for frame in camera.frames(_DRAWN)]
        self._images = images + images[-2:0:-1]
        self._began = time.monotonic()
        self._index = -1

    def read(self) -> Frame:
        self._index += 1
        due = self._began + self._index / _FPS
        late = time.monotonic() - due
        if late > 0.5:  # as a driver does: what nobody took is gone
            self._index += int(late * _FPS)
        time.sleep(max(0.0, due - time.monotonic()))
        return Frame(self._images[self._index % len(self._images)], self._index, time.monotonic())

    def close(self) -> None:
        pass


class Block(NamedTuple):
    """The end of one turn. Milliseconds over the last 300 animated frames; fps over the last two seconds."""

    governed: bool
    level: int
    portrait: int
    animated_fps: float
    step_p50_ms: float
    latency_p50_ms: float
    latency_p95_ms: float


def block(live: Live, seconds: float, *, governed: bool) -> Block:
    """One turn."""
    live.change_pace(governor=governed, fps_cap=None).result(10)
    time.sleep(seconds)
    status = live.status()
    measured, level = status.pipeline.measured, status.governor.level
    assert measured.step is not None
    assert measured.latency is not None
    return Block(
        governed,
        level.number,
        level.portrait_size,
        measured.engine_fps,
        measured.step.p50_ms,
        measured.latency.p50_ms,
        measured.latency.p95_ms,
    )


def main() -> None:
    """Print a row for each turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--portrait-size", type=int, default=768)
    parser.add_argument("--runtime", default="eager")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    with tempfile.TemporaryDirectory() as folder:
        request = LiveRequest(
            EMBEDDED_MODEL,
            camera="drawn ahead",
            folders=(AVATARS, Path(folder)),
            output=False,
            portrait_size=arguments.portrait_size,
            runtime=arguments.runtime,
        )
        with Live(request, open_source=DrawnAhead) as live:
            while live.status().pipeline.showing is not Showing.ANIMATED:
                time.sleep(0.1)
            time.sleep(5)  # avatars are being encoded
            print(f"{live.status().runtime}\n")
            print("| governor | level | portrait | animated fps | step p50 ms | latency p50 ms | p95 ms |")
            print("|---|---|---|---|---|---|---|")
            for _ in range(arguments.rounds):
                for governed in (False, True):
                    now = block(live, arguments.seconds, governed=governed)
                    print(
                        f"| {'on' if now.governed else 'off'} | {now.level} | {now.portrait} | {now.animated_fps:.1f} "
                        f"| {now.step_p50_ms:.0f} | {now.latency_p50_ms:.0f} | {now.latency_p95_ms:.0f} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()

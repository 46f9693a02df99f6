"""A long call on the device rig: memory, threads, rate and latency minute by minute, with the camera unplugged every minute.

usage: OMP_WAIT_POLICY=PASSIVE python -m benchmarks.soak [--minutes 30] [--model FILE]      (Linux, root and /dev/fuse: see
tests/rig; the app sets the same for itself)
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from avatarify.camera.open_camera import open_camera
from avatarify.live.live import Live
from avatarify.live.request import LiveRequest
from avatarify.paths import EMBEDDED_MODEL
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.options import PipelineOptions
from avatarify.virtual_camera.virtual_camera import PyVirtualCamera
from benchmarks.film import write_film
from tests.rig.fake_devices import FakeDevices

CAMERA, LOOPBACK = "video0", "video10"
_UNPLUGGED_S = 3.0


class Minute(NamedTuple):
    """memory_mb: resident. fps: pictures that reached the virtual camera, a second. back_s: from the replug to the next
    animated picture; None where the camera stayed plugged in. level: the governor's; 0 is everything."""

    number: int
    memory_mb: float
    threads: int
    files: int
    fps: float
    animated_fps: float
    p50_ms: float
    p95_ms: float
    added_p50_ms: float
    back_s: float | None
    level: int


def soak(model: Path, minutes: int, film: Path, *, portrait_size: int, governor: bool) -> list[Minute]:
    """One row a minute, printed as it comes."""
    rows = []
    camera = f"{CAMERA}=camera:640x480@30:MJPG:{film}"
    with FakeDevices(camera, f"{LOOPBACK}=loopback:Avatarify") as rig:
        request = LiveRequest(
            model,
            camera=rig.path(CAMERA),
            device=rig.path(LOOPBACK),
            portrait_size=portrait_size,
            governor=governor,
            pipeline=PipelineOptions(),  # no rest, though nobody reads
        )
        live = Live(
            request,
            open_source=lambda: open_camera(rig.path(CAMERA)),
            open_output=lambda standby, _: PyVirtualCamera(rig.path(LOOPBACK), standby=standby),
        )
        with live:
            _wait(live, Showing.ANIMATED)
            for number in range(1, minutes + 1):
                rows.append(_minute(live, rig, number))
                print(_line(rows[-1]), flush=True)
    return rows


def _minute(live: Live, rig: FakeDevices, number: int) -> Minute:
    began, sent = time.monotonic(), live.status().pipeline.measured.sent
    animated = live.status().pipeline.measured.animated_frames
    time.sleep(30)
    status = live.status().pipeline.measured
    time.sleep(20)
    rig.unplug(CAMERA)
    time.sleep(_UNPLUGGED_S)
    rig.plug(CAMERA)
    plugged = time.monotonic()
    _wait(live, Showing.ANIMATED)
    back_s = time.monotonic() - plugged
    time.sleep(max(0.0, began + 60 - time.monotonic()))
    seconds, measured = time.monotonic() - began, live.status().pipeline.measured
    latency, added = status.latency, status.added
    return Minute(
        number,
        _resident_mb(),
        threading.active_count(),
        len(list(Path("/proc/self/fd").iterdir())),
        (measured.sent - sent) / seconds,
        (measured.animated_frames - animated) / seconds,
        latency.p50_ms if latency else float("nan"),
        latency.p95_ms if latency else float("nan"),
        added.p50_ms if added else float("nan"),
        back_s,
        live.status().governor.level.number,
    )


def _wait(live: Live, showing: Showing, limit_s: float = 60.0) -> None:
    until = time.monotonic() + limit_s
    while live.status().pipeline.showing is not showing:
        if time.monotonic() > until:
            raise TimeoutError(f"waited {limit_s:.0f} s for {showing}: {live.status()}")
        time.sleep(0.01)


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _line(row: Minute) -> str:
    back = "-" if row.back_s is None else f"{row.back_s:.1f}"
    return (
        f"| {row.number} | {row.memory_mb:.1f} | {row.threads} | {row.files} | {row.fps:.2f} | {row.animated_fps:.1f} | "
        f"{row.p50_ms:.0f} | {row.p95_ms:.0f} | {row.added_p50_ms:.1f} | {back} | {row.level} |"
    )


def main() -> int:
    """Print the table; 1 if memory grew by 5 MB or more after minute 2, or threads leaked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--portrait-size", type=int, default=512)
    parser.add_argument("--no-governor", action="store_true", help="always do everything (level 0)")
    parser.add_argument("--model", type=Path, default=EMBEDDED_MODEL)
    arguments = parser.parse_args()
    print(
        "| minute | MB | threads | files | fps sent | fps animated | p50 ms | p95 ms | added p50 ms | back after s | level |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder  # the user's own calibrations are left alone
        film = write_film(Path(folder) / "film.mp4")
        rows = soak(
            arguments.model,
            arguments.minutes,
            film,
            portrait_size=arguments.portrait_size,
            governor=not arguments.no_governor,
        )
    settled = rows[1:] or rows
    grown = settled[-1].memory_mb - settled[0].memory_mb
    threads = settled[-1].threads - settled[0].threads
    print(f"memory grew by {grown:.1f} MB after minute 2, threads by {threads}")
    return 1 if grown >= 5 or threads > 0 else 0


if __name__ == "__main__":
    sys.exit(main())

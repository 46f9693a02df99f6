"""How fast the runtimes are beside the naive use of the full network, from the camera's MJPEG frame to the uint8 picture.

usage: python -m benchmarks.speed [--only vox lite-256 lite-512] [--rounds N] [--runtimes NAME ...]

Every runtime runs in every precision that it has, in a process of its own; they take turns in blocks, so quote the ratios.
The naive path (avatarify/bench/naive.py) is the same in all tables: the paper's face network at 256 px with random weights,
eager float32, nothing cached. How far fewer bits are from float32 on clips of people: benchmarks/precision.py.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np

from avatarify.bench.accuracy import accuracy, yardstick
from avatarify.bench.contenders import NaiveContender
from avatarify.bench.footage import drawn_footage
from avatarify.bench.lineup import Lineup, PassedOver, reasons
from avatarify.bench.random_model import write_random_model
from avatarify.bench.rounds import Plan, median_ms, take_turns, times_faster
from avatarify.bench.runner import Block, Runs
from avatarify.bench.worker import Worker
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.model.config import VOX_256
from avatarify.paths import EMBEDDED_MODEL
from avatarify.runtime.base import RUNTIMES
from benchmarks.calibrate_int8 import write_ranges

_COMPARED = 6
_BLOCK_S = 0.9


class Group(NamedTuple):
    """One table. side: of the portrait, None for the model's own."""

    name: str
    title: str
    model: Path
    side: int | None


def print_speed(
    group: Group, naive: Path, options: argparse.Namespace, refused: dict[tuple[str, str], PassedOver]
) -> None:
    """One table, the naive path first."""
    lineup = Lineup(group.model, tuple(options.runtimes), device=options.device, compose=False)
    footage = drawn_footage()
    expected = yardstick(group.model, footage, group.side, _COMPARED)
    with ExitStack() as stack:
        slow = stack.enter_context(Worker(NaiveContender(naive, options.device), footage))
        workers = [entry.runs for entry in lineup.open(group.side, footage, stack, refused)]
        errors = [accuracy(worker.pictures(_COMPARED), expected) for worker in workers]
        turns = take_turns([slow, *workers], Plan(options.rounds, _BLOCK_S))
        print(f"\n## {group.title}\n\n{slow.ready.description.device_name}; {options.rounds} rounds\n")
        print("| path | ms, median | p95 | fps | x naive | warm-up, s | memory, MB | error, max / mean |")
        print("|---|---|---|---|---|---|---|---|")
        print(f"| naive, full network | {_times(turns[0])} | 1.00 | {_start(slow)} | |")
        for worker, blocks, error in zip(workers, turns[1:], errors, strict=True):
            ratio = times_faster(turns[0], blocks)
            apart = f"{error.max_error:.0f} / {error.mean_error:.3f}"
            name = f"{worker.ready.description.name} {worker.ready.description.precision}"
            print(f"| {name} | {_times(blocks)} | {ratio:.2f} | {_start(worker)} | {apart} |", flush=True)


def _times(blocks: Sequence[Block]) -> str:
    every = [ms for block in blocks for ms in block.whole_ms]
    middle = median_ms(blocks)
    return f"{middle:.1f} | {np.percentile(every, 95):.1f} | {1000 / middle:.1f}"


def _start(worker: Runs) -> str:
    return f"{worker.ready.warm_up_s:.2f} | {worker.close():.0f}"


def main() -> None:
    """Print the tables."""
    names = ("vox", "lite-256", "lite-512")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=names, default=list(names))
    parser.add_argument("--rounds", type=int, default=4, help="turns of each path in each table (4)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (auto)")
    parser.add_argument("--runtimes", nargs="+", default=list(RUNTIMES), choices=list(RUNTIMES))
    options = parser.parse_args()
    refused: dict[tuple[str, str], PassedOver] = {}
    with tempfile.TemporaryDirectory() as folder:
        vox = write_random_model(Path(folder) / "vox-256.safetensors", VOX_256)
        with SyntheticCamera(
            size=(256, 256), fps=2.0
        ) as camera:  # an int8 decoder of random weights says how fast, not how good
            write_ranges(vox, [[frame.image for frame in camera.frames(4)]], 2, doublings=True)
        groups = (
            Group("vox", "Full network (vox-256), 256 px", vox, None),
            Group("lite-256", "Embedded model, 256 px", EMBEDDED_MODEL, 256),
            Group("lite-512", "Embedded model, 512 px", EMBEDDED_MODEL, 512),
        )
        for group in groups:
            if group.name in options.only:
                print_speed(group, vox, options, refused)
    for reason in reasons(list(refused.values())):
        print(f"\n{reason}")


if __name__ == "__main__":
    main()

"""How fast the runtimes are beside the naive use of the full network, from the camera's MJPEG frame to the uint8 picture.

usage: python -m benchmarks.speed [--only vox lite-256 lite-512] [--rounds N] [--runtimes NAME ...] [--clips DIR]

Every runtime runs in every precision that it has, in a process of its own; they take turns in blocks, so quote the ratios.
The naive path (avatarify/bench/naive.py) is the same in all tables: the paper's face network at 256 px with random weights,
eager float32, nothing cached. The full network runs in int8 twice: with the transposed convolutions that double the size in int8,
too, and with these in float32, as the embedded model has them. --clips: a folder of face clips, on which the embedded
model's reduced precisions are judged last (benchmarks/precision.py).
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np

from avatarify.bench.accuracy import Start, accuracy, yardstick
from avatarify.bench.contenders import NaiveContender
from avatarify.bench.footage import Footage, drawn_footage
from avatarify.bench.lineup import Entry, Lineup, PassedOver, reasons
from avatarify.bench.random_model import write_random_model
from avatarify.bench.rounds import Plan, median_ms, take_turns, times_faster
from avatarify.bench.runner import Block, Runs
from avatarify.bench.worker import Worker
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.model.config import VOX_256
from avatarify.paths import EMBEDDED_MODEL
from avatarify.runtime.base import RUNTIMES
from benchmarks import precision
from benchmarks.calibrate_int8 import write_ranges

_COMPARED = 6
_BLOCK_S = 0.9


class Group(NamedTuple):
    """One table. side: of the portrait, None for the model's own. gentle: the same weights with doublings that stay float32 in
    int8; then in `model` they are int8, too."""

    name: str
    title: str
    model: Path
    side: int | None
    gentle: Path | None = None


class Row(NamedTuple):
    """note: what tells it from another of the same runtime and precision."""

    runs: Runs
    note: str = ""

    @property
    def name(self) -> str:
        told = self.runs.ready.description
        return f"{told.name} {told.precision}{self.note}"


def print_speed(
    group: Group,
    naive: Path,
    options: argparse.Namespace,
    refused: dict[tuple[str, str], PassedOver],
    *,
    start: Start = Worker,
) -> None:
    """One table, the naive path first."""
    footage = drawn_footage()
    expected = yardstick(group.model, footage, group.side, _COMPARED, start=start)
    with ExitStack() as stack:
        slow = stack.enter_context(start(NaiveContender(naive, options.device), footage))
        rows = opened(group, options, footage, stack, refused, start=start)
        errors = [accuracy(row.runs.pictures(_COMPARED), expected) for row in rows]
        turns = take_turns([slow, *(row.runs for row in rows)], Plan(options.rounds, options.block))
        print(f"\n## {group.title}\n\n{slow.ready.description.device_name}; {options.rounds} rounds\n")
        print("| path | ms, median | p95 | fps | x naive | warm-up, s | memory, MB | error, max / mean |")
        print("|---|---|---|---|---|---|---|---|")
        print(f"| naive, full network | {_times(turns[0])} | 1.00 | {_start(slow)} | |")
        for row, blocks, error in zip(rows, turns[1:], errors, strict=True):
            ratio = times_faster(turns[0], blocks)
            apart = f"{error.max_error:.0f} / {error.mean_error:.3f}"
            print(f"| {row.name} | {_times(blocks)} | {ratio:.2f} | {_start(row.runs)} | {apart} |", flush=True)


def opened(
    group: Group,
    options: argparse.Namespace,
    footage: Footage,
    stack: ExitStack,
    refused: dict[tuple[str, str], PassedOver],
    *,
    start: Start,
) -> list[Row]:
    """Every runtime in every precision, and in int8 the gentle way beside the other."""
    lineup = Lineup(group.model, tuple(options.runtimes), device=options.device, compose=False)
    entries: list[Entry] = lineup.open(group.side, footage, stack, refused, start=start)
    if group.gentle is None:
        return [Row(entry.runs) for entry in entries]
    rows: list[Row] = []
    for entry in entries:
        in_int8 = entry.runs.ready.description.precision == "int8"
        rows.append(Row(entry.runs, ", doublings too" if in_int8 else ""))
        if in_int8:
            also = Lineup(group.gentle, (entry.runtime,), ("int8",), options.device, compose=False)
            more = also.open(group.side, footage, stack, refused, start=start)
            rows += [Row(one.runs, ", doublings float32") for one in more]
    return rows


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
    parser.add_argument("--block", type=float, default=_BLOCK_S, help=f"seconds of a turn ({_BLOCK_S})")
    parser.add_argument("--clips", type=Path, metavar="DIR", help="face clips, 256x256, on which precisions are judged")
    parser.add_argument("--frames", type=int, default=24, help="of each clip (24)")
    parser.add_argument("--runtimes", nargs="+", default=list(RUNTIMES), choices=list(RUNTIMES))
    options = parser.parse_args()
    refused: dict[tuple[str, str], PassedOver] = {}
    with tempfile.TemporaryDirectory() as folder:
        vox = write_random_model(Path(folder) / "vox-256.safetensors", VOX_256)
        gentle = write_int8(vox, Path(folder) / "gentle.safetensors")
        groups = (
            Group("vox", "Full network (vox-256), 256 px", vox, None, gentle),
            Group("lite-256", "Embedded model, 256 px", EMBEDDED_MODEL, 256),
            Group("lite-512", "Embedded model, 512 px", EMBEDDED_MODEL, 512),
        )
        for group in groups:
            if group.name in options.only:
                print_speed(group, vox, options, refused)
    for reason in reasons(list(refused.values())):
        print(f"\n{reason}")
    if options.clips is not None:
        print(f"\n## Embedded model on {options.clips.name}, {options.frames} frames of each clip\n")
        for line in precision.table(options.clips, EMBEDDED_MODEL, options.frames):
            print(line, flush=True)


def write_int8(model: Path, gentle: Path) -> Path:
    """Ranges for a model, doublings among them, and for a copy of it, whose doublings stay float32. An int8 decoder of random
    weights says how fast, not how good. Returns the copy."""
    shutil.copyfile(model, gentle)
    with SyntheticCamera(size=(256, 256), fps=2.0) as camera:
        clip = [frame.image for frame in camera.frames(4)]
    write_ranges(model, [clip], 2, doublings=True)
    write_ranges(gentle, [clip], 2, doublings=False)
    return gentle


if __name__ == "__main__":
    main()

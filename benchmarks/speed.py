"""How fast the runtimes are beside the naive use of the full network, from the camera's MJPEG frame to the uint8 picture.

usage: python -m benchmarks.speed [--only vox lite-256 lite-512] [--rounds N] [--clips FOLDER]

Every runtime runs in every precision that it has, in a process of its own; they take turns in blocks, so quote the ratios.
The naive path (avatarify/bench/naive.py) is the same in all tables: the paper's face network at 256 px with random weights,
eager float32, nothing cached. --clips adds how far reduced precision is from eager float32 with the embedded model on clips
that it has not seen.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from avatarify.bench.accuracy import Accuracy, accuracy, yardstick
from avatarify.bench.benchmark import everything
from avatarify.bench.contenders import NaiveContender, RuntimeContender
from avatarify.bench.footage import Footage, drawn_footage, pressed
from avatarify.bench.random_model import write_random_model
from avatarify.bench.rounds import Plan, median_ms, take_turns, times_faster
from avatarify.bench.runner import Block
from avatarify.bench.worker import Worker
from avatarify.errors import RuntimeUnavailableError
from avatarify.media.video_reader import VideoReader
from avatarify.model.config import VOX_256
from avatarify.paths import EMBEDDED_MODEL

_COMPARED = 6
_CLIP_FRAMES = 24
_BLOCK_S = 0.9


class Group(NamedTuple):
    """One table. side: of the portrait, None for the model's own."""

    name: str
    title: str
    model: Path
    side: int | None


def contenders(model: Path, side: int | None, device: str) -> list[RuntimeContender]:
    """Every runtime in every precision, also those that will refuse."""
    runtimes, precisions = everything()
    return [
        RuntimeContender(runtime, model, device, precision, side, compose=False)
        for runtime in runtimes
        for precision in precisions
    ]


def opened(
    candidates: Sequence[RuntimeContender], footage: Footage, stack: ExitStack, refused: dict[str, str]
) -> list[Worker]:
    """Those that can run here. refused: name to reason, added to; who is in it already is not tried again."""
    workers = []
    for candidate in candidates:
        if candidate.name in refused:
            continue
        try:
            workers.append(stack.enter_context(Worker(candidate, footage)))
        except RuntimeUnavailableError as error:
            refused[candidate.name] = error.message
    return workers


def print_speed(group: Group, naive: Path, rounds: int, device: str, refused: dict[str, str]) -> None:
    """One table, the naive path first."""
    footage = drawn_footage()
    expected = yardstick(group.model, footage, group.side, _COMPARED)
    with ExitStack() as stack:
        slow = stack.enter_context(Worker(NaiveContender(naive, device), footage))
        workers = opened(contenders(group.model, group.side, device), footage, stack, refused)
        errors = [accuracy(worker.pictures(_COMPARED), expected) for worker in workers]
        turns = take_turns([slow, *workers], Plan(rounds, _BLOCK_S))
        print(f"\n## {group.title}\n\n{slow.ready.description.device_name}; {rounds} rounds\n")
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


def _start(worker: Worker) -> str:
    return f"{worker.ready.warm_up_s:.2f} | {worker.close():.0f}"


def print_accuracy(folder: Path, sides: Sequence[int], device: str, refused: dict[str, str]) -> None:
    """Each runtime and precision against eager float32 on the clips of a folder; the worst clip counts."""
    films = {path.stem: clip_footage(path) for path in sorted(folder.glob("*.mp4"))}
    print(f"\n## Accuracy of the embedded model on {len(films)} clips, {_CLIP_FRAMES} frames in a row of each\n")
    print("| path | size | PSNR, dB, least | error, max / mean | keypoint shift, px at 256 | change between frames |")
    print("|---|---|---|---|---|---|")
    for side in sides:
        expected = {name: yardstick(EMBEDDED_MODEL, film, side, _CLIP_FRAMES) for name, film in films.items()}
        for candidate in contenders(EMBEDDED_MODEL, side, device):
            found: list[Accuracy] = []
            for name, film in films.items():
                with ExitStack() as stack:
                    for worker in opened([candidate], film, stack, refused):
                        found.append(accuracy(worker.pictures(_CLIP_FRAMES), expected[name]))
            if found:
                print(f"| {candidate.name} | {side} | {_worst(found)} |", flush=True)


def _worst(found: Sequence[Accuracy]) -> str:
    psnr = min(one.psnr_db for one in found)
    changes = [one.change_ratio for one in found if one.change_ratio is not None]
    return (
        f"{'equal' if math.isinf(psnr) else f'{psnr:.1f}'} | "
        f"{max(one.max_error for one in found):.0f} / {statistics.mean(one.mean_error for one in found):.3f} | "
        f"{max(one.keypoint_shift_px for one in found):.3f} | {min(changes):.3f} to {max(changes):.3f}"
    )


def clip_footage(path: Path) -> Footage:
    """The clip's first frames as a camera's, and its very first as the portrait."""
    with VideoReader(path) as reader:
        frames = [frame.image for frame in islice(reader, _CLIP_FRAMES)]
    height, width = frames[0].shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return Footage(pressed(frames, 95), np.ascontiguousarray(frames[0][top : top + side, left : left + side]))


def main() -> None:
    """Print the tables."""
    names = ("vox", "lite-256", "lite-512")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=names, default=list(names))
    parser.add_argument("--rounds", type=int, default=5, help="turns of each path in each table (5)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda (auto)")
    parser.add_argument("--clips", type=Path, help="a folder of .mp4 that the embedded model has not seen")
    options = parser.parse_args()
    refused: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        vox = write_random_model(Path(folder) / "vox-256.safetensors", VOX_256)
        groups = (
            Group("vox", "Full network (vox-256), 256 px", vox, None),
            Group("lite-256", "Embedded model, 256 px", EMBEDDED_MODEL, 256),
            Group("lite-512", "Embedded model, 512 px", EMBEDDED_MODEL, 512),
        )
        for group in groups:
            if group.name in options.only:
                print_speed(group, vox, options.rounds, options.device, refused)
    if options.clips is not None:
        print_accuracy(options.clips, (256, 512), options.device, refused)
    for name, reason in refused.items():
        print(f"\nnot {name}: {reason}")


if __name__ == "__main__":
    main()

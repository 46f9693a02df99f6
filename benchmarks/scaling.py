"""What a frame costs against the size of its picture, the number of keypoints and the size of a batch: prints three tables.

usage: python -m benchmarks.scaling [--rounds N] [--runtime NAME] [--device NAME]

Sizes and keypoints: the way of a frame on the automatic runtime, each in a process of its own, in turns. Batches: the networks
themselves in eager torch, from keypoints to picture with an encoded source. Quote the ratios.
"""

from __future__ import annotations

import argparse
import dataclasses
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import torch

from avatarify.bench.contenders import RuntimeContender
from avatarify.bench.footage import drawn_footage
from avatarify.bench.random_model import write_random_model
from avatarify.bench.rounds import Plan, median_ms, take_turns, times_faster
from avatarify.bench.worker import Worker
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.config import LITE, VOX_256
from avatarify.paths import EMBEDDED_MODEL
from avatarify.runtime.device import exact

SIZES = (256, 384, 512, 768, 1024)
KEYPOINTS = (5, 10, 15, 20)
BATCHES = (1, 2, 4, 8, 16)
_BLOCK_S = 0.8


def print_sizes(plan: Plan, runtime: str, device: str) -> None:
    """The embedded model's picture, from the camera's JPEG to uint8."""
    footage = drawn_footage()
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                Worker(RuntimeContender(runtime, EMBEDDED_MODEL, device, side=side, compose=False), footage)
            )
            for side in SIZES
        ]
        turns = take_turns(workers, plan)
        print(f"\n{workers[0].ready.description}\n\n| picture | ms, median | cost against 256 |\n|---|---|---|")
        for side, blocks in zip(SIZES, turns, strict=True):
            print(f"| {side} | {median_ms(blocks):.1f} | {times_faster(blocks, turns[0]):.2f} |")


def print_keypoints(plan: Plan, runtime: str, device: str, folder: Path) -> None:
    """The embedded model's shape with random weights and another number of keypoints, 512 px."""
    footage = drawn_footage()
    with ExitStack() as stack:
        workers = []
        for count in KEYPOINTS:
            model = write_random_model(folder / f"{count}.safetensors", dataclasses.replace(LITE, num_keypoints=count))
            contender = RuntimeContender(runtime, model, device, side=512, compose=False)
            workers.append(stack.enter_context(Worker(contender, footage)))
        turns = take_turns(workers, plan)
        ten = turns[KEYPOINTS.index(10)]
        print("\n| keypoints | ms, median | cost against 10 |\n|---|---|---|")
        for count, blocks in zip(KEYPOINTS, turns, strict=True):
            print(f"| {count} | {median_ms(blocks):.1f} | {times_faster(blocks, ten):.2f} |")


@torch.inference_mode()
def print_batches(rounds: int, device: str, model: Path, title: str, side: int) -> None:
    """Pictures a second against one at a time: what a machine has left for several portraits, or a film."""
    target = torch.device("cuda" if device == "auto" and torch.cuda.is_available() else device.replace("auto", "cpu"))
    network = load_checkpoint(model).build().to(target)
    times: dict[int, list[float]] = {batch: [] for batch in BATCHES}
    with exact(target):
        for _ in range(rounds):
            for batch in BATCHES:
                portrait = torch.rand(batch, 3, side, side, device=target)
                features, keypoints = network.encode(portrait), network.detect(portrait)
                network(features, keypoints, keypoints)  # not counted: caches and clocks are cold
                for _ in range(2):
                    began = time.perf_counter()
                    driving = network.detect(portrait)
                    network(features, keypoints, driving).image.sum().item()  # waits for the device
                    times[batch].append((time.perf_counter() - began) * 1000)
    print(
        f"\n{title}, eager float32 on {target}\n\n| batch | ms a picture, median | throughput against 1 |\n|---|---|---|"
    )
    alone = statistics.median(times[1])
    for batch in BATCHES:
        each = statistics.median(times[batch]) / batch
        print(f"| {batch} | {each:.1f} | {alone / each:.2f} |", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each row (5)")
    parser.add_argument("--runtime", default="auto")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    plan = Plan(options.rounds, _BLOCK_S)
    print_sizes(plan, options.runtime, options.device)
    with tempfile.TemporaryDirectory() as folder:
        print_keypoints(plan, options.runtime, options.device, Path(folder))
        print_batches(options.rounds, options.device, EMBEDDED_MODEL, "Embedded model, 256 px", 256)
        vox = write_random_model(Path(folder) / "vox.safetensors", VOX_256)
        print_batches(1, options.device, vox, "Full network, 256 px", 256)


if __name__ == "__main__":
    main()

"""What a training step costs: pairs a second and memory of each configuration, and how fast pairs are made.

usage: python -m benchmarks.training_speed [--config NAME ...] [--batch N] [--precision P] [--size S] [--faces FOLDER] [--threads N]
       [--init FILE] [--keep-denormals]

Every configuration runs in a process of its own on random pictures, after two steps of warming up. The perceptual network
has random weights: they cost as much as trained ones. --init begins with a trained model, whose heat maps are nearly 0 almost
everywhere; --keep-denormals computes with such small numbers, as torch does by itself. --faces measures the making of pairs
instead, in 0, 1 and 2 processes.
"""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
import resource
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import cast

import torch

from avatarify.perceptual.backbones import BACKBONES, Backbone
from avatarify.train.cache import open_cache
from avatarify.train.checkpoint import new_state
from avatarify.train.config import DataConfig, TrainConfig
from avatarify.train.dataset import Batch, PairDataset, make_batches, stored_side
from avatarify.train.distributed import World
from avatarify.train.landmarks import Landmarks
from avatarify.train.loop import RunOptions, objectives, step_once
from avatarify.train.meshes import open_meshes
from avatarify.train.objective import Networks
from avatarify.train.recipes import CONFIGS
from avatarify.train.sources import find_sources
from avatarify.train.speed import denormals_flushed
from avatarify.train.transform import Transform


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", nargs="+", default=["lite", "vox", "vox-adv"], choices=list(CONFIGS))
    parser.add_argument("--batch", type=int, help="pairs a step, if not the configuration's")
    parser.add_argument("--precision")
    parser.add_argument("--size", type=int, help="pixels, if not the configuration's largest")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--faces", type=Path)
    parser.add_argument("--init", type=Path, metavar="FILE")
    parser.add_argument("--keep-denormals", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.faces is not None:
        making_of_pairs(options.faces, options.threads)
        return
    print(
        "| configuration | size | batch | precision | s a step | pairs/s | peak memory, GB |\n|---|---|---|---|---|---|---|"
    )
    for name in options.config:
        process = multiprocessing.get_context("spawn").Process(target=measure, args=(name, options))
        process.start()
        process.join()


def measure(name: str, options: argparse.Namespace) -> None:
    """Prints one row."""
    with nullcontext() if options.keep_denormals else denormals_flushed():
        _measure(name, options)


def _measure(name: str, options: argparse.Namespace) -> None:
    torch.set_num_threads(options.threads)
    config = CONFIGS[name]
    changes = {"batch": options.batch, "precision": options.precision}
    config = dataclasses.replace(config, **{key: value for key, value in changes.items() if value is not None})
    world = World.alone(options.device)
    state = new_state(config, world.device, init=options.init)
    backbone = cast(Backbone, BACKBONES[config.perceptual].build().eval().requires_grad_(False))
    run = RunOptions(Path(), steps=100, compile=options.compile)
    generator, discriminator = objectives(config, run, Networks(backbone), state, world)
    size = options.size or config.largest
    batch = random_batch(config, size).to(world.device)
    durations = []
    for _ in range(2 + options.steps):
        started = time.perf_counter()
        terms = step_once(config, run, state, generator, discriminator, batch)
        terms.total.item()  # waits for the device
        durations.append(time.perf_counter() - started)
    best = min(durations[2:])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    if world.device.type == "cuda":
        memory = torch.cuda.max_memory_allocated() / 1e9
    row = (name, size, config.batch, config.precision, f"{best:.2f}", f"{config.batch / best:.2f}", f"{memory:.1f}")
    print(f"| {' | '.join(map(str, row))} |", flush=True)


def random_batch(config: TrainConfig, size: int) -> Batch:
    """Pictures of noise, uint8 as the loader gives them."""
    pictures = torch.randint(0, 256, (3, config.batch, size, size, 3), dtype=torch.uint8).permute(0, 1, 4, 2, 3)
    points = config.transform.spline_points**2
    transform = Transform(torch.eye(2, 3).expand(config.batch, 2, 3).clone(), torch.zeros(config.batch, points))
    count = config.landmarks.count
    landmarks = Landmarks(torch.rand(config.batch, count, 2) * 2 - 1, torch.ones(config.batch, count))
    return Batch(pictures[0], pictures[1], pictures[2], transform, landmarks, landmarks)


def making_of_pairs(faces: Path, threads: int) -> None:
    """Prints a table: pairs a second from clips and portraits, and of drawn characters, by size and number of processes."""
    print("| pairs of | size | processes | pairs/s |\n|---|---|---|---|")
    sources = find_sources([faces])
    for name in ("lite", "vox"):
        config = CONFIGS[name]
        with tempfile.TemporaryDirectory() as folder:
            side = stored_side(config.largest, config.data.augment.crop)
            cache = open_cache(sources, Path(folder), side=side, frames_per_clip=40)
            for workers in (0, 1, 2):
                meshes = open_meshes(cache) if config.needs_meshes else None
                rate = pairs_per_second(PairDataset(config, cache, meshes), workers, 80)
                print(f"| files, as {name} | {config.largest} | {workers} | {rate:.0f} |", flush=True)
        drawn = dataclasses.replace(config, data=DataConfig(drawn_share=1.0))
        print(
            f"| drawings | {config.largest} | 0 | {pairs_per_second(PairDataset(drawn, None), 0, 4):.1f} |", flush=True
        )
    torch.set_num_threads(threads)


def pairs_per_second(dataset: PairDataset, workers: int, steps: int) -> float:
    """After the first batch, which starts the processes."""
    batches = make_batches(dataset, first_step=0, steps=steps, workers=workers)
    next(batches)
    started = time.perf_counter()
    count = sum(len(batch.source) for batch in batches)
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    main()

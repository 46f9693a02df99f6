"""Train the embedded model's shape on one batch, over and over: if it cannot learn that by heart, something is broken.

usage: python -m benchmarks.overfit_one_batch CLIPS [--steps N] [--batch N] [--perceptual-file FILE]

Prints the L1 of the result and the equivariance losses as they fall. CLIPS is a folder of videos.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
from pathlib import Path

import torch

from avatarify.perceptual.backbones import load_backbone
from avatarify.train.cache import open_cache
from avatarify.train.checkpoint import new_state
from avatarify.train.config import AugmentConfig, DataConfig, LossWeights
from avatarify.train.dataset import PairDataset, make_batches
from avatarify.train.distributed import World
from avatarify.train.loop import RunOptions, objectives, step_once
from avatarify.train.objective import Networks
from avatarify.train.recipes import CONFIGS
from avatarify.train.sources import find_sources


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--perceptual", default="mobilenet")
    parser.add_argument("--perceptual-file", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    config = dataclasses.replace(
        CONFIGS["lite"],
        batch=options.batch,
        data=DataConfig(augment=AugmentConfig(flip=False), far_pairs=2),
        weights=LossWeights(perceptual=0.2, pixel=20.0, warp=10.0, paint=10.0),
        perceptual=options.perceptual,
        learning_rate=1e-3,
        milestones=(24, 28),
    )
    with tempfile.TemporaryDirectory() as folder:
        cache = open_cache(find_sources([options.clips]), Path(folder), side=config.largest, frames_per_clip=60)
        world, run = World.alone(), RunOptions(Path(), steps=options.steps)
        state = new_state(config, world.device)
        networks = Networks(load_backbone(config.perceptual, options.perceptual_file))
        generator, discriminator = objectives(config, run, networks, state, world)
        batch = next(make_batches(PairDataset(config, cache), first_step=0, steps=1)).to(world.device)
    print(f"source unchanged: {float((batch.source - batch.driving).abs().mean()):.4f}")
    for step in range(options.steps):
        losses = step_once(config, run, state, generator, discriminator, batch).losses
        state.step += 1
        if step % 20 == 0 or step == options.steps - 1:
            print(
                f"step {step:4}  L1 {float(losses.pixel):.4f}  warp {float(losses.warp):.4f}  paint {float(losses.paint):.4f}"
                f"  equivariance {float(losses.equivariance_value):.4f} {float(losses.equivariance_jacobian):.4f}",
                flush=True,
            )


if __name__ == "__main__":
    main()

"""A short run, started by hand or by torch's launcher: python -m tests.train.short_run CACHE_OF OUTPUT STEPS"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import torch

from avatarify.perceptual.backbones import load_backbone
from avatarify.train.cache import open_cache
from avatarify.train.config import TrainConfig
from avatarify.train.dataset import PairDataset
from avatarify.train.distributed import joined_world
from avatarify.train.loop import RunOptions, train
from avatarify.train.objective import Networks
from avatarify.train.sources import find_sources
from tests.train.films import TINY

# Adam's first steps have the sign of the gradient, however small it is: at a usual rate rounding alone, which differs
# between one sum and two halves of it, would grow within steps to differences that say nothing.
CONFIG: TrainConfig = dataclasses.replace(
    TINY,
    model=dataclasses.replace(TINY.model, generator=dataclasses.replace(TINY.model.generator, cue_width=4)),
    weights=dataclasses.replace(TINY.weights, generator_adversarial=1.0, feature_matching=10.0),
    learning_rate=1e-6,
    milestones=(),
)


def main(films: Path, output: Path, steps: int) -> None:
    """Every process of the launcher runs this alike."""
    torch.set_num_threads(1)
    with joined_world(torch.device("cpu")) as world:
        cache = open_cache(find_sources([films]), films / "cache", side=TINY.largest)
        options = RunOptions(output, steps=steps, log_every=1, save_every=0, preview_every=0)
        train(CONFIG, PairDataset(CONFIG, cache), options, Networks(load_backbone("filters")), world=world)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

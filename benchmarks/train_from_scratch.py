"""Train the embedded model's shape from nothing for a limited time and say how well it moves faces it has never seen.

usage: python -m benchmarks.train_from_scratch FACES --output DIR [--minutes M] [--perceptual-file FILE]

FACES has train/ and heldout/video/. Only train/ is learned from. For every held-out clip prints the L1 of 12 reconstructed
frames (absolute keypoints, 256 px) as a share of the L1 of the source frame left unchanged: less than 1 is a gain.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.media.progress import Progress
from avatarify.media.video_reader import VideoReader
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.network import FirstOrderModel
from avatarify.perceptual.backbones import load_backbone
from avatarify.train.cache import open_cache
from avatarify.train.dataset import PairDataset, stored_side
from avatarify.train.distributed import World
from avatarify.train.log import read_log
from avatarify.train.loop import RunOptions, train
from avatarify.train.meshes import open_meshes
from avatarify.train.objective import Networks
from avatarify.train.recipes import CONFIGS
from avatarify.train.sources import find_sources

FRAMES = 12
SIZE = 256


class Reconstruction(NamedTuple):
    """Mean |picture - driving frame| in [0,1], of the model and of the source frame left unchanged."""

    clip: str
    model: float
    unchanged: float

    @property
    def ratio(self) -> float:
        return self.model / self.unchanged


@torch.inference_mode()
def reconstruct(model: FirstOrderModel, clip: Path) -> Reconstruction:
    """The first frame is the source; 12 frames, evenly spaced over the rest, drive it."""
    with VideoReader(clip) as reader:
        frames = [torch.from_numpy(frame.image) for frame in reader]
    picked = np.linspace(0, len(frames) - 1, FRAMES + 1).round().astype(int)
    source, *driving = (unit(frames[index]) for index in picked)
    features, keypoints = model.encode(source), model.detect(source)
    ours = [float((model(features, keypoints, model.detect(frame)).image - frame).abs().mean()) for frame in driving]
    still = [float((source - frame).abs().mean()) for frame in driving]
    return Reconstruction(clip.stem, float(np.mean(ours)), float(np.mean(still)))


def unit(image: Tensor) -> Tensor:
    """uint8 [H,W,3] -> [1,3,SIZE,SIZE] in [0,1]."""
    picture = image.permute(2, 0, 1)[None].float() / 255
    return picture if picture.shape[-1] == SIZE else F.interpolate(picture, size=(SIZE, SIZE), mode="area")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=20.0, help="of training, without decoding the data (20)")
    parser.add_argument("--steps", type=int, default=0, help="of the learning rate's schedule; 0 measures what fits")
    parser.add_argument("--perceptual", default="mobilenet")
    parser.add_argument("--perceptual-file", type=Path)
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--model", type=Path, help="only evaluate this model file")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    clips = sorted((options.faces / "heldout" / "video").glob("*.mp4"))
    if options.model is not None:
        report(options.model, clips)
        return

    config = dataclasses.replace(CONFIGS["lite"], perceptual=options.perceptual, precision=options.precision)
    sources = find_sources([options.faces / "train"])
    with Progress(len(sources), stream=sys.stderr, unit="files") as progress:
        side = stored_side(config.largest, config.data.augment.crop)
        cache = open_cache(sources, options.output / "cache", side=side, progress=progress)
    dataset = PairDataset(config, cache, open_meshes(cache))
    networks = Networks(load_backbone(config.perceptual, options.perceptual_file))
    steps = options.steps or steps_within(config.batch, dataset, networks, options)
    run = RunOptions(
        options.output, steps=steps, minutes=options.minutes, workers=options.workers, save_every=200, preview_every=200
    )
    with Progress(steps * config.batch, stream=sys.stderr, unit="pairs") as progress:
        result = train(config, dataset, run, networks, world=World.alone(), progress=progress)
    print(f"{result.pairs} pairs in {result.seconds:.0f} s, {result.pairs_per_second:.1f} pairs/s, {result.step} steps")
    rows = read_log(options.output / "log.csv")
    for row in rows[:: max(1, len(rows) // 12)]:
        print(
            f"step {row.step:5}  total {row.total:.3f}  pixel {row.pixel:.4f}  warp {row.warp:.4f}  paint {row.paint:.4f}"
            f"  perceptual {row.perceptual:.3f}  equivariance {row.equivariance_value:.4f} {row.equivariance_jacobian:.4f}"
            f"  gradient {row.gradient:.2f}"
        )
    report(result.model, clips)


def steps_within(batch: int, dataset: PairDataset, networks: Networks, options: argparse.Namespace) -> int:
    """How many steps the time is enough for, by a short trial in a folder of its own."""
    trial = RunOptions(options.output / "trial", steps=12, workers=options.workers, preview_every=0, save_every=0)
    rate = train(dataset.config, dataset, trial, networks, world=World.alone()).pairs_per_second
    return max(1, round(options.minutes * 60 * rate / batch))


def report(model_file: Path, clips: list[Path]) -> None:
    """Print the table."""
    model = load_checkpoint(model_file).build()
    print("| clip | L1 | unchanged | ratio |\n|---|---|---|---|")
    for clip in clips:
        found = reconstruct(model, clip)
        print(f"| {found.clip} | {found.model:.4f} | {found.unchanged:.4f} | {found.ratio:.3f} |")


if __name__ == "__main__":
    main()

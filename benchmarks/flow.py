"""How the deformation gets to the portrait's size, and whether to hold still what hardly moves: held-out L1 of the very same weights.

usage: python -m benchmarks.flow CLIPS [--model FILE] [--frames N]

CLIPS is a folder of framed face clips. Each clip's first frame is moved to the others' keypoints, 256 px; the figure is L1 over that of the
unchanged first frame (docs/decisions/0015).
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from avatarify.evaluate.clip import find_clips, open_clip
from avatarify.face.search import FaceSearch
from avatarify.frame import Image
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.network import FirstOrderModel
from avatarify.paths import EMBEDDED_MODEL

_SIDE = 256


class Way(NamedTuple):
    """See GeneratorConfig."""

    name: str
    exact_flow: bool
    still_below: float = 0.0


WAYS = (
    Way("by pixel centres", False),
    Way("by pixel centres, held still below 0.5 px", False, 0.5),
    Way("from corner to corner", True),
    *(Way(f"from corner to corner, held still below {bound} px", True, bound) for bound in (0.25, 0.5, 1.0)),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--model", type=Path, default=EMBEDDED_MODEL)
    parser.add_argument("--frames", type=int, default=12)
    options = parser.parse_args()
    torch.set_num_threads(1)
    clips = {name: read(path, name, options.frames) for name, path in find_clips(options.clips).items()}
    print(f"| way | {' | '.join(clips)} | mean |\n|---|{'---|' * (len(clips) + 1)}")
    for way in WAYS:
        model = build(options.model, way)
        ratios = [ratio(model, frames) for frames in clips.values()]
        print(f"| {way.name} | {' | '.join(f'{each:.3f}' for each in ratios)} | {np.mean(ratios):.3f} |", flush=True)


def read(path: Path, name: str, frames: int) -> list[Image]:
    """The first frame and some others, framed."""
    clip = open_clip(path, name, FaceSearch(), crop=True)
    return [clip.source(_SIDE), *(sample.image for sample in clip.samples(frames, _SIDE))]


def build(path: Path, way: Way) -> FirstOrderModel:
    """The same weights with another way."""
    checkpoint = load_checkpoint(path)
    shape = checkpoint.config.generator
    generator = dataclasses.replace(shape, exact_flow=way.exact_flow, still_below=way.still_below)
    config = dataclasses.replace(checkpoint.config, generator=generator)
    return dataclasses.replace(checkpoint, config=config).build().eval()


@torch.inference_mode()
def ratio(model: FirstOrderModel, frames: Sequence[Image]) -> float:
    """L1 over that of the unchanged first frame."""
    portrait, *others = (torch.from_numpy(frame).permute(2, 0, 1)[None].float() / 255 for frame in frames)
    source, features = model.detect(portrait), model.encode(portrait)
    ours, unchanged = 0.0, 0.0
    for target in others:
        ours += float((model(features, source, model.detect(target)).image - target).abs().mean())
        unchanged += float((portrait - target).abs().mean())
    return ours / unchanged


if __name__ == "__main__":
    main()

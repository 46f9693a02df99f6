"""What fewer bits in the decoder cost: pictures of real clips beside those of eager float32. Prints a table of docs/exactness.md.

usage: python -m benchmarks.precision CLIPS [--model FILE] [--frames N]
CLIPS is a folder of face clips. Of each the first frame is moved to the first N. bfloat16 and float16 are computed by torch on
the CPU, whether it is made for them or not: the same rounding, slower. float32 and int8 are OpenVINO's.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from avatarify.frame import Image
from avatarify.media.video_reader import VideoReader
from avatarify.model.checkpoint import load_checkpoint
from avatarify.paths import EMBEDDED_MODEL
from avatarify.runtime.base import Runtime, RuntimeDescription, load_runtime
from avatarify.runtime.rewrites.networks import Networks
from avatarify.runtime.static import StaticRuntime
from avatarify.runtime.torch_steps import TorchBackend

PRECISIONS = ("float32", "bfloat16", "float16", "int8")
_TYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class Judgement(NamedTuple):
    """psnr_db: of the worst picture. shift_px: largest distance of a keypoint found in our picture and in the yardstick's, at 256 pixels.
    flicker: how much more adjacent pictures differ than the yardstick's, as a share. max_error: grey levels."""

    psnr_db: float
    shift_px: float
    flicker: float
    max_error: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--model", type=Path, default=EMBEDDED_MODEL)
    parser.add_argument("--frames", type=int, default=60)
    options = parser.parse_args()
    torch.set_num_threads(1)
    eager = load_runtime("eager", model=options.model, device="cpu", precision="float32")
    runtimes = {precision: runtime_of(precision, options.model) for precision in PRECISIONS}
    print("| clip | decoder | PSNR of the worst picture, dB | keypoint shift, px | flicker | largest error |")
    print("|---|---|---|---|---|---|")
    for clip in sorted(options.clips.glob("*.mp4")):
        images = first_frames(clip, options.frames)
        for precision, found in judge(eager, runtimes, images):
            print(
                f"| {clip.stem} | {precision} | {found.psnr_db:.1f} | {found.shift_px:.3f} | {found.flicker:+.1%} | "
                f"{found.max_error} |",
                flush=True,
            )


def runtime_of(precision: str, model: Path) -> Runtime:
    """A runtime with a decoder in this precision, whatever the processor is made for."""
    if precision in _TYPES:
        checkpoint = load_checkpoint(model)
        backend = TorchBackend(torch.device("cpu"), reduced=_TYPES[precision])
        description = RuntimeDescription("torch", "cpu", "rounding as elsewhere", precision)
        return StaticRuntime(backend, Networks(checkpoint.config, checkpoint.build), description)
    return load_runtime("openvino", model=model, device="cpu", precision=precision)


def judge(eager: Runtime, runtimes: dict[str, Runtime], images: list[Image]) -> Iterator[tuple[str, Judgement]]:
    """Each runtime beside the yardstick: the first image is moved to all of them."""
    expected = moved(eager, images)
    for precision, runtime in runtimes.items():
        found = moved(runtime, images)
        errors = [np.abs(ours.astype(np.int16) - theirs) for ours, theirs in zip(found, expected, strict=True)]
        worst = max(float(np.square(error, dtype=np.float64).mean()) for error in errors)
        yield (
            precision,
            Judgement(
                psnr_db=10 * math.log10(255**2 / worst) if worst else math.inf,
                shift_px=max(
                    _shift(eager, ours, theirs) for ours, theirs in zip(found[::4], expected[::4], strict=True)
                ),
                flicker=_change(found) / _change(expected) - 1,
                max_error=int(max(error.max() for error in errors)),
            ),
        )


def first_frames(clip: Path, count: int) -> list[Image]:
    """The first frames of a clip, at most so many."""
    with VideoReader(clip) as reader:
        return [frame.image for frame, _ in zip(reader, range(count), strict=False)]


def moved(runtime: Runtime, images: list[Image]) -> list[Image]:
    """The first image at the keypoints of all."""
    source = runtime.encode_source(images[0])
    return [runtime.generate(source, runtime.detect(image)) for image in images]


def _shift(eager: Runtime, ours: Image, theirs: Image) -> float:
    apart = eager.detect(ours).value - eager.detect(theirs).value
    return float(apart.norm(dim=-1).max()) * 128


def _change(images: list[Image]) -> float:
    return float(np.mean([np.abs(after.astype(np.int16) - before).mean() for before, after in pairwise(images)]))


if __name__ == "__main__":
    main()

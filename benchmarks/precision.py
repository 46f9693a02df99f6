"""What fewer bits in the decoder cost: pictures of real clips beside those of eager float32. Prints a table of docs/exactness.md.

usage: python -m benchmarks.precision CLIPS [--model FILE] [--frames N]
CLIPS is a folder of face clips. Of each the first frame is moved to the first N. bfloat16 and float16 are computed by torch on
the CPU, whether it is made for them or not: the same rounding, slower. float32 and int8 are OpenVINO's.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import torch

from avatarify.evaluate.rounding import Judgement, compare, moved
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
        yield precision, compare(eager, moved(runtime, images), expected)


def first_frames(clip: Path, count: int) -> list[Image]:
    """The first frames of a clip, at most so many."""
    with VideoReader(clip) as reader:
        return [frame.image for frame, _ in zip(reader, range(count), strict=False)]


if __name__ == "__main__":
    main()

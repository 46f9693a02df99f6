"""What fewer bits in the decoder cost: pictures of real clips beside those of eager float32. Prints a table of docs/exactness.md.

usage: python -m benchmarks.precision CLIPS [--model FILE] [--frames N]
CLIPS is a folder of face clips. Of each the first frame is moved to the first N. bfloat16 and float16 are computed by torch on
the CPU, whether it is made for them or not: the same rounding, slower. float32 and int8 are OpenVINO's. The last column says what
is out of the bounds of avatarify/evaluate/rounding.py, which the first line repeats. `benchmarks.speed --clips` prints the same table.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import torch

from avatarify.errors import SettingsError
from avatarify.evaluate.rounding import LEAST_DB, MOST_FLICKER, MOST_SHIFT_PX, Judgement, compare, moved
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
    for line in table(options.clips, options.model, options.frames):
        print(line, flush=True)


def table(clips: Path, model: Path, frames: int) -> Iterator[str]:
    """The lines of the table, each as soon as it is known. clips: a folder of mp4 files, 256x256 and framed. frames: of each.

    Raises SettingsError where there are no clips.
    """
    films = sorted(clips.glob("*.mp4"))
    if not films:
        raise SettingsError(f"There are no mp4 files in {clips}.", "Name a folder of face clips.")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # OpenVINO has threads of its own
    eager = load_runtime("eager", model=model, device="cpu", precision="float32")
    runtimes = {precision: runtime_of(precision, model) for precision in PRECISIONS}
    least = ", ".join(f"{precision} {decibels:.0f}" for precision, decibels in LEAST_DB.items())
    yield f"Bounds: worst picture, dB: {least}; keypoints {MOST_SHIFT_PX} px; flicker {MOST_FLICKER:.0%}.\n"
    yield "| clip | decoder | PSNR of the worst picture, dB | keypoint shift, px | flicker | largest error | out of bounds |"
    yield "|---|---|---|---|---|---|---|"
    for clip in films:
        for precision, found in judge(eager, runtimes, first_frames(clip, frames)):
            yield (
                f"| {clip.stem} | {precision} | {found.psnr_db:.1f} | {found.shift_px:.3f} | {found.flicker:+.1%} | "
                f"{found.max_error} | {found.beyond(precision) or 'nothing'} |"
            )
    for runtime in (eager, *runtimes.values()):
        runtime.close()
    torch.set_num_threads(threads)


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

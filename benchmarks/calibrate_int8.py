"""Finds the ranges with which a model's decoder runs in eight bits, and writes them beside the model.

usage: python -m benchmarks.calibrate_int8 CLIPS [--model FILE] [--frames N] [--all]
CLIPS is a folder of face clips, 256x256 and framed (never held-out ones: their errors are what the result is judged by). Of each clip the
first frame is moved to some of the others. The transposed convolutions that double the size stay float32 unless --all is given: with
them the quietest training clip flickered by 5.6 % more than in float32, without by 1.9 %. `python -m avatarify.embed` does the same
for a model that is to be shipped.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import torch

from avatarify.frame import Image
from avatarify.media.video_reader import VideoReader
from avatarify.paths import EMBEDDED_MODEL
from avatarify.runtime.int8_ranges import find_ranges
from avatarify.runtime.quantise import ranges_path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--model", type=Path, default=EMBEDDED_MODEL)
    parser.add_argument("--frames", type=int, default=3, help="driving frames of each clip (default 3)")
    parser.add_argument("--all", action="store_true", help="round what doubling convolutions read, too")
    options = parser.parse_args()
    torch.set_num_threads(1)
    clips = (frames_of(clip) for clip in sorted(options.clips.glob("*.mp4")))
    print(write_ranges(options.model, clips, options.frames, doublings=options.all))


def write_ranges(path: Path, clips: Iterable[list[Image]], frames: int, *, doublings: bool) -> Path:
    """Put the ranges of a model file beside it. clips: square pictures, each list one person. Returns where they lie."""
    target = ranges_path(path)
    target.write_text(find_ranges(path, clips, frames=frames, doublings=doublings).to_json(), encoding="utf-8")
    return target


def frames_of(clip: Path) -> list[Image]:
    """All of them."""
    with VideoReader(clip) as reader:
        return [frame.image for frame in reader]


if __name__ == "__main__":
    main()

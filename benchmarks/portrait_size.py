"""What the size of the portrait costs a frame: keypoints, transfer and generator of the embedded model on the automatic runtime.

usage: python -m benchmarks.portrait_size [--rounds 8]      (sizes take turns in blocks; quote the ratios)
"""

from __future__ import annotations

import argparse
import statistics
import time

import cv2
import numpy as np

from avatarify.animator import Animator, Source, load_runtime
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.paths import AVATARS, EMBEDDED_MODEL
from avatarify.settings import MotionSettings

SIZES = (256, 384, 512, 768)
_BLOCK = 10  # frames of one size in a row; the first two of each are not counted


def scaled(image: Image, size: int) -> Image:
    """The square picture at another size."""
    return np.asarray(cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def block_ms(animator: Animator, source: Source, driving: Image) -> list[float]:
    """Milliseconds of each counted frame."""
    reference = animator.calibrate(driving)
    times = []
    for _ in range(_BLOCK):
        began = time.perf_counter()
        animator.animate(source, reference, driving, MotionSettings())
        times.append((time.perf_counter() - began) * 1000)
    return times[2:]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=8)
    rounds = parser.parse_args().rounds
    animator = Animator(load_runtime(model=EMBEDDED_MODEL))
    portrait, driving = read_image(AVATARS / "kofi.png"), scaled(read_image(AVATARS / "miro.png"), 256)
    sources = {size: animator.encode_source(scaled(portrait, size)) for size in SIZES}
    times: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(rounds):
        for size in SIZES:
            times[size] += block_ms(animator, sources[size], driving)
    medians = {size: statistics.median(times[size]) for size in SIZES}
    print(f"{animator.runtime.description}\n")
    print("| portrait | ms a frame, median | cost against 256 |\n|---|---|---|")
    for size in SIZES:
        print(f"| {size} | {medians[size]:.1f} | {medians[size] / medians[256]:.2f} |")


if __name__ == "__main__":
    main()

"""What smoothing buys and what it costs: shiver of keypoints in quiet frames, and lag while the head moves.

usage: python -m benchmarks.comfort CLIPS [--model FILE] [--every N] [--frames N]
CLIPS is a folder of videos framed as the model wants them. Shiver is the root mean square of the second difference of
keypoints, in the quietest 30 % of the frames; lag is the shift in time at which the raw track fits the smoothed one best,
in the liveliest 30 %. The last row is a drawn head that does not move, before a noisy camera.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch

from avatarify.animator import Animator, load_runtime
from avatarify.camera.synthetic import SyntheticCamera
from avatarify.frame import Image
from avatarify.media.video_reader import VideoReader
from avatarify.model.motion import Keypoints
from avatarify.model.smoothing import OneEuro
from avatarify.paths import MODELS
from avatarify.settings import ComfortSettings

FPS = 25.0
SHARE = 30  # percent of the frames that count as quiet, and as lively


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--model", type=Path, default=MODELS / "lite.safetensors")
    parser.add_argument("--every", type=int, default=1, help="take every Nth clip (default 1)")
    parser.add_argument("--frames", type=int, default=150, help="of each clip (default 150)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    animator = Animator(load_runtime("eager", model=options.model))
    settings = ComfortSettings()
    print(f"min_cutoff {settings.min_cutoff} Hz, beta {settings.beta}; shiver in 1e-3 of half a crop")
    print(f"{'clip':<36}{'shiver raw':>12}{'smoothed':>10}{'ratio':>8}{'lag ms':>9}")
    for clip in sorted(options.clips.glob("*.mp4"))[:: options.every]:
        with VideoReader(clip) as reader:
            report(clip.stem, tracks(animator, (frame.image for frame in reader), settings, options.frames))
    report("a still head, noisy camera", tracks(animator, noisy_head(), settings, 90), still=True)


def noisy_head() -> Iterator[Image]:
    """The performer's head, framed, with noise of 8 grey levels."""
    head = next(SyntheticCamera().frames(1)).image[20:430, 115:525].astype(float)
    noise = np.random.default_rng(0)
    while True:
        yield np.clip(head + noise.normal(0, 8, head.shape), 0, 255).astype(np.uint8)


def tracks(
    animator: Animator, images: Iterable[Image], settings: ComfortSettings, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Raw and smoothed keypoints, each [frames, 2K]."""
    smoother = OneEuro(settings.min_cutoff, settings.beta)
    raw, smooth = [], []
    for index, image in zip(range(most), images, strict=False):
        keypoints: Keypoints = animator.detect(image)
        raw.append(keypoints.value.flatten().numpy())
        smooth.append(smoother.filter(keypoints, index / FPS).value.flatten().numpy())
    return np.stack(raw), np.stack(smooth)


def report(name: str, both: tuple[np.ndarray, np.ndarray], *, still: bool = False) -> None:
    raw, smooth = both
    speed = np.abs(np.diff(raw, axis=0)).mean(1)
    quiet = speed[1:] <= (np.inf if still else np.percentile(speed, SHARE))
    before, after = (1e3 * float(np.sqrt((np.diff(track, 2, axis=0)[quiet] ** 2).mean())) for track in both)
    lag = "-" if still else f"{lag_frames(raw, smooth, speed) / FPS * 1000:.0f}"
    print(f"{name[:35]:<36}{before:>12.2f}{after:>10.2f}{after / before:>8.2f}{lag:>9}")


def lag_frames(raw: np.ndarray, smooth: np.ndarray, speed: np.ndarray) -> float:
    time = np.arange(len(raw))
    lively = np.append(speed >= np.percentile(speed, 100 - SHARE), False)

    def misfit(shift: float) -> float:
        late = np.stack([np.interp(time - shift, time, column) for column in raw.T], 1)
        return float(((late - smooth)[lively] ** 2).mean())

    return float(min(np.arange(0, 6, 0.1), key=misfit))


if __name__ == "__main__":
    main()

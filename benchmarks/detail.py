"""More pixels than the network has: plain enlarging against the portrait's own detail, in numbers. Prints the table of docs/decisions/0011.

usage: python -m benchmarks.detail CLIPS [--model FILE]
CLIPS is a folder of face clips of 256 px, which are the truth. The embedded model's picture at 128 px stands for a plain model's. Of each
clip the first frame is moved to eight pairs of adjacent frames. L1 and flicker in grey levels; flicker is how far the change from
one frame to the next is from the true change. Sharpness is the Laplacian's energy as a share of the true frame's.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.media.video_reader import VideoReader
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.generator import SourceFeatures
from avatarify.model.motion import Keypoints
from avatarify.model.network import FirstOrderModel, fit
from avatarify.paths import EMBEDDED_MODEL

PAIRS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("--model", type=Path, default=EMBEDDED_MODEL)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = load_checkpoint(options.model).build()
    scores: dict[str, list[tuple[float, float, float]]] = {}
    for clip in sorted(options.clips.glob("*.mp4")):
        for name, score in judged(model, clip):
            scores.setdefault(name, []).append(score)
    print("| method | L1 | sharpness | flicker |")
    print("|---|---|---|---|")
    for name, found in scores.items():
        error, sharpness, flicker = np.array(found).T
        print(f"| {name} | {error.mean():.2f} | {np.median(sharpness):.2f} | {flicker.mean():.2f} |")


@torch.inference_mode()
def judged(model: FirstOrderModel, clip: Path) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """(method, (L1, sharpness, flicker)) for each pair of frames."""
    with VideoReader(clip) as reader:
        frames = [frame.image for frame in reader]
    portrait = pixels(frames[0])
    source, keypoints = model.encode(portrait), model.detect(portrait)
    for index in range(2, len(frames) - 1, max(2, len(frames) // PAIRS)):
        truth = [pixels(frame) for frame in frames[index : index + 2]]
        pair = [enlarged(model, source, keypoints, each) for each in truth]
        for name in pair[0]:
            ours = [each[name] for each in pair]
            change = (ours[1] - ours[0]) - (truth[1] - truth[0])
            yield (
                name,
                (
                    255 * float((ours[0] - truth[0]).abs().mean()),
                    energy(ours[0]) / energy(truth[0]),
                    255 * float(change.abs().mean()),
                ),
            )


def enlarged(model: FirstOrderModel, source: SourceFeatures, keypoints: Keypoints, driver: Tensor) -> dict[str, Tensor]:
    """The same motion as a picture of the portrait's size, made in several ways."""
    generator, side, small = model.generator, source.portrait.shape[-1], model.config.image_size
    motion = generator.motion(source, keypoints, model.detect(driver))
    decoded = generator.decode(source, motion)
    low = generator.compose(source._replace(portrait=fit(source.portrait, small)), motion, decoded, small).image
    plain = F.interpolate(low, size=(side, side), mode="bilinear", align_corners=False)
    detailed = generator.detailed(source, motion, low)
    shown = F.interpolate(motion.occlusion_map, size=(side, side), mode="bilinear", align_corners=False)
    return {
        "enlarged, bilinear": plain,
        "enlarged, bicubic": F.interpolate(low, size=(side, side), mode="bicubic", align_corners=False).clamp(0, 1),
        "warped portrait where nothing is hidden": shown * detailed.warped + (1 - shown) * plain,
        "its detail where both agree (`detail`)": detailed.image,
        "trained to blend (the embedded model)": generator.compose(source, motion, decoded, small).image,
    }


def pixels(image: np.ndarray) -> Tensor:
    """uint8 [N,N,3] -> [1,3,N,N] in [0,1]."""
    return torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255


def energy(image: Tensor) -> float:
    """Of the Laplacian."""
    kernel = torch.tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])[None, None].expand(3, 1, 3, 3)
    return float(F.conv2d(image, kernel, groups=3).square().mean())


if __name__ == "__main__":
    main()

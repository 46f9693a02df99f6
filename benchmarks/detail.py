"""More pixels than the network has: plain enlarging against the portrait's own detail. Prints the tables of docs/decisions/0011.

usage: python -m benchmarks.detail [CLIPS] [--drawn SIDE ...] [--model FILE] [--perceptual-file FILE]

CLIPS is a folder of square face clips, which are the truth; --drawn judges by drawn people at so many pixels a side, too, since
a drawing is sharp at any size. Of each clip the first frame is moved to eight pairs of adjacent frames. "enlarged" is the
embedded model's picture at its own 128 px and stands for a plain model's. L1 and flicker in grey levels; flicker is how far the
change from one frame to the next is from the true change. Sharpness is the Laplacian's energy as a share of the true frame's.
"picture": the distance of whole pictures (evaluate/perceptual.py), where MobileNetV2's weights are at hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.character.cast import CAST
from avatarify.character.draw import draw
from avatarify.character.performance import DEMO, perform
from avatarify.evaluate.perceptual import PictureDistance, picture_distance
from avatarify.frame import Image
from avatarify.media.video_reader import VideoReader
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.generator import SourceFeatures
from avatarify.model.motion import Keypoints
from avatarify.model.network import FirstOrderModel, fit
from avatarify.paths import EMBEDDED_MODEL

PAIRS = 8
_PEOPLE = 3
_FPS = 30.0


class Pair(NamedTuple):
    """Two adjacent frames, uint8 [N,N,3]."""

    frame: Image
    following: Image


class Score(NamedTuple):
    """picture: None without weights."""

    error: float
    sharpness: float
    flicker: float
    picture: float | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path, nargs="?")
    parser.add_argument("--drawn", type=int, nargs="+", default=[], metavar="SIDE")
    parser.add_argument("--model", type=Path, default=EMBEDDED_MODEL)
    parser.add_argument("--perceptual-file", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model, distance = load_checkpoint(options.model).build(), picture_distance(options.perceptual_file)
    if options.clips is not None:
        print_table(options.clips.name, model, map(filmed, sorted(options.clips.glob("*.mp4"))), distance)
    for side in options.drawn:
        print_table(f"drawn people, {side} px", model, (drawn(index, side) for index in range(_PEOPLE)), distance)


def print_table(
    title: str, model: FirstOrderModel, clips: Iterator[tuple[Image, list[Pair]]], distance: PictureDistance | None
) -> None:
    """A row for each way."""
    scores: dict[str, list[Score]] = {}
    for portrait, pairs in clips:
        for name, score in judged(model, portrait, pairs, distance):
            scores.setdefault(name, []).append(score)
    print(f"\n{title}\n\n| method | L1 | sharpness | flicker | picture |\n|---|---|---|---|---|")
    for name, found in scores.items():
        error, sharpness, flicker = np.array([each[:3] for each in found]).T
        pictures = [each.picture for each in found if each.picture is not None]
        told = f"{np.mean(pictures):.3f}" if pictures else "-"
        print(
            f"| {name} | {error.mean():.2f} | {np.median(sharpness):.2f} | {flicker.mean():.2f} | {told} |", flush=True
        )


def filmed(clip: Path) -> tuple[Image, list[Pair]]:
    """The first frame, and pairs of later ones."""
    with VideoReader(clip) as reader:
        frames = [frame.image for frame in reader]
    step = max(2, len(frames) // PAIRS)
    return frames[0], [Pair(*frames[index : index + 2]) for index in range(2, len(frames) - 1, step)]


def drawn(index: int, side: int) -> tuple[Image, list[Pair]]:
    """One of the cast at rest, and in the demo's script."""
    person = CAST[index * len(CAST) // _PEOPLE]
    times = np.linspace(0.5, DEMO.seconds - 0.5, PAIRS)
    pairs = [
        Pair(*(draw(person, perform(DEMO, at + later), side) for later in (0.0, 1 / _FPS))) for at in map(float, times)
    ]
    return draw(person, perform(DEMO, 0.0), side), pairs


@torch.inference_mode()
def judged(
    model: FirstOrderModel, portrait: Image, pairs: list[Pair], distance: PictureDistance | None
) -> Iterator[tuple[str, Score]]:
    """By method, for each pair of frames."""
    image = pixels(portrait)
    source, keypoints = model.encode(image), model.detect(image)
    for pair in pairs:
        truth = [pixels(frame) for frame in pair]
        made = [enlarged(model, source, keypoints, each) for each in truth]
        for name in made[0]:
            ours = [each[name] for each in made]
            change = (ours[1] - ours[0]) - (truth[1] - truth[0])
            yield (
                name,
                Score(
                    255 * float((ours[0] - truth[0]).abs().mean()),
                    energy(ours[0]) / energy(truth[0]),
                    255 * float(change.abs().mean()),
                    None if distance is None else distance.between(as_image(ours[0]), pair.frame),
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


def pixels(image: Image) -> Tensor:
    """uint8 [N,N,3] -> [1,3,N,N] in [0,1]."""
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 255


def as_image(picture: Tensor) -> Image:
    """[1,3,N,N] in [0,1] -> uint8 [N,N,3]."""
    return np.asarray((picture[0] * 255).round().byte().permute(1, 2, 0).contiguous().numpy(), np.uint8)


def energy(image: Tensor) -> float:
    """Of the Laplacian."""
    kernel = torch.tensor([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])[None, None].expand(3, 1, 3, 3)
    return float(F.conv2d(image, kernel, groups=3).square().mean())


if __name__ == "__main__":
    main()

"""Calibration by itself against calibration by hand: how near to the avatar's pose is the frame that each of them picks?

usage: python -m benchmarks.calibration CLIPS PORTRAITS [PORTRAITS ...] [--model FILE] [--every N]
CLIPS and PORTRAITS are folders or files. For every clip and portrait ten frames are taken as if the key were pressed at
evenly spaced moments; the best of the ten is held against the frame that calibration by itself is using at the clip's end
and right after it first took one. The measure is the distance of the keypoints' shapes (Animator.pose_distance), lower
is better; both choose among the same frames, framed live as in a call.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from avatarify.animator import Animator, Source, load_runtime
from avatarify.face.auto_framing import AutoFraming, between
from avatarify.face.calibration import Calibrator, FaceTarget, Moment, cost, fitness, target_of
from avatarify.face.detector import FaceDetector
from avatarify.face.framing import frame_portrait
from avatarify.face.mesh import FaceMesh
from avatarify.face.watcher import FaceReading, FaceWatcher
from avatarify.media.images import read_image
from avatarify.media.video_reader import VideoReader
from avatarify.model.motion import Keypoints, carried
from avatarify.paths import AVATARS, MODELS
from avatarify.settings import CalibrationSettings, FramingSettings

PRESSES = 10


class Look(NamedTuple):
    """A frame of a clip as the session sees it. at: seconds."""

    at: float
    keypoints: Keypoints
    face: FaceReading | None


class Portrait(NamedTuple):
    name: str
    source: Source
    target: FaceTarget


class Pick(NamedTuple):
    """Distances of the frame picked by hand (best of ten, median of ten), by itself at first and at the end."""

    best_by_hand: float
    usual_by_hand: float
    first: float
    last: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("portraits", type=Path, nargs="*", default=[AVATARS])
    parser.add_argument("--model", type=Path, default=MODELS / "lite.safetensors")
    parser.add_argument("--every", type=int, default=1, help="take every Nth clip (default 1)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    animator = Animator(load_runtime("eager", model=options.model))
    portraits = [portrait for path in options.portraits for portrait in load_portraits(animator, path)]
    clips = (sorted(options.clips.glob("*.mp4")) if options.clips.is_dir() else [options.clips])[:: options.every]
    print(f"{len(portraits)} portraits; distances in 1e-3, medians over portraits; by itself: at first / at the end")
    print(
        f"{'clip':<36}{'s':>6}{'by hand, best':>15}{'usual':>8}{'by itself':>16}{'at least as good':>18}{'worst ratio':>13}"
    )
    for clip in clips:
        looks = watch(animator, clip)
        picks = [pick(animator, looks, portrait) for portrait in portraits]
        report(clip, looks, np.array(picks))


def load_portraits(animator: Animator, path: Path) -> list[Portrait]:
    detector, mesher = FaceDetector(), FaceMesh()
    files = sorted(file for file in path.iterdir() if file.suffix in (".png", ".jpg")) if path.is_dir() else [path]
    portraits = []
    for file in files:
        image = read_image(file)
        framed = frame_portrait(image, detector).apply(image, 256)
        target = target_of(mesher.find(framed, detector.detect(framed)[0]))
        portraits.append(Portrait(file.stem, animator.encode_source(framed), target))
    return portraits


def watch(animator: Animator, clip: Path) -> list[Look]:
    """What a session sees of a clip that is played to it once."""
    watcher, framing, settings = FaceWatcher(), AutoFraming(), FramingSettings()
    looks = []
    with VideoReader(clip) as reader:
        for frame in reader:
            face = watcher.observe(frame).face
            framed = framing.square(frame.image, face, frame.captured_at, settings)
            keypoints = animator.detect(framed.crop.apply(frame.image, 2 * animator.runtime.config.image_size))
            looks.append(Look(frame.captured_at, carried(keypoints, *between(framed.crop, framed.base)), face))
    return looks


def pick(animator: Animator, looks: list[Look], portrait: Portrait) -> Pick:
    """One clip, one portrait."""
    distances = [animator.pose_distance(portrait.source, look.keypoints) for look in looks]
    presses = [distances[round(index)] for index in np.linspace(0, len(looks) - 1, PRESSES)]
    settings = CalibrationSettings()
    calibrator: Calibrator[float] = Calibrator()
    taken: list[float] = []
    for look, distance in zip(looks, distances, strict=True):
        if look.face is None:
            continue
        fit = fitness(look.face, portrait.target)
        calibrator.observe(
            Moment(look.at, cost(look.face, portrait.target, distance), fit, look.face.pose, distance),
            settings.window_s,
        )
        due = calibrator.due(settings)
        if due is not None:
            calibrator.take(due)
            taken.append(due.payload)
    never = float("nan")
    return Pick(min(presses), float(np.median(presses)), taken[0] if taken else never, taken[-1] if taken else never)


def report(clip: Path, looks: list[Look], picks: np.ndarray) -> None:
    best, usual, first, last = np.median(picks, axis=0) * 1e3
    ratio = picks[:, 3] / picks[:, 0]
    good = int((ratio <= 1.0).sum())
    seconds = looks[-1].at - looks[0].at
    print(
        f"{clip.stem[:35]:<36}{seconds:>6.1f}{best:>15.2f}{usual:>8.2f}{f'{first:.2f} / {last:.2f}':>16}"
        f"{f'{good} of {len(picks)}':>18}{ratio.max():>13.2f}"
    )


if __name__ == "__main__":
    main()

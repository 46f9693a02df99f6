"""How far a runtime's pictures are from those of eager float32, the yardstick."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from avatarify.bench.contenders import Contender, RuntimeContender
from avatarify.bench.footage import Footage
from avatarify.bench.runner import Runs, Taken
from avatarify.bench.worker import Worker

_PAPER_SIDE = 256


class Accuracy(NamedTuple):
    """Beside the yardstick. max_error, mean_error: absolute, of the pictures' channels, grey levels 0..255. psnr_db: over all
    pictures; infinite when they are equal. keypoint_shift_px: the largest of any keypoint, in pixels of a 256-pixel picture.
    change_ratio: how much adjacent pictures differ, over how much the yardstick's do; above 1 is flicker. None for a still.
    """

    max_error: float
    mean_error: float
    psnr_db: float
    keypoint_shift_px: float
    change_ratio: float | None


Start = Callable[[Contender, Footage], Runs]
"""How to get a contender going: Worker, or Runner where one process is enough."""


def yardstick(model: Path, footage: Footage, side: int | None, frames: int, *, start: Start = Worker) -> list[Taken]:
    """What eager float32 on the CPU makes of the first `frames` frames."""
    with start(RuntimeContender("eager", model, "cpu", "float32", side), footage) as runs:
        return runs.pictures(frames)


def accuracy(found: Sequence[Taken], expected: Sequence[Taken]) -> Accuracy:
    """Both of the same frames, in order. Raises ValueError for different numbers of them, or none."""
    if len(found) != len(expected) or not found:
        raise ValueError(f"{len(found)} and {len(expected)} pictures cannot be compared")
    ours, theirs = (np.stack([one.image for one in each]).astype(np.int16) for each in (found, expected))
    apart = np.abs(ours - theirs)
    square = float(np.mean(np.square(apart, dtype=np.float64)))
    shifts = [np.linalg.norm(a.keypoints - b.keypoints, axis=-1) for a, b in zip(found, expected, strict=True)]
    still = float(np.abs(np.diff(theirs, axis=0)).mean()) if len(found) > 1 else 0.0
    return Accuracy(
        max_error=float(apart.max()),
        mean_error=float(apart.mean()),
        psnr_db=10 * math.log10(255**2 / square) if square else math.inf,
        keypoint_shift_px=float(np.max(shifts)) * _PAPER_SIDE / 2,
        change_ratio=float(np.abs(np.diff(ours, axis=0)).mean()) / still if still else None,
    )

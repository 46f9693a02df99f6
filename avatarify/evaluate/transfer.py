"""What can be told from faces that were read: keypoint and identity distances, missing faces, and how a motion is followed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_STILL = 1e-6
_FEWEST = 3  # values; two always lie on a line


class Followed(NamedTuple):
    """How an output's value follows the driver's over a clip. None where the driver (or, for correlation, the output)
    keeps still or fewer than three frames show both faces.

    correlation: Pearson's, -1..1: whether it moves at the right times. gain: slope of the least-squares line of output over
    driver: how far it moves, 1 as far as the driver, 0 not at all.
    """

    correlation: float | None
    gain: float | None


def keypoint_distance(points: Floats, target: Floats) -> float:
    """Mean Euclidean distance of two sets of points [N,2], in their unit. Averaged over frames it is the paper's AKD."""
    return float(np.linalg.norm(points - target, axis=1).mean())


def interocular(points: Floats) -> float:
    """Distance of the outer eye corners of 68 classic points [68,2], in their unit."""
    return float(np.linalg.norm(points[36] - points[45]))


def identity_distance(embedding: Floats, target: Floats) -> float:
    """Euclidean distance of two embeddings [128]. Averaged over frames it is the paper's AED. Below .6: the same person."""
    return float(np.linalg.norm(embedding - target))


def missing_rate(in_target: Sequence[bool], in_output: Sequence[bool]) -> float | None:
    """The paper's MKR, for faces: the share of frames with a face in the target that have none in the output, 0..1.
    None where the target never shows one.
    """
    shown = [output for target, output in zip(in_target, in_output, strict=True) if target]
    return sum(not found for found in shown) / len(shown) if shown else None


def followed(driver: Sequence[float | None], output: Sequence[float | None]) -> Followed:
    """Values of both over the same frames, in the same unit; None where no face was found."""
    pairs = [(x, y) for x, y in zip(driver, output, strict=True) if x is not None and y is not None]
    if len(pairs) < _FEWEST:
        return Followed(None, None)
    x, y = np.array(pairs, np.float64).T
    x, y = x - x.mean(), y - y.mean()
    power, response = float(x @ x), float(y @ y)
    if power <= _STILL**2 * len(pairs):
        return Followed(None, None)
    if response <= _STILL**2 * len(pairs):
        return Followed(None, 0.0)
    return Followed(float(x @ y) / math.sqrt(power * response), float(x @ y) / power)


def mean(values: Sequence[float | None]) -> float | None:
    """Of those that are there; None of none."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None

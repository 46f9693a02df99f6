"""Where the places of a face are in a picture that is trained on, as far as they are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from avatarify.train.augmentation import View
from avatarify.train.face_points import LandmarkConfig

Floats = npt.NDArray[np.float64]


class Landmarks(NamedTuple):
    """value: [B,P,2] xy in [-1,1], the outer edges of the picture. weight: [B,P], 0 where a place is not known or not in the
    picture."""

    value: Tensor
    weight: Tensor

    def to(self, device: torch.device) -> Landmarks:
        """On the device; copies run beside the device's work where memory is pinned."""
        return Landmarks(self.value.to(device, non_blocking=True), self.weight.to(device, non_blocking=True))


def locate(points: Floats | None, view: View, config: LandmarkConfig, *, filmed: bool = False) -> Landmarks:
    """points: [468,2] of the face mesh in pixels of the picture that `view` was cut from; None where none is known.
    filmed: it was a frame of a film.

    Returns the configuration's places in what the view shows, its points before its tie points, B = 1.
    """
    count = config.count
    if points is None or not count:
        return unknown(1, count)
    chosen = [points[list(each.mirrored if view.mirrored else each.mesh)].mean(0) for each in config.points]
    ties = [points[index] for group in config.ties for index in group.mesh]
    value = view.place(np.stack([*chosen, *ties]))
    inside = (np.abs(value) < 1).all(1)
    weights = [each.weight * (each.filmed if filmed else 1.0) for each in config.points]
    for group in config.ties:
        weights += [group.weight * (group.filmed if filmed else 1.0)] * len(group.mesh)
    weight = inside * np.array(weights)
    return Landmarks(
        torch.from_numpy(value.astype(np.float32))[None], torch.from_numpy(weight.astype(np.float32))[None]
    )


def part(landmarks: Landmarks, places: slice) -> Landmarks:
    """Some of the places."""
    return Landmarks(landmarks.value[:, places], landmarks.weight[:, places])


def unknown(batch: int, count: int) -> Landmarks:
    """So many places of which nothing is known."""
    return Landmarks(torch.zeros(batch, count, 2), torch.zeros(batch, count))


def joined(parts: Sequence[Landmarks]) -> Landmarks:
    """Those of several pairs as one batch."""
    return Landmarks(torch.cat([part.value for part in parts]), torch.cat([part.weight for part in parts]))

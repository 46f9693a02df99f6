"""Keypoints over time without jitter: a One-Euro filter (Casiez, Roussel, Vogel 2012), vectorised, on the keypoints' device."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from avatarify.model.motion import Keypoints, carried, precise

_SPEED_CUTOFF = 1.0  # hertz, of the filter that the speed itself goes through; the paper's value
_JACOBIAN_SHARE = 0.25  # of a Jacobian's speed that counts beside its keypoint's: entries differ by about four times
_LONGEST_GAP = 0.5  # seconds; after a longer one the past says nothing


class OneEuro:
    """A low pass whose cutoff rises with speed: calm when the head is still, quick when it moves.

    A keypoint and its Jacobian are one local affine map, so both are filtered with one cutoff. Nothing is copied to the
    host. Holds the last state: one filter for one stream of frames, used by one thread.
    min_cutoff: hertz, at rest. beta: hertz per unit of speed; keypoints live in [-1,1], so a unit is half the crop a second.
    """

    def __init__(self, min_cutoff: float, beta: float) -> None:
        self.min_cutoff = min_cutoff
        self.beta = beta
        self._last: _State | None = None

    def filter(self, keypoints: Keypoints, at: float) -> Keypoints:
        """The smoothed keypoints. at: seconds, of any clock that does not run backwards; a jump starts the filter anew."""
        last = self._last
        value, jacobian = precise(keypoints.value), precise(keypoints.jacobian)
        if last is not None and at == last.at:
            return last.keypoints
        if last is None or not 0.0 < at - last.at <= _LONGEST_GAP:
            self._last = _State(Keypoints(value, jacobian), torch.zeros_like(value), torch.zeros_like(jacobian), at)
            return keypoints
        gap = at - last.at
        keep = 1 - math.exp(-2 * math.pi * _SPEED_CUTOFF * gap)
        speed = torch.lerp(last.speed, (value - last.keypoints.value) / gap, keep)  # [B,K,2]
        change = torch.lerp(last.change, (jacobian - last.keypoints.jacobian) / gap, keep)  # [B,K,2,2]
        magnitude = speed.norm(dim=-1) + _JACOBIAN_SHARE * change.flatten(-2).norm(dim=-1)  # [B,K]
        share = 1 - torch.exp(-2 * math.pi * gap * (self.min_cutoff + self.beta * magnitude))
        smooth = Keypoints(
            torch.lerp(last.keypoints.value, value, share[..., None]),
            torch.lerp(last.keypoints.jacobian, jacobian, share[..., None, None]),
        )
        self._last = _State(smooth, speed, change, at)
        return smooth

    def carry(self, scale: float, right: float, down: float) -> None:
        """The keypoints to come are in the coordinates of another square (see `carried`): take the past along."""
        last = self._last
        if last is not None:
            self._last = _State(
                carried(last.keypoints, scale, right, down), last.speed * scale, last.change * scale, last.at
            )

    def reset(self) -> None:
        """Forget the past: the next keypoints pass unchanged."""
        self._last = None


def lag_ms(min_cutoff: float, beta: float, speed: float) -> float:
    """Milliseconds by which a motion of `speed` (units of [-1,1] a second, 0 is the limit at rest) comes later."""
    return 1000 / (2 * math.pi * (min_cutoff + beta * speed))


class _State(NamedTuple):
    """keypoints: smoothed. speed [B,K,2], change [B,K,2,2]: their smoothed rates a second. at: seconds."""

    keypoints: Keypoints
    speed: Tensor
    change: Tensor
    at: float

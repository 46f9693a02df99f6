"""Damps poses that a portrait cannot follow: small motions pass unchanged, large ones are bent towards a limit.

A Jacobian's change is taken apart in closed form (no decomposition on the host): turn, and stretch along two axes.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from avatarify.model.motion import Keypoints, inverse, precise, product


class GuardLimits(NamedTuple):
    """What a portrait can follow. Each pair: up to the first nothing changes, the second is never reached.

    travel: of the face as a whole, in units of [-1,1] (framing makes every face about one such unit wide, and unlike the
    hull of the keypoints it means the same for every model). bend: of one keypoint beside the whole, same unit.
    turn: radians of one Jacobian. stretch: natural logarithm of its singular values.

    Chosen by looking at the embedded model: a portrait that travels by .5 melts, one that travels by .3 holds. Nine of ten
    frames of 30 clips of talking heads stay under .15, .04, .08 and .12 and pass unchanged.
    """

    travel: tuple[float, float] = (0.15, 0.32)
    bend: tuple[float, float] = (0.10, 0.25)
    turn: tuple[float, float] = (0.35, 0.70)
    stretch: tuple[float, float] = (0.25, 0.50)


LIMITS = GuardLimits()


def guard(source: Keypoints, moved: Keypoints, limits: GuardLimits = LIMITS) -> Keypoints:
    """`moved` with its distance from `source` limited smoothly, both [B,K,2] and [B,K,2,2].

    Keypoints that are not finite come back as the source's own. Copies nothing to the host.
    """
    if _needs_nothing(source, moved, limits):
        return Keypoints(precise(moved.value), precise(moved.jacobian))
    travel = precise(moved.value) - precise(source.value)
    whole = travel.mean(1, keepdim=True)
    value = precise(source.value) + limited(whole, *limits.travel) + limited(travel - whole, *limits.bend)
    change = product(moved.jacobian, inverse(source.jacobian))
    jacobian = product(_limited_change(change, limits), source.jacobian)
    sane = value.isfinite().all(-1) & jacobian.isfinite().flatten(-2).all(-1)  # [B,K]
    return Keypoints(
        torch.where(sane[..., None], value, precise(source.value)),
        torch.where(sane[..., None, None], jacobian, precise(source.jacobian)),
    )


def limited(vector: Tensor, knee: float, limit: float) -> Tensor:
    """[...,2] with its length unchanged up to `knee`, beyond it bent so that it stays below `limit`."""
    length = vector.norm(dim=-1, keepdim=True)
    bent: Tensor = vector * (soft_limit(length, knee, limit) / length.clamp_min(1e-9))
    return bent


def soft_limit(x: Tensor, knee: float, limit: float) -> Tensor:
    """x while |x| <= knee, then towards +-limit with a continuous slope."""
    room = limit - knee
    within = x.clamp(-knee, knee)
    return within + room * torch.tanh((x - within) / room)


def _needs_nothing(source: Keypoints, moved: Keypoints, limits: GuardLimits) -> bool:
    """Whether every motion is below its knee, as in nine of ten frames. Looks only where the numbers lie in host memory, and
    there in plain Python: for ten keypoints that takes a twentieth of the tensor arithmetic. False for what is not finite.
    """
    if moved.value.device.type != "cpu" or source.value.device.type != "cpu" or moved.value.shape[0] != 1:
        return False
    pairs = zip(moved.value[0].tolist(), source.value[0].tolist(), strict=True)
    travels = [(x - x0, y - y0) for (x, y), (x0, y0) in pairs]
    across, down = (sum(each) / len(travels) for each in zip(*travels, strict=True))
    if not math.hypot(across, down) <= limits.travel[0]:
        return False
    if not all(math.hypot(x - across, y - down) <= limits.bend[0] for x, y in travels):
        return False
    largest = math.exp(limits.stretch[0])
    for (m0, m1), (s0, s1) in zip(moved.jacobian[0].tolist(), source.jacobian[0].tolist(), strict=True):
        area = s0[0] * s1[1] - s0[1] * s1[0]
        if area == 0:
            return False
        # change = moved times the source's inverse; see _limited_change.
        a, b = (m0[0] * s1[1] - m0[1] * s1[0]) / area, (m0[1] * s0[0] - m0[0] * s0[1]) / area
        c, d = (m1[0] * s1[1] - m1[1] * s1[0]) / area, (m1[1] * s0[0] - m1[0] * s0[1]) / area
        rotation, reflection = math.hypot(a + d, c - b) / 2, math.hypot(a - d, c + b) / 2
        sound = rotation + reflection <= largest and rotation - reflection >= 1 / largest
        if not (sound and abs(math.atan2(c - b, a + d)) <= limits.turn[0]):
            return False
    return True


def _limited_change(change: Tensor, limits: GuardLimits) -> Tensor:
    """[...,2,2]: its turn and its singular values limited, the directions of its stretch kept."""
    a, b, c, d = change.flatten(-2).unbind(-1)
    # change = rotation + reflection parts: singular values are the sum and the difference of their sizes.
    along, across, turned, sheared = (a + d) / 2, (a - d) / 2, (c - b) / 2, (c + b) / 2
    rotation, reflection = torch.hypot(along, turned), torch.hypot(across, sheared)
    sizes = torch.stack([rotation + reflection, rotation - reflection])  # a mirrored map has a negative second one
    large, small = soft_limit(sizes.clamp_min(1e-6).log(), *limits.stretch).exp().unbind()
    rotation, reflection = (large + small) / 2, (large - small) / 2
    turn = soft_limit(torch.atan2(turned, along), *limits.turn)
    axis = torch.atan2(sheared, across)
    along, turned = rotation * turn.cos(), rotation * turn.sin()
    across, sheared = reflection * axis.cos(), reflection * axis.sin()
    entries = [along + across, sheared - turned, turned + sheared, along - across]
    return torch.stack(entries, -1).view_as(change)

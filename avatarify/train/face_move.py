"""What a portrait is made to do: a turn of the head and an expression, by chance or as asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FaceMove:
    """A change of a portrait; the defaults leave it as it is. Right and left are the person's own.

    yaw, pitch, roll: degrees that are added, signs as in `HeadPose`: yaw turns the nose to the right of the picture, pitch
    lifts it, roll tilts the head clockwise. x, y: shift as a share of the picture's side, positive right and down.
    scale: of the head. follow: 0..1, how far the background goes with roll, shift and scale.
    mouth: 0..1 lets the jaw fall from where it is, 1 as far as it goes; -1..0 closes an open mouth by that share.
    smile: -1 narrow lips .. 1 corners wide and up. jaw: -1..1, to the left or right of the picture.
    lid_right, lid_left: 0..1 closes the eye by that share of its gap; down to -0.4 opens it wider.
    brows: -1 lowered .. 1 raised. teeth, tongue: 0..1, how much of them is painted into a mouth that was shut.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    follow: float = 0.0
    mouth: float = 0.0
    smile: float = 0.0
    jaw: float = 0.0
    lid_right: float = 0.0
    lid_left: float = 0.0
    brows: float = 0.0
    teeth: float = 0.5
    tongue: float = 0.5


def random_face_move(random: np.random.Generator) -> FaceMove:
    """Half of all heads keep still and clearly change their expression; of the others some change nothing but the head."""
    still = random.random() < 0.5
    mouth = _mouth(random) if random.random() < (0.7 if still else 0.55) else 0.0
    right, left = _lids(random)
    if still and mouth == 0 and max(right, left) < 0.5:
        mouth = _mouth(random)
    smile = _bounded(random, 0.5, 1) if random.random() < 0.5 else 0.0
    brows = float(np.clip(random.normal(0.2, 0.5), -0.7, 1)) if random.random() < 0.4 else 0.0
    jaw = _bounded(random, 0.5, 1) if random.random() < 0.3 else 0.0
    yaw, pitch, roll = _bounded(random, 12, 25), _bounded(random, 6, 12), _bounded(random, 7, 15)
    x, y = _bounded(random, 0.035, 0.08), _bounded(random, 0.03, 0.06)
    scale = float(np.exp(_bounded(random, 0.06, 0.14)))
    follow = float(random.uniform(0, 0.8)) if random.random() < 0.5 else 0.0
    teeth, tongue = float(random.random()), float(random.random())
    if still:
        yaw = pitch = roll = x = y = follow = 0.0
        scale = 1.0
    return FaceMove(
        yaw=yaw,
        pitch=pitch,
        roll=roll,
        x=x,
        y=y,
        scale=scale,
        follow=follow,
        mouth=mouth,
        smile=smile,
        jaw=jaw,
        lid_right=right,
        lid_left=left,
        brows=brows,
        teeth=teeth,
        tongue=tongue,
    )


def _mouth(random: np.random.Generator) -> float:
    if random.random() < 0.3:
        return -float(random.uniform(0.5, 1))
    return float(random.uniform(0.35, 1) ** 2)  # little more often than much


def _lids(random: np.random.Generator) -> tuple[float, float]:
    """right, left: most often alike."""
    kind = random.random()
    if kind < 0.32:
        shut = float(random.uniform(0.92, 1))
        return shut, shut
    if kind < 0.52:
        partly = float(random.uniform(0.2, 0.85))
        return partly, float(np.clip(partly + random.normal(0, 0.06), 0, 1))
    if kind < 0.64:
        wink, other = float(random.uniform(0.6, 1)), float(random.uniform(0, 0.3))
        return (wink, other) if random.random() < 0.5 else (other, wink)
    if kind < 0.74:
        wide = -float(random.uniform(0.1, 0.4))
        return wide, wide
    return 0.0, 0.0


def _bounded(random: np.random.Generator, sigma: float, limit: float) -> float:
    return float(np.clip(random.normal(0, sigma), -limit, limit))

"""Eyes: ball, iris, lids and lashes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from avatarify.character.brush import Canvas, Points
from avatarify.character.character import Character
from avatarify.character.expression import Expression
from avatarify.character.head import Head
from avatarify.character.view import View

WHITE = np.array([236.0, 230.0, 224.0])
INK = np.array([36.0, 24.0, 22.0])
SPAN = np.linspace(-1, 1, 15)  # along the lids, from the inner to the outer corner
ARCH = 1 - SPAN * SPAN
IRIS = 0.072  # radius, head units, of an eye of size 1
CIRCLE = np.stack([np.cos(np.arange(24) * np.pi / 12), np.sin(np.arange(24) * np.pi / 12)], 1)


class Lids(NamedTuple):
    """Heights of the lids' edges at SPAN, head units in the frontal plane.

    half: half the eye's width. open: the upper lid as if the eye were open. upper, lower: as they are.
    """

    half: float
    open: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]
    lower: npt.NDArray[np.float64]


class Eye(NamedTuple):
    """One eye of one picture. side: 1 at the right of the picture (the person's left eye), -1 at the left."""

    character: Character
    head: Head
    view: View
    side: int

    def seen(self, across: npt.NDArray[np.floating], height: npt.NDArray[np.floating], *, lift: float = 0.0) -> Points:
        """Pixels of points on the face; across: distance from the eye's centre outwards, height: y."""
        spots = np.column_stack([self.side * (self.head.eye[0] + across), height])
        return self.view.project(self.head.on_face(spots, lift=lift))

    def disc(self, centre: tuple[float, float], radius: float) -> Points:
        """Pixels of a circle; centre in head units from the eye's centre, x to the right of the picture."""
        across = self.side * (centre[0] + CIRCLE[:, 0] * radius)
        return self.seen(across, self.head.eye[1] + centre[1] + CIRCLE[:, 1] * radius)


def lids(eye: Eye, expression: Expression) -> Lids:
    """Where the lids are."""
    shape = eye.character.shape
    blink = expression.blink_left if eye.side > 0 else expression.blink_right
    size = shape.eye_size
    half = 0.150 * (0.45 + 0.55 * size)
    squint = 0.25 * max(expression.smile, 0) + 0.3 * max(-expression.brow, 0)
    top = 0.084 * size * (1 + 0.12 * expression.brow) * (1 - 0.3 * max(shape.age - 0.5, 0))
    top *= 1 + (0.10 if expression.gaze_y > 0 else 0.30) * expression.gaze_y
    bottom = 0.050 * size * (1 - 0.6 * squint)
    skew = SPAN + 0.14 * ARCH  # the upper lid peaks nearer to the nose, the lower one sags further out
    slope = eye.head.eye[1] - (0.10 * shape.eye_tilt + 0.04) * SPAN * half
    open_lid = slope - top * (1 - np.abs(skew) ** 2.4) ** 0.85
    lower = slope + bottom * (1 - np.abs(SPAN - 0.14 * ARCH) ** 2.2) ** 0.9
    lower = lower - 0.016 * size * blink * ARCH  # the lower lid comes up a little to meet it
    upper = open_lid + (lower - 0.004 * ARCH - open_lid) * blink
    return Lids(half, open_lid, upper, lower)


def rims(eye: Eye, expression: Expression, span: npt.NDArray[np.float64]) -> tuple[Points, Points]:
    """Pixels of the upper and of the lower lid's edge, each [len(span),2]. span: -1 the inner corner .. 1 the outer one."""
    edge = lids(eye, expression)
    across = span * edge.half
    upper, lower = (eye.seen(across, np.interp(span, SPAN, height)) for height in (edge.upper, edge.lower))
    return upper, lower


def paint_eye(canvas: Canvas, eye: Eye, expression: Expression) -> None:
    """The eye with everything around it but the brow."""
    blink = expression.blink_left if eye.side > 0 else expression.blink_right
    edge = lids(eye, expression)
    across = SPAN * edge.half
    unit, size = eye.view.unit, eye.character.shape.eye_size
    skin = np.array(eye.character.skin, float)
    upper, lower = rims(eye, expression, SPAN)

    fold = 0.042 * size * (0.35 + 0.65 * ARCH)
    crease = eye.seen(across * 1.05, edge.open - fold + 0.012 * blink * ARCH)
    if blink > 0.02:  # the lid that has come down is round and catches light
        lid = np.concatenate([crease, upper[::-1]])
        canvas.fill(lid, skin * (0.93, 0.82, 0.78), opacity=0.85 * blink, blur=0.024 * unit)
    if blink < 0.98:
        opening = canvas.within(np.concatenate([upper, lower[::-1]]))
        if opening is not None:
            paint_ball(opening, eye, edge, expression)
    canvas.fill(
        np.concatenate([crease, upper[::-1]]), skin * (0.6, 0.45, 0.42), opacity=0.20 * (1 - blink), blur=0.008 * unit
    )
    canvas.stroke(
        crease,
        (0.004 + 0.014 * ARCH) * unit,
        skin * (0.48, 0.34, 0.31),
        opacity=0.55 * (1 - 0.92 * blink),
        blur=(0.004 + 0.008 * blink) * unit,
    )
    rim = eye.seen(across, edge.lower + 0.008)
    canvas.stroke(
        rim, (0.004 + 0.008 * ARCH) * unit, skin * (0.62, 0.43, 0.40), opacity=0.6 - 0.4 * blink, blur=0.004 * unit
    )
    paint_lashes(canvas, eye, edge, blink)


def paint_ball(opening: Canvas, eye: Eye, edge: Lids, expression: Expression) -> None:
    """What is seen between the lids."""
    unit, size = eye.view.unit, eye.character.shape.eye_size
    across = SPAN * edge.half
    white = WHITE * (0.92 if eye.character.finish == "soft" else 1.0)
    everything = np.concatenate(
        [eye.seen(across * 1.2, edge.open - 0.1), eye.seen(across * 1.2, edge.lower + 0.1)[::-1]]
    )
    opening.fill(everything, white)
    for end in (-1.0, 1.0):  # the ball turns away towards the corners
        away = eye.seen(
            np.array([end * 1.2, end * 0.55, end * 0.55, end * 1.2]) * edge.half,
            eye.head.eye[1] + np.array([-0.2, -0.2, 0.2, 0.2]),
        )
        opening.multiply(away, (0.74, 0.66, 0.64), opacity=0.75, blur=0.022 * unit)
    corner = eye.seen(np.array([-1.05, -0.83, -0.83]) * edge.half, edge.lower[0] + np.array([0.0, -0.016, 0.016]))
    opening.fill(corner, (205, 140, 130), opacity=0.85, blur=0.006 * unit)

    centre = (0.060 * size * expression.gaze_x, -0.006 * size - 0.036 * size * expression.gaze_y)
    radius = IRIS * size
    iris = np.array(eye.character.iris, float)
    opening.fill(eye.disc(centre, radius), iris * 0.42, blur=0.004 * unit)
    opening.fill(eye.disc(centre, radius * 0.87), iris, opacity=0.95, blur=0.006 * unit)
    opening.fill(
        eye.disc((centre[0] + 0.012 * size, centre[1] + 0.024 * size), radius * 0.52),
        np.minimum(iris * 1.5 + 18, 255),
        opacity=0.75,
        blur=0.014 * unit,
    )
    opening.fill(eye.disc(centre, radius * 0.43), (14, 10, 11), blur=0.003 * unit)
    shadow = np.concatenate([eye.seen(across, edge.upper - 0.03), eye.seen(across, edge.upper + 0.030 * size)[::-1]])
    opening.multiply(shadow, (0.38, 0.33, 0.35), opacity=0.8, blur=0.011 * unit)
    opening.fill(
        eye.disc((centre[0] - 0.30 * radius, centre[1] - 0.34 * radius), radius * 0.20),
        (255, 255, 252),
        opacity=0.95,
        blur=0.003 * unit,
    )
    opening.fill(
        eye.disc((centre[0] + 0.34 * radius, centre[1] + 0.40 * radius), radius * 0.12),
        (255, 255, 255),
        opacity=0.35,
        blur=0.004 * unit,
    )


def paint_lashes(canvas: Canvas, eye: Eye, edge: Lids, blink: float) -> None:
    """The dark edge of the upper lid, single lashes at its outer half where they are strong."""
    strength, unit = eye.character.lashes, eye.view.unit
    skin = np.array(eye.character.skin, float)
    ink = INK + (skin * 0.35 - INK) * 0.6 * (1 - strength)
    across = SPAN * edge.half
    width = (
        (0.010 + (0.006 + 0.016 * strength) * np.clip(0.55 + 0.6 * SPAN, 0.15, 1))
        * (1 - 0.75 * SPAN**6)
        * (1 + 0.5 * blink)
    )
    canvas.stroke(eye.seen(across * 1.015, edge.upper - 0.003, lift=0.006), width * unit, ink, opacity=0.92)
    if strength < 0.6:
        return
    down = 2 * blink - 1
    lines = []
    for place in (0.45, 0.62, 0.78, 0.92, 1.0):
        start = float(np.interp(place, SPAN, edge.upper))
        length = 0.048 * strength * (0.55 + 0.45 * place)
        s = np.linspace(0, 1, 5)
        sideways = place * edge.half + length * (0.35 + 0.55 * place) * s
        lines.append(eye.seen(sideways, start + length * down * (0.75 * s + 0.25 * s * s), lift=0.02))
    canvas.hatch(lines, [np.linspace(0.014, 0.002, 5) * unit] * len(lines), ink, opacity=0.85)

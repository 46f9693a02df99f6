"""The drawn lines of the face beside the eyes: brows, nostrils, mouth and ears."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from avatarify.character.brush import Canvas, Floats, Points, moved, spline
from avatarify.character.character import Character
from avatarify.character.expression import Expression
from avatarify.character.head import Head
from avatarify.character.render import KEY, Surface
from avatarify.character.view import View

BROW_LINE = np.array([(-0.175, 0.006), (-0.10, -0.016), (0.0, -0.040), (0.09, -0.045), (0.165, -0.018), (0.225, 0.025)])
BROW_WIDTH = np.array([0.040, 0.058, 0.055, 0.043, 0.028, 0.006])
STEPS = np.linspace(0, 1, 21)
DROP = 0.255  # of the lower lip, head units; it opens ahead of the jaw


def paint_brow(canvas: Canvas, character: Character, head: Head, view: View, expression: Expression, side: int) -> None:
    """One brow; side as in eyes.Eye."""
    x, y = head.eye
    size = character.shape.eye_size
    base = y - 0.205 - 0.09 * (size - 1) - 0.052 * expression.brow
    line = BROW_LINE * (0.95 + 0.15 * (size - 1), 1.0)
    frown = max(-expression.brow, 0)
    line = line + np.column_stack(
        [-0.020 * frown * (line[:, 0] < 0), 0.035 * frown * np.clip(-line[:, 0] / 0.17, -0.3, 1)]
    )
    curve = spline(np.column_stack([line[:, 0] + x, line[:, 1] + base]), steps=4)
    width = np.interp(np.linspace(0, 1, len(curve)), np.linspace(0, 1, 6), BROW_WIDTH) * character.shape.brows
    spots = curve * (side, 1)
    shown = view.project(head.on_face(spots, lift=0.008))
    ink = np.array(character.brow, float) * 0.8
    unit = view.unit
    canvas.stroke(shown, width * unit, ink, opacity=0.50, blur=0.011 * unit)
    canvas.stroke(shown, width * 0.72 * unit, ink * 0.9, opacity=0.45, blur=0.005 * unit)
    if unit < 75 or character.finish == "cel":
        return
    lines: list[Points] = []
    steps = np.arange(len(curve))
    for index, place in enumerate(np.linspace(0.02, 0.86, 11)):  # hairs stand up at the nose and lie down outwards
        at = place * steps[-1]
        thick = float(np.interp(at, steps, width))
        x0, y0 = float(np.interp(at, steps, curve[:, 0])), float(np.interp(at, steps, curve[:, 1]))
        x1, y1 = x0 + 0.045 + 0.03 * place, y0 - 0.62 * thick + 0.055 * place**2 + 0.008 * np.sin(index * 2.4)
        x0, y0 = x0 - 0.008, y0 + 0.42 * thick
        lines.append(np.array([(x0, y0), ((x0 + x1) / 2 - 0.004, (y0 + y1) / 2 - 0.004), (x1, y1)]) * (side, 1))
    placed = view.project(head.on_face(np.concatenate(lines), lift=0.01)).reshape(-1, 3, 2)
    taper = np.array([0.010, 0.009, 0.002]) * unit
    canvas.hatch(list(placed), [taper] * len(lines), ink * 0.75, opacity=0.5)


def paint_nostrils(canvas: Canvas, character: Character, head: Head, view: View) -> None:
    """The two openings and the shadow under the tip."""
    shape = character.shape
    level = -0.02 + 0.29 * shape.nose_length + 0.088
    skin = np.array(character.skin, float)
    unit = view.unit
    for side in (-1, 1):
        shape_of = np.array(
            [(0.035, 0.006), (0.060, -0.014), (0.093, -0.012), (0.108, 0.006), (0.085, 0.014), (0.055, 0.016)]
        )
        spots = shape_of * (side * shape.nose_width, 1.0) + (0, level)
        outline = view.project(head.on_face(spline(spots, steps=4, closed=True)))
        canvas.fill(outline, skin * (0.30, 0.17, 0.15), opacity=0.72, blur=0.007 * unit)
        wing = np.array([(0.150, -0.075), (0.178, -0.035), (0.172, 0.005), (0.140, 0.022)]) * (
            side * shape.nose_width,
            1,
        ) + (0, level - 0.01)
        shown = view.project(head.on_face(spline(wing, steps=4)))
        canvas.stroke(shown, 0.018 * unit, skin * (0.52, 0.36, 0.32), opacity=0.35, blur=0.008 * unit)


class OnMouth(Protocol):
    """Puts a curve of the mouth into the picture; `lower` curves are those that the jaw carries."""

    def __call__(self, curve: Points, *, lift: float = 0.0, lower: bool = False) -> Points: ...


class Lips:
    """The mouth's curves for one expression, [21,2] each in frontal coordinates, left to right of the picture."""

    def __init__(self, character: Character, expression: Expression) -> None:
        shape, smile = character.shape, expression.smile
        gape = expression.mouth_open
        half = 0.262 * shape.mouth * (1 + 0.16 * expression.mouth_wide + 0.13 * smile - 0.10 * gape)
        full = shape.lips * (
            1 - 0.16 * max(smile, 0) - 0.22 * max(expression.mouth_wide, 0) + 0.20 * max(-expression.mouth_wide, 0)
        )
        t = 2 * STEPS - 1
        arch = 1 - t * t
        corner = -0.060 * smile + 0.045 * gape
        bend = (corner - 0.020) * np.abs(t) ** 1.8 + 0.022 * smile * arch
        middle = 0.562
        dip = 0.016 * np.exp(-((t / 0.16) ** 2))
        closed = middle + bend + 0.006 * np.cos(t * 7) * arch
        upper_high = 0.068 * full * (1 - 0.15 * gape) * (1 - np.abs(t) ** 1.5) - dip * full * 0.9
        lower_low = 0.090 * full * (1 - np.abs(t) ** 2.4)
        drop = DROP * gape**0.65 * (1 - np.abs(t) ** 2.6) ** 0.75
        rise = 0.030 * gape * arch
        self.upper_top = np.column_stack([t * half, closed - upper_high - rise])
        self.upper_edge = np.column_stack([t * half * 0.985, closed - rise])
        self.lower_edge = np.column_stack([t * half * 0.985, closed + drop])
        self.lower_end = np.column_stack([t * half, closed + drop + lower_low])
        self.gape = gape


def paint_mouth(canvas: Canvas, character: Character, head: Head, view: View, expression: Expression) -> None:
    """Lips, and between them the dark, the teeth and the tongue."""
    lips = Lips(character, expression)
    unit = view.unit
    pull = 0.35 * view.drop  # the mouth's depth is read on the face at rest

    def seen(curve: Points, *, lift: float = 0.0, lower: bool = False) -> Points:
        at_rest = curve - (0, min(DROP * lips.gape**0.65, 0.2) if lower else 0)
        spots = head.on_face(at_rest, lift=lift - (pull if lower else 0) * 0.5)
        spots[:, 1] = curve[:, 1]
        return view.still_jaw().project(spots)

    top, upper, lower, bottom = (
        seen(lips.upper_top),
        seen(lips.upper_edge),
        seen(lips.lower_edge, lower=True),
        seen(lips.lower_end, lower=True),
    )
    colour = np.array(character.lips, float)
    skin = np.array(character.skin, float)
    if lips.gape > 0.01:
        inside = canvas.within(np.concatenate([upper, lower[::-1]]))
        if inside is not None:
            paint_inside(inside, lips, upper, lower, seen, unit)
    upper_lip, lower_lip = np.concatenate([top, upper[::-1]]), np.concatenate([lower, bottom[::-1]])
    canvas.multiply(np.concatenate([top, bottom[::-1]]), (0.86, 0.72, 0.70), opacity=0.35, blur=0.022 * unit)
    canvas.fill(upper_lip, colour * 0.80, opacity=0.88, blur=0.006 * unit)
    canvas.fill(lower_lip, colour * 1.0, opacity=0.85, blur=0.008 * unit)
    canvas.fill(
        np.concatenate([(top + upper)[3:18] / 2, upper[3:18][::-1]]), colour * 0.58, opacity=0.45, blur=0.010 * unit
    )
    shine = (0.62 * lower + 0.38 * bottom)[5:15]
    canvas.stroke(
        shine,
        0.026 * unit * np.sin(np.linspace(0.15, np.pi - 0.15, 10)),
        np.minimum(colour * 1.2 + 45, 255),
        opacity=0.42,
        blur=0.010 * unit,
    )
    line_ink = np.array([70.0, 26.0, 26.0]) * 0.6 + colour * 0.15
    weight = 1 - min(lips.gape * 4, 1)
    if weight > 0:
        line = 0.5 * (upper + lower)
        canvas.stroke(
            line, (0.007 + 0.011 * np.sin(STEPS * np.pi)) * unit, line_ink, opacity=0.85 * weight, blur=0.003 * unit
        )
    for end, inner in ((0, 1), (-1, -2)):
        spot = upper[end] + (upper[end] - upper[inner]) * np.linspace(-1.2, 0.7, 4)[:, None]
        canvas.stroke(
            spot,
            np.array([0.006, 0.022, 0.02, 0.004]) * unit,
            skin * (0.40, 0.26, 0.24),
            opacity=0.5,
            blur=0.006 * unit,
        )


def paint_inside(inside: Canvas, lips: Lips, upper: Points, lower: Points, seen: OnMouth, unit: float) -> None:
    """Between the lips: teeth at the top, the tongue at the bottom."""
    around = np.concatenate([upper - (0, 0.1 * unit), moved(lower, 0, 0.1 * unit)[::-1]])
    inside.fill(around, (58, 16, 20))
    centre = lower[10] + (0, 0.02 * unit)
    wide = 0.55 * np.linalg.norm(lower[16] - lower[4])
    tongue = centre + np.stack([np.cos(STEPS * 2 * np.pi) * wide, np.sin(STEPS * 2 * np.pi) * 0.085 * unit], 1)
    inside.fill(tongue, (176, 78, 78), opacity=0.85, blur=0.02 * unit)
    edge = lips.upper_edge.copy()
    edge[:, 0] *= 0.86
    depth = 0.030 + 0.035 * lips.gape
    low = moved(edge, 0, depth)
    low[:, 1] -= 0.02 * (2 * STEPS - 1) ** 2
    teeth = np.concatenate([seen(edge - (0, 0.04), lift=-0.05), seen(low, lift=-0.05)[::-1]])
    inside.fill(teeth, (232, 224, 212), blur=0.004 * unit)
    shade = np.concatenate([upper - (0, 0.03 * unit), moved(upper, 0, 0.028 * unit)[::-1]])
    inside.multiply(shade, (0.45, 0.36, 0.36), opacity=0.75, blur=0.012 * unit)
    for end in (slice(0, 6), slice(15, 21)):
        corner = np.concatenate([upper[end], lower[end][::-1]])
        inside.multiply(corner, (0.35, 0.25, 0.25), opacity=0.8, blur=0.02 * unit)


EAR = np.array(
    [
        (0.00, -0.150),
        (0.07, -0.205),
        (0.150, -0.190),
        (0.185, -0.110),
        (0.165, -0.010),
        (0.120, 0.075),
        (0.085, 0.150),
        (0.03, 0.165),
        (-0.02, 0.110),
    ]
)
INNER = np.array([(0.045, -0.120), (0.090, -0.150), (0.130, -0.120), (0.130, -0.050), (0.100, 0.020), (0.060, 0.050)])
BOWL = np.array([(0.030, -0.050), (0.075, -0.075), (0.090, -0.020), (0.065, 0.045), (0.030, 0.050)])


def paint_ear(canvas: Canvas, character: Character, view: View, surface: Surface | None, side: int) -> None:
    """One ear; where the head is nearer than the ear, it hides it."""
    wide = 0.4 + 0.6 * character.shape.width
    root = np.array([0.715 * wide * side, 0.075, -0.13])
    out = np.array([0.80 * side, 0.0, -0.60])
    up = np.array([0.05 * side, 1.0, -0.06])

    def seen(shape: npt.NDArray[np.floating]) -> tuple[Points, npt.NDArray[np.float64]]:
        turned = view.turn(root + shape[:, :1] * out + shape[:, 1:] * up)
        return view.place(turned), turned[:, 2]

    outline, depth = seen(spline(EAR, steps=5, closed=True))
    skin = np.array(character.skin, float)
    normal = view.rotation @ np.cross(out, up) * side
    normal = normal / np.linalg.norm(normal)
    light = 0.50 + 0.42 * max(float(KEY @ normal), 0)
    unit = view.unit
    window = canvas if surface is None else in_front(canvas, outline, depth, surface)
    if window is None:
        return
    warm = skin * (1.0, 0.86, 0.82)
    window.fill(outline, warm * light * 0.95)
    window.stroke(outline, 0.02 * unit, warm * light * 0.72, opacity=0.6, blur=0.008 * unit)
    inner, _ = seen(spline(INNER, steps=5))
    window.stroke(inner, 0.030 * unit, warm * light * 0.62, opacity=0.6, blur=0.010 * unit)
    bowl, _ = seen(spline(BOWL, steps=5, closed=True))
    window.fill(bowl, warm * light * (0.50, 0.42, 0.40), opacity=0.75, blur=0.012 * unit)
    helix, _ = seen(spline(EAR[1:5] * 0.90, steps=5))
    window.stroke(helix, 0.018 * unit, np.minimum(warm * light * 1.22, 255), opacity=0.55, blur=0.006 * unit)


def in_front(canvas: Canvas, outline: Points, depth: npt.NDArray[np.float64], surface: Surface) -> Canvas | None:
    """The window of the canvas over a flat shape, limited to where it is nearer than the head. depth: z of each corner."""
    height, width = canvas.pixels.shape[:2]
    low, high = np.floor(outline.min(0)) - 3, np.ceil(outline.max(0)) + 3
    x0, y0, x1, y1 = max(int(low[0]), 0), max(int(low[1]), 0), min(int(high[0]), width), min(int(high[1]), height)
    if x0 >= x1 or y0 >= y1:
        return None
    plane, *_ = np.linalg.lstsq(np.column_stack([outline, np.ones(len(outline))]), depth, rcond=None)
    columns, rows = np.arange(x0, x1), np.arange(y0, y1)
    near = (plane[0] * columns + plane[2])[None] + (plane[1] * rows)[:, None]
    clip: Floats = np.ones((y1 - y0, x1 - x0), np.float32)
    sx0, sy0, sx1, sy1 = surface.window
    a, b, c, d = max(x0, sx0), max(y0, sy0), min(x1, sx1), min(y1, sy1)
    if a < c and b < d:
        head_z = surface.depth[b - sy0 : d - sy0, a - sx0 : c - sx0]
        cover = surface.cover[b - sy0 : d - sy0, a - sx0 : c - sx0]
        behind = np.clip((head_z - near[b - y0 : d - y0, a - x0 : c - x0]) / 0.04 + 0.5, 0, 1)
        clip[b - y0 : d - y0, a - x0 : c - x0] -= (cover * behind).astype(np.float32)
    return Canvas(canvas.pixels[y0:y1, x0:x1], origin=(x0, y0), clip=clip)

"""Shoulders and what they wear."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from avatarify.character.brush import Canvas, Floats, Points, moved, spline
from avatarify.character.character import Character
from avatarify.character.expression import NEUTRAL
from avatarify.character.view import View, body_points, look

SHOULDER = np.array(
    [(0.0, 1.26), (0.47, 1.19), (0.60, 1.30), (0.80, 1.42), (1.18, 1.56), (1.42, 1.82), (1.52, 2.4), (1.6, 3.4)]
)


class Garment(NamedTuple):
    """A painted garment, ready to be laid over any picture: picture * gain + light in the rows from top on.

    gain, light: [h,width,3]. cover: [h,width] 0..1, where it is cloth.
    """

    top: int
    gain: Floats
    light: Floats
    cover: Floats


def dress(canvas: Canvas, character: Character, trunk: View, head: Points) -> None:
    """Paint the garment and on it the shadow of the head, whose outline is `head`."""
    height, width = canvas.pixels.shape[:2]
    garment = sewn(character, trunk, width, height)
    area = canvas.pixels[garment.top :]
    area *= garment.gain
    area += garment.light
    cast_shadow(canvas.covered((0, garment.top, width, height), garment.cover), head, trunk.unit)


def sewn(character: Character, trunk: View, width: int, height: int) -> Garment:
    """The garment as this view shows it. The neutral framing, where most pictures are, is kept."""
    rest = look(NEUTRAL, width, height)
    if trunk.unit == rest.unit and np.array_equal(trunk.centre, rest.centre):
        return sewn_at_rest(character, width, height)
    return sew(character, trunk, width, height)


@lru_cache(maxsize=8)
def sewn_at_rest(character: Character, width: int, height: int) -> Garment:
    return sew(character, look(NEUTRAL, width, height), width, height)


def sew(character: Character, trunk: View, width: int, height: int) -> Garment:
    """Every stroke is picture * a + b, so what it does to black and to white says what it does to anything."""
    outline = garment_outline(character, trunk)
    top = min(max(int(outline[:, 1].min() - 0.5 * trunk.unit), 0), height - 1)
    shape = (height - top, width, 3)
    black, white = np.zeros(shape, np.float32), np.full(shape, 255, np.float32)
    for pixels in (black, white):
        paint_clothes(Canvas(pixels, origin=(0, top)), character, trunk)
    gain = (white - black) / np.float32(255)
    cover = np.maximum(1 - gain.mean(2), 0)
    return Garment(top, gain, black, cover)


def neckline(character: Character, trunk: View) -> Points:
    """[17,2] pixels from the left shoulder down and up to the right one."""
    depth = {"crew": 0.20, "shirt": 0.30, "hood": 0.16, "rollneck": 0.02}[character.clothes.cut]
    t = np.linspace(0, np.pi, 17)
    x, y = SHOULDER[1]
    return body_points(trunk, np.column_stack([-x * np.cos(t), y + depth * np.sin(t) ** 0.9]))


def garment_outline(character: Character, trunk: View) -> Points:
    """Neckline, right shoulder, left shoulder; closed far below the picture."""
    slope = spline(SHOULDER[1:], steps=6)
    right, left = body_points(trunk, slope), body_points(trunk, slope * (-1, 1))[::-1]
    return np.concatenate([neckline(character, trunk), right, left])


def paint_clothes(canvas: Canvas, character: Character, trunk: View) -> None:
    """The garment with its neckline."""
    cut, unit = character.clothes.cut, trunk.unit
    cloth, accent = (np.array(colour, float) for colour in (character.clothes.colour, character.clothes.accent))
    dip = neckline(character, trunk)
    outline = garment_outline(character, trunk)
    canvas.multiply(dip, (0.62, 0.52, 0.50), opacity=0.55, blur=0.03 * unit)
    canvas.fill(outline, cloth * 0.86)
    inside = canvas.within(outline)
    if inside is not None:
        shade_cloth(inside, cloth, trunk)
    if cut == "crew":
        taper = np.sin(np.linspace(0, np.pi, len(dip))) ** 0.4
        canvas.stroke(moved(dip, 0, 0.014 * unit), 0.065 * unit * taper, cloth * 0.74)
        canvas.stroke(moved(dip, 0, 0.044 * unit), 0.010 * unit * taper, cloth * 0.52, opacity=0.6, blur=0.003 * unit)
    elif cut == "shirt":
        paint_collar(canvas, inside, cloth, trunk)
    elif cut == "hood":
        canvas.stroke(dip, 0.05 * unit, accent, opacity=1.0)
        for side in (-1, 1):
            roll = np.array([(0.50, 1.10), (0.62, 1.26), (0.52, 1.44), (0.26, 1.60), (0.06, 1.72)]) * (side, 1)
            line = body_points(trunk, spline(roll))
            width = np.interp(np.linspace(0, 1, len(line)), [0, 0.2, 0.5, 1], [0.02, 0.16, 0.22, 0.05]) * unit
            canvas.stroke(line, width, cloth * 0.96)
            canvas.stroke(
                moved(line, 0.03 * unit, 0.05 * unit), width * 0.45, cloth * 0.66, opacity=0.6, blur=0.03 * unit
            )
            cord = body_points(trunk, spline(np.array([(0.16, 1.66), (0.17, 1.85), (0.15, 2.1)]) * (side, 1)))
            canvas.stroke(cord, 0.028 * unit, accent * 0.95)
    else:
        paint_rollneck(canvas, cloth, trunk)


def shade_cloth(inside: Canvas, cloth: npt.NDArray[np.float64], trunk: View) -> None:
    """Light from the left, round shoulders, some folds."""
    unit = trunk.unit
    lit = body_points(trunk, np.array([(-1.5, 1.3), (-0.3, 1.25), (-0.5, 2.0), (-1.5, 2.4)]))
    inside.fill(lit, np.minimum(cloth * 1.18 + 6, 255), opacity=0.65, blur=0.22 * unit)
    dark = body_points(trunk, np.array([(0.55, 1.2), (2.2, 1.2), (2.2, 3), (0.9, 3)]))
    inside.multiply(dark, (0.66, 0.64, 0.70), opacity=0.75, blur=0.26 * unit)
    middle = body_points(trunk, np.array([(-0.35, 1.75), (0.45, 1.7), (0.55, 3.2), (-0.4, 3.2)]))
    inside.multiply(middle, (0.80, 0.79, 0.83), opacity=0.6, blur=0.2 * unit)
    for line in (
        ((-0.95, 1.46), (-0.8, 1.75), (-0.86, 2.3)),
        ((0.95, 1.46), (0.82, 1.75), (0.9, 2.3)),
        ((-0.42, 1.5), (-0.30, 1.72), (-0.1, 1.9)),
    ):
        shown = body_points(trunk, spline(np.array(line)))
        inside.stroke(shown, 0.05 * unit, cloth * 0.60, opacity=0.35, blur=0.03 * unit)


def paint_collar(canvas: Canvas, inside: Canvas | None, cloth: npt.NDArray[np.float64], trunk: View) -> None:
    """Two collar points, their shadow inside the garment, and a row of buttons."""
    unit = trunk.unit
    placket = body_points(trunk, np.array([(0.0, 1.56), (0.02, 3.0)]))
    canvas.stroke(placket, 0.014 * unit, cloth * 0.62, opacity=0.7, blur=0.004 * unit)
    for button in (1.86, 2.2):
        spot = body_points(trunk, np.array([(0.05, button)]))[0]
        ring = spot + 0.026 * unit * np.stack([np.cos(np.linspace(0, 6.28, 16)), np.sin(np.linspace(0, 6.28, 16))], 1)
        canvas.fill(ring, np.minimum(cloth * 1.2 + 20, 255))
    for side in (-1, 1):
        flap = np.array([(0.40, 1.13), (0.52, 1.30), (0.40, 1.72), (0.02, 1.55), (0.22, 1.42), (0.36, 1.25)]) * (
            side,
            1,
        )
        shown = body_points(trunk, flap)
        if inside is not None:
            inside.multiply(moved(shown, 0.02 * unit, 0.05 * unit), (0.55, 0.55, 0.6), opacity=0.5, blur=0.03 * unit)
        canvas.fill(shown, np.minimum(cloth * (1.12 if side < 0 else 0.92) + 4, 255))
        canvas.stroke(np.concatenate([shown[1:4]]), 0.010 * unit, cloth * 0.66, opacity=0.6, blur=0.003 * unit)


def paint_rollneck(canvas: Canvas, cloth: npt.NDArray[np.float64], trunk: View) -> None:
    """A high knitted collar."""
    unit = trunk.unit
    shape = np.array(
        [
            (-0.47, 1.00),
            (-0.25, 1.11),
            (0.0, 1.15),
            (0.25, 1.11),
            (0.47, 1.00),
            (0.52, 1.18),
            (0.54, 1.38),
            (0.3, 1.47),
            (0, 1.50),
            (-0.3, 1.47),
            (-0.54, 1.38),
            (-0.52, 1.18),
        ]
    )
    outline = body_points(trunk, spline(shape, steps=5, closed=True))
    canvas.fill(outline, cloth * 0.98)
    inside = canvas.within(outline)
    if inside is None:
        return
    inside.multiply(moved(outline, 0.42 * unit, 0), (0.60, 0.58, 0.64), opacity=0.8, blur=0.12 * unit)
    inside.multiply(moved(outline, 0, 0.36 * unit), (0.68, 0.66, 0.70), opacity=0.6, blur=0.03 * unit)
    for x in np.linspace(-0.5, 0.5, 15):
        rib = body_points(trunk, np.array([(x * 0.95, 1.02), (x, 1.25), (x * 1.05, 1.5)]))
        inside.stroke(rib, 0.014 * unit, cloth * 0.70, opacity=0.35, blur=0.006 * unit)


def cast_shadow(canvas: Canvas, outline: Points, unit: float) -> None:
    """The head's shadow on neck and clothes."""
    canvas.multiply(moved(outline, 0.10 * unit, 0.20 * unit), (0.56, 0.44, 0.42), opacity=0.7, blur=0.09 * unit)

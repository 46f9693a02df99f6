"""What is behind and below the head: background, neck, hair that falls and a scarf's folds."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from avatarify.character.brush import Canvas, Floats, Points, Tint, moved, spline
from avatarify.character.character import Character, Colour
from avatarify.character.clothes import cast_shadow, dress
from avatarify.character.features import in_front
from avatarify.character.render import Surface
from avatarify.character.view import View, body_points

IN_FRONT = 0.28  # how far the locks lie before the head's side, head units


@lru_cache(maxsize=8)
def backdrop(colours: tuple[Colour, Colour], width: int, height: int) -> Floats:
    """[height,width,3] a soft gradient, brighter behind the head's lit side, with a trace of grain."""
    centre, rim = (np.array(colour, np.float32) for colour in colours)
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / height
    y = (np.arange(height, dtype=np.float32) + 0.5) / height
    distance = np.sqrt(((x[None] + 0.10) / 0.95) ** 2 + ((y[:, None] - 0.40) / 0.85) ** 2)
    mix = np.clip(distance, 0, 1)
    mix = (mix * mix * (3 - 2 * mix))[..., None]
    grain = np.random.default_rng(3).uniform(-0.9, 0.9, (height, width, 1)).astype(np.float32)
    picture = np.asarray(centre + (rim - centre) * mix + grain, np.float32)
    picture.setflags(write=False)
    return picture


def paint_body(canvas: Canvas, character: Character, view: View, head: Points) -> None:
    """Hair behind the neck, neck, shoulders, and on them the shadow of the head, whose outline is `head`."""
    if character.hair.style in ("long", "bun"):
        paint_back_hair(canvas, character, view)
    trunk = view.still()
    unit = view.unit
    skin = np.array(character.skin, float)
    neck = neck_outline(character, view, trunk)
    canvas.fill(neck, skin * 0.80)
    window = canvas.within(neck)
    if window is not None:
        right = moved(neck, 0.36 * unit, 0)
        window.multiply(right, (0.66, 0.56, 0.54), opacity=0.75, blur=0.14 * unit)
        left = neck - (0.62 * unit, 0)
        window.multiply(left, (0.80, 0.70, 0.66), opacity=0.6, blur=0.08 * unit)
        for side in (-1, 1):
            band = body_points(trunk, np.array([(0.40 * side, 0.75), (0.26 * side, 1.05), (0.08 * side, 1.32)]))
            window.stroke(spline(band), 0.05 * unit, skin * 0.95, opacity=0.25, blur=0.03 * unit)
        cast_shadow(window, head, unit)
    dress(canvas, character, trunk, head)


def neck_outline(character: Character, view: View, trunk: View) -> Points:
    """From behind the jaw, which turns, to the collar, which stays."""
    wide = 0.40 + 0.05 * character.shape.jaw + 0.18 * (character.shape.width - 1)
    top = view.project(np.array([(-wide, 0.30, -0.30), (wide, 0.30, -0.30)]))
    mid = body_points(trunk, np.array([(-wide * 0.97, 1.02), (wide * 0.97, 1.02)]))
    low = body_points(trunk, np.array([(-wide - 0.12, 1.30), (-0.75, 1.44), (0.75, 1.44), (wide + 0.12, 1.30)]))
    right = spline(np.array([top[1], mid[1], low[3], low[2]]), steps=6)
    left = spline(np.array([low[1], low[0], mid[0], top[0]]), steps=6)
    base = body_points(trunk, np.array([(0.75, 1.9), (-0.75, 1.9)]))
    return np.concatenate([right, base, left])


def paint_back_hair(canvas: Canvas, character: Character, view: View) -> None:
    """What is seen of the hair behind the neck."""
    colour = np.array(character.hair.colour, float)
    unit = view.unit
    if character.hair.style == "bun":
        centre = view.project(np.array([(0.0, -1.20, -0.42)]))[0]
        t = np.linspace(0, 2 * np.pi, 40)
        ball = centre + unit * np.stack([np.cos(t) * 0.36, np.sin(t) * 0.31], 1)
        canvas.fill(ball, colour * 0.74)
        inside = canvas.within(ball)
        if inside is not None:
            lit = centre + unit * np.stack([np.cos(t) * 0.20 - 0.10, np.sin(t) * 0.15 - 0.09], 1)
            inside.fill(lit, np.minimum(colour * 1.15 + 12, 255), opacity=0.9, blur=0.09 * unit)
            inside.multiply(moved(ball, 0, 0.34 * unit), (0.60, 0.58, 0.60), opacity=0.7, blur=0.07 * unit)
            for k in range(1, 9):  # strands wound around
                wound = centre + unit * np.stack([np.cos(t) * 0.042 * k, (np.sin(t) - 0.3) * 0.036 * k], 1)
                inside.stroke(wound, 0.012 * unit, colour * 0.45, opacity=0.28, blur=0.004 * unit)
        return
    trunk = view.still()
    top = view.project(np.array([(-0.80, -0.2, -0.35), (0.80, -0.2, -0.35)]))
    mid = 0.5 * (
        view.project(np.array([(-0.86, 0.7, -0.45), (0.86, 0.7, -0.45)]))
        + body_points(trunk, np.array([(-0.86, 0.7), (0.86, 0.7)]))
    )
    low = body_points(trunk, np.array([(-0.98, 1.55), (-0.80, 2.05), (0.80, 2.05), (0.98, 1.55)]))
    outline = np.concatenate(
        [spline(np.array([top[1], mid[1], low[3], low[2]])), spline(np.array([low[1], low[0], mid[0], top[0]]))]
    )
    canvas.fill(outline, colour * 0.55)


def paint_falling_hair(canvas: Canvas, character: Character, view: View, surface: Surface) -> None:
    """Locks of long hair at the sides of the face, behind it where it has turned, and in front of the shoulders."""
    colour = np.array(character.hair.colour, float)
    trunk, unit = view.still(), view.unit
    random = np.random.default_rng(41)
    for side in (-1, 1):
        locks: list[tuple[Points, npt.NDArray[np.float64], Tint]] = []
        depths: list[npt.NDArray[np.float64]] = []
        for near in random.permutation(np.linspace(0, 1, 30)):  # 0 is the outermost lock, 1 the one at the cheek
            sway = 0.03 * np.sin(7 * near + side)
            roots = np.array(
                [
                    (side * (0.74 - 0.06 * near), -0.52 + 0.2 * near, -0.30 + 0.42 * near),
                    (side * (0.85 - 0.14 * near), 0.10, -0.25 + 0.36 * near),
                    (side * (0.90 - 0.22 * near), 0.62, -0.25 + 0.30 * near),
                ]
            )
            turned = view.turn(roots)
            rest = np.array(
                [
                    (side * (0.97 - 0.42 * near + sway), 1.20),
                    (side * (1.00 - 0.40 * near - sway), 1.62),
                    (side * (0.92 - 0.34 * near + sway), 2.02 + 0.16 * np.sin(9 * near)),
                ]
            )
            line = spline(np.concatenate([view.place(turned), body_points(trunk, rest)]), steps=5)
            width = np.interp(np.linspace(0, 1, len(line)), [0, 0.2, 0.5, 0.85, 1], [0.0, 0.05, 0.09, 0.07, 0.0]) * unit
            round_tone = 1.10 - 0.55 * abs(near - 0.45) - (0.14 if side > 0 else 0)
            tone = round_tone * random.uniform(0.80, 1.10)
            locks.append((line, width, np.minimum(colour * tone, 255)))
            depths.append(np.interp(np.linspace(0, 1, len(line)), [0, 0.2, 0.4, 1], [*turned[:, 2], -0.25]))
        nearer = np.concatenate(depths) + IN_FRONT
        window = in_front(canvas, np.concatenate([line for line, _, _ in locks]), nearer, surface)
        if window is not None:
            for line, width, tint in locks:
                window.stroke(line, width, tint, opacity=0.75, blur=0.004 * unit)


def paint_drape(canvas: Canvas, character: Character, view: View) -> None:
    """A scarf's folds around the neck."""
    colour = np.array(character.hair.colour, float)
    trunk, unit = view.still(), view.unit
    ear = view.project(np.array([(-0.66, 0.55, -0.1), (0.66, 0.55, -0.1)]))
    low = body_points(
        trunk, np.array([(-0.78, 1.20), (-0.95, 1.55), (-0.2, 1.86), (0.5, 1.78), (0.98, 1.50), (0.76, 1.15)])
    )
    outline = spline(np.array([ear[0], *low, ear[1]]), steps=6)
    canvas.fill(outline, colour * 0.78)
    inside = canvas.within(outline)
    if inside is None:
        return
    inside.fill(outline - (0.6 * unit, 0), colour * 0.98, opacity=0.8, blur=0.2 * unit)
    for k in range(4):
        drop = 0.15 * k
        bend = np.array(
            [(-0.85, 0.86 + drop), (-0.3 + 0.08 * k, 1.22 + drop), (0.30, 1.20 + 0.9 * drop), (0.85, 0.80 + drop)]
        )
        fold = body_points(trunk, spline(bend))
        thick = (0.02 + 0.07 * np.sin(np.linspace(0, np.pi, len(fold)))) * unit
        inside.stroke(fold, thick, colour * 0.50, opacity=0.5, blur=0.030 * unit)
        lit = np.minimum(colour * 1.16, 255)
        inside.stroke(moved(fold, 0, 0.08 * unit), thick, lit, opacity=0.45, blur=0.030 * unit)

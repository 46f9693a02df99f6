"""What is behind and below the head: background, neck, shoulders, clothes and hair that falls."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from avatarify.character.brush import Canvas, Floats, Points, moved, spline
from avatarify.character.character import Character, Colour
from avatarify.character.view import View

SHOULDER = np.array(
    [(0.0, 1.26), (0.47, 1.19), (0.60, 1.30), (0.80, 1.42), (1.18, 1.56), (1.42, 1.82), (1.52, 2.4), (1.6, 3.4)]
)


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
    paint_clothes(canvas, character, trunk, head)


def body_points(view: View, xy: npt.NDArray[np.floating], *, z: float = -0.25) -> Points:
    """[N,2] frontal coordinates of the trunk to pixels."""
    return view.project(np.column_stack([xy, np.full(len(xy), z)]))


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


def paint_clothes(canvas: Canvas, character: Character, trunk: View, head: Points) -> None:
    """The garment with its neckline."""
    cut, unit = character.clothes.cut, trunk.unit
    cloth, accent = (np.array(colour, float) for colour in (character.clothes.colour, character.clothes.accent))
    slope = spline(SHOULDER[1:], steps=6)
    right = body_points(trunk, slope)
    left = body_points(trunk, slope * (-1, 1))[::-1]
    depth = {"crew": 0.20, "shirt": 0.30, "hood": 0.16, "rollneck": 0.02}[cut]
    t = np.linspace(0, np.pi, 17)
    start = SHOULDER[1]
    dip = body_points(trunk, np.column_stack([-start[0] * np.cos(t), start[1] + depth * np.sin(t) ** 0.9]))
    outline = np.concatenate([dip, right, left])
    canvas.multiply(dip, (0.62, 0.52, 0.50), opacity=0.55, blur=0.03 * unit)
    canvas.fill(outline, cloth * 0.86)
    inside = canvas.within(outline)
    if inside is not None:
        shade_cloth(inside, cloth, trunk)
        cast_shadow(inside, head, unit)
    if cut == "crew":
        taper = np.sin(np.linspace(0, np.pi, len(dip))) ** 0.4
        canvas.stroke(moved(dip, 0, 0.014 * unit), 0.065 * unit * taper, cloth * 0.74)
        canvas.stroke(moved(dip, 0, 0.044 * unit), 0.010 * unit * taper, cloth * 0.52, opacity=0.6, blur=0.003 * unit)
    elif cut == "shirt":
        paint_collar(canvas, cloth, trunk)
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


def paint_collar(canvas: Canvas, cloth: npt.NDArray[np.float64], trunk: View) -> None:
    """Two collar points and a row of buttons."""
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
        canvas.multiply(moved(shown, 0.02 * unit, 0.05 * unit), (0.55, 0.55, 0.6), opacity=0.5, blur=0.03 * unit)
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


def paint_back_hair(canvas: Canvas, character: Character, view: View) -> None:
    """What is seen of the hair behind the neck."""
    colour = np.array(character.hair.colour, float)
    unit = view.unit
    if character.hair.style == "bun":
        centre = view.project(np.array([(0.0, -1.20, -0.42)]))[0]
        t = np.linspace(0, 2 * np.pi, 40)
        ball = centre + unit * np.stack([np.cos(t) * 0.36, np.sin(t) * 0.31], 1)
        canvas.fill(ball, colour * 0.72)
        inside = canvas.within(ball)
        if inside is not None:
            inside.fill(
                ball - (0.12 * unit, 0.12 * unit), np.minimum(colour * 1.1 + 8, 255), opacity=0.6, blur=0.09 * unit
            )
            for k in range(9):
                arc = centre + unit * np.stack(
                    [np.cos(t[:20] + 0.5) * (0.05 + 0.04 * k), np.sin(t[:20] + 0.5) * (0.04 + 0.034 * k)], 1
                )
                inside.stroke(arc, 0.012 * unit, colour * 0.5, opacity=0.35, blur=0.004 * unit)
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


def paint_falling_hair(canvas: Canvas, character: Character, view: View) -> None:
    """Locks of long hair at the sides of the face and in front of the shoulders."""
    colour = np.array(character.hair.colour, float)
    trunk, unit = view.still(), view.unit
    random = np.random.default_rng(41)
    for side in (-1, 1):
        for near in random.permutation(np.linspace(0, 1, 30)):  # 0 is the outermost lock, 1 the one at the cheek
            sway = 0.03 * np.sin(7 * near + side)
            crown = view.project(np.array([(side * (0.74 - 0.06 * near), -0.52 + 0.2 * near, -0.30 + 0.42 * near)]))
            ear = view.project(np.array([(side * (0.85 - 0.14 * near), 0.10, -0.25 + 0.36 * near)]))
            jaw = view.project(np.array([(side * (0.90 - 0.22 * near), 0.62, -0.25 + 0.30 * near)]))
            rest = np.array(
                [
                    (side * (0.97 - 0.42 * near + sway), 1.20),
                    (side * (1.00 - 0.40 * near - sway), 1.62),
                    (side * (0.92 - 0.34 * near + sway), 2.02 + 0.16 * np.sin(9 * near)),
                ]
            )
            line = spline(np.concatenate([crown, ear, jaw, body_points(trunk, rest)]), steps=5)
            width = np.interp(np.linspace(0, 1, len(line)), [0, 0.2, 0.5, 0.85, 1], [0.0, 0.05, 0.09, 0.07, 0.0]) * unit
            round_tone = 1.10 - 0.55 * abs(near - 0.45) - (0.14 if side > 0 else 0)
            tone = round_tone * random.uniform(0.80, 1.10)
            canvas.stroke(line, width, np.minimum(colour * tone, 255), opacity=0.75, blur=0.004 * unit)


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


def cast_shadow(canvas: Canvas, outline: Points, unit: float) -> None:
    """The head's shadow on neck and clothes."""
    canvas.multiply(moved(outline, 0.10 * unit, 0.20 * unit), (0.56, 0.44, 0.42), opacity=0.7, blur=0.09 * unit)

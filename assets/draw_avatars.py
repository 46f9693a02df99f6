"""Draw everything in this folder that is drawn: the avatars, the cropped photograph, the stand-by picture.

usage: python -m assets.draw_avatars [FOLDER]     (default: the folder of this file)
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Picture

from avatarify.character.body import backdrop
from avatarify.character.brush import Canvas, Points, spline
from avatarify.character.cast import CAST
from avatarify.character.character import Character
from avatarify.character.draw import draw
from avatarify.character.expression import Expression
from avatarify.frame import Image

FOLDER = Path(__file__).resolve().parent

SIDE = 768
PORTRAIT = Expression(smile=0.12)  # all but neutral, a little friendlier
STANDBY = (1280, 720)
CROP = (109, 5, 232)  # left, top, side of head and shoulders in the astronaut's photograph
CROPPED_SIDE = 512

DUSK = ((92, 110, 138), (44, 56, 84))
INK = np.array([236.0, 232.0, 222.0])
WARM = np.array([232.0, 170.0, 118.0])


def main(folder: Path) -> None:
    """Write every picture into the folder."""
    (folder / "avatars").mkdir(parents=True, exist_ok=True)
    for character in CAST:
        save(avatar(character), folder / "avatars" / f"{character.name.lower()}.png")
    save(astronaut(), folder / "avatars" / "astronaut.png")
    save(standby(), folder / "standby.png")
    save(pause(), folder / "pause.png")


def save(image: Image, path: Path) -> None:
    Picture.fromarray(image).save(path, optimize=True)
    print(path)


def avatar(character: Character) -> Image:
    """The portrait that is shipped: uint8 [SIDE,SIDE,3] RGB."""
    return halved(draw(character, PORTRAIT, 2 * SIDE))


def halved(image: Image) -> Image:
    """Half the size: edges come out smoother than when they are drawn at that size."""
    half = (image.shape[1] // 2, image.shape[0] // 2)
    return np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), np.uint8)


def astronaut() -> Image:
    """NASA's portrait of Eileen Collins as scikit-image ships it, cropped like the other avatars."""
    from skimage.data import astronaut as photograph

    left, top, side = CROP
    crop = np.ascontiguousarray(photograph()[top : top + side, left : left + side])
    large = cv2.resize(crop, (CROPPED_SIDE, CROPPED_SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8)


def standby() -> Image:
    """A cup that steams at dusk and three words: uint8 [720,1280,3] RGB."""
    canvas = dusk()
    cup(canvas, np.array([640.0, 330.0]))
    return lettered(canvas, "be right back")


def pause() -> Image:
    """The moon at dusk and two words: uint8 [720,1280,3] RGB. Seen when the user pauses, so it tells no reason."""
    canvas = dusk()
    stars(canvas)
    moon(canvas, (640.0, 300.0), 112.0)
    return lettered(canvas, "back soon")


def dusk() -> Canvas:
    """The evening that both pictures have in common."""
    width, height = STANDBY
    canvas = Canvas(backdrop(DUSK, width, height).copy(), oversample=4)
    canvas.fill(circle((640, 300), 190), (255, 236, 208), opacity=0.05, blur=60)
    hills(canvas)
    canvas.fill(circle((640, 312), 172), (255, 240, 220), opacity=0.06, blur=3)
    return canvas


def lettered(canvas: Canvas, text: str) -> Image:
    write(canvas, text, np.array([640.0, 600.0]), 34.0)
    return np.clip(canvas.pixels + 0.5, 0, 255).astype(np.uint8)


def circle(centre: tuple[float, float], radius: float, flat: float = 1.0) -> Points:
    turn = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    return np.stack([centre[0] + radius * np.cos(turn), centre[1] + radius * flat * np.sin(turn)], 1)


def hills(canvas: Canvas) -> None:
    """Three soft ridges, darker the nearer."""
    x = np.linspace(-20, 1300, 120)
    for level, swing, pace, shift, colour in (
        (470, 34, 0.0052, 0.4, (58, 72, 104)),
        (530, 26, 0.0071, 2.2, (48, 61, 92)),
        (590, 20, 0.0046, 4.0, (39, 51, 79)),
    ):
        y = level + swing * np.sin(x * pace + shift) + 0.35 * swing * np.sin(x * pace * 2.3 + 1.7 * shift)
        outline = np.concatenate([np.stack([x, y], 1), [(1300.0, 740.0), (-20.0, 740.0)]])
        canvas.fill(outline, colour, opacity=0.85, blur=1.2)


def cup(canvas: Canvas, centre: Points) -> None:
    """A cup on its saucer, lit from the left like everybody else."""
    canvas.fill(circle((centre[0] + 8, centre[1] + 92), 150, 0.16), (18, 24, 42), opacity=0.40, blur=12)
    canvas.fill(circle((centre[0], centre[1] + 80), 132, 0.17), INK * 0.80)
    canvas.fill(circle((centre[0], centre[1] + 75), 132, 0.17), INK * 0.94)
    canvas.fill(circle((centre[0], centre[1] + 77), 80, 0.15), INK * 0.72, opacity=0.8, blur=4)
    handle = centre + spline(np.array([(74.0, -34.0), (118.0, -34.0), (128.0, 4.0), (100.0, 34.0), (60.0, 38.0)]))
    canvas.stroke(handle, 17.0, INK * 0.78)
    canvas.stroke(handle - (1.5, 2.5), 9.0, INK * 0.90, blur=1.5)
    half = np.array([(86.0, -56.0), (84.0, -18.0), (73.0, 24.0), (52.0, 60.0), (34.0, 76.0)])
    right = spline(half)
    bowl = centre + np.concatenate([right, right[::-1] * (-1, 1)])
    canvas.fill(bowl, INK)
    inside = canvas.within(bowl)
    if inside is not None:
        inside.multiply(bowl + (92, 10), (0.62, 0.63, 0.70), opacity=0.8, blur=34)
        inside.multiply(bowl + (0, 96), (0.70, 0.70, 0.76), opacity=0.7, blur=22)
        inside.fill(circle((centre[0] - 48, centre[1] + 4), 22, 2.4), (255, 255, 255), opacity=0.45, blur=14)
        band = centre + np.array([(-100.0, -2.0), (100.0, -2.0), (100.0, 12.0), (-100.0, 12.0)])
        inside.fill(band, WARM, opacity=0.9, blur=0.8)
        inside.multiply(band + (100, 0), (0.66, 0.62, 0.66), opacity=0.8, blur=30)
    rim = (centre[0], centre[1] - 56)
    canvas.fill(circle(rim, 86, 0.19), INK * 1.04)
    canvas.fill(circle((rim[0], rim[1] + 1), 79, 0.17), INK * 0.66)
    drink = canvas.within(circle((rim[0], rim[1] + 1), 79, 0.17))
    if drink is not None:
        drink.fill(circle((rim[0], rim[1] + 7), 76, 0.16), (104, 66, 46))
        drink.fill(circle((rim[0] - 22, rim[1] + 6), 34, 0.14), (164, 112, 80), opacity=0.6, blur=5)
    for offset, lift, strength in ((-34.0, 0.0, 0.30), (2.0, -22.0, 0.42), (36.0, 4.0, 0.28)):
        rise = np.array([(0.0, -8.0), (-12.0, -36.0), (10.0, -68.0), (-8.0, -102.0), (8.0, -130.0 + lift)])
        line = spline(rise + (rim[0] + offset, rim[1]), steps=10)
        width = 15 * np.sin(np.linspace(0.0, np.pi, len(line))) ** 0.7
        canvas.stroke(line, width, (255, 250, 240), opacity=strength, blur=5)


def moon(canvas: Canvas, centre: tuple[float, float], radius: float) -> None:
    """A crescent, lit from the left."""
    away, towards, smaller = 0.37, np.radians(-22.0), 0.80  # where the shade's circle lies, and its radius
    at_rim = np.arccos(
        (1 + away**2 - smaller**2) / (2 * away)
    )  # half the angle between the tips, seen from either circle
    at_shade = np.arccos((1 - away**2 - smaller**2) / (2 * away * smaller))
    outer = towards - np.linspace(at_rim, 2 * np.pi - at_rim, 80)
    inner = towards - np.linspace(2 * np.pi - at_shade, at_shade, 80)
    rim = np.stack([np.cos(outer), np.sin(outer)], 1)
    shade = away * np.array([np.cos(towards), np.sin(towards)]) + smaller * np.stack([np.cos(inner), np.sin(inner)], 1)
    crescent = np.array(centre) + (16, 8) + radius * np.concatenate([rim, shade])
    canvas.fill(crescent, (255, 236, 208), opacity=0.16, blur=26)
    canvas.fill(crescent, INK)
    inside = canvas.within(crescent)
    if inside is not None:
        inside.multiply(circle((centre[0] + 70, centre[1] + 60), 120), (0.70, 0.68, 0.72), opacity=0.8, blur=40)
        inside.fill(circle((centre[0] - 60, centre[1] - 30), 40, 2.0), (255, 255, 255), opacity=0.35, blur=20)


def stars(canvas: Canvas) -> None:
    """A few, none where words or hills are."""
    for x, y, radius, strength in (
        (706.0, 262.0, 7.0, 0.95),
        (762.0, 304.0, 4.0, 0.7),
        (330.0, 150.0, 4.0, 0.55),
        (452.0, 292.0, 3.0, 0.45),
        (212.0, 318.0, 3.0, 0.35),
        (890.0, 128.0, 4.0, 0.55),
        (1010.0, 268.0, 3.0, 0.40),
        (1112.0, 150.0, 3.5, 0.40),
        (560.0, 92.0, 3.0, 0.45),
    ):
        canvas.fill(circle((x, y), 4 * radius), (255, 244, 224), opacity=0.10 * strength, blur=2 * radius)
        canvas.fill(circle((x, y), radius), INK, opacity=strength, blur=0.8)


def arc(cx: float, cy: float, start: float, end: float) -> list[tuple[float, float]]:
    """Points on a unit circle, degrees clockwise from the right."""
    turn = np.radians(np.linspace(start, end, 24))
    return [(cx + float(np.cos(t)), cy + float(np.sin(t))) for t in turn]


def bent(cy: float, start: float, end: float) -> list[tuple[float, float]]:
    """Half of an s, degrees as in `arc`."""
    return [(0.75 * x, cy + 0.5 * y) for x, y in arc(1, 0, start, end)]


def letters() -> dict[str, tuple[float, list[list[tuple[float, float]]]]]:
    """Of each letter the width and the pen's lines; the x-height is 2, the line they stand on y = 1."""
    bowl = arc(1, 0, 0, 360)
    return {
        " ": (1.3, []),
        "a": (2, [bowl, [(2, -1), (2, 1)]]),
        "b": (2, [bowl, [(0, -2.1), (0, 1)]]),
        "c": (1.75, [arc(1, 0, -45, -315)]),
        "e": (2, [[(0.02, 0.06), *arc(1, 0, 0, -318)]]),
        "g": (2, [bowl, [(2, -1), (2, 1.1), *arc(1, 1.1, 0, 150)]]),
        "h": (1.8, [[(0, -2.1), (0, 1)], [*((0.9 * x, 0.9 * y - 0.1) for x, y in arc(1, 0, -180, 0)), (1.8, 1)]]),
        "i": (0.0, [[(0, -1), (0, 1)], [(0, -1.85), (0, -1.84)]]),
        "k": (1.5, [[(0, -2.1), (0, 1)], [(1.4, -1), (0, 0.22)], [(0.45, -0.17), (1.5, 1)]]),
        "n": (1.8, [[(0, -1), (0, 1)], [*((0.9 * x, 0.9 * y - 0.1) for x, y in arc(1, 0, -180, 0)), (1.8, 1)]]),
        "o": (2, [bowl]),
        "r": (1.0, [[(0, -1), (0, 1)], arc(1, 0, -180, -75)]),
        "s": (1.5, [[*bent(-0.5, -35, -270), *bent(0.5, -90, 145)]]),
        "t": (1.2, [[(0.5, -1.9), (0.5, 1)], [(-0.1, -1), (1.15, -1)]]),
    }


def write(canvas: Canvas, text: str, centre: Points, size: float) -> None:
    """Round monoline letters; size: pixels from the line of an x-height to its middle."""
    font, gap, pen = letters(), 0.95, 0.30 * size
    length = sum(font[letter][0] + gap for letter in text) - gap
    x = -length / 2
    for letter in text:
        wide, lines = font[letter]
        outlines = []
        for line in lines:
            track = centre + (np.array(line) + (x, 0)) * size * 0.62
            outlines += [capsule(a, b, pen / 2) for a, b in pairwise(track)]
        if outlines:
            canvas.fill(outlines, INK, opacity=0.92)
        x += wide + gap


def capsule(start: Points, end: Points, radius: float) -> Points:
    """The outline of a line with round ends."""
    angle = np.arctan2(end[1] - start[1], end[0] - start[0])
    turn = angle + np.linspace(np.pi / 2, 3 * np.pi / 2, 12)
    cap = radius * np.stack([np.cos(turn), np.sin(turn)], 1)
    return np.concatenate([start + cap, end - cap])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)

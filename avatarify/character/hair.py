"""Hair, beards and headwear: where they grow on the head, how thick they are, and the grain of their strands."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from avatarify.character.brush import Floats
from avatarify.character.character import Beard, Colour, Hair, HairStyle
from avatarify.character.surface import SIDE, smoothstep, soften


class Growth(NamedTuple):
    """What lies on the skin. cover: [SIDE,SIDE] 0..1. lift: thickness, head units, smooth.
    relief: what strands and folds add to it in the light. colour: [SIDE,SIDE,3] 0..255."""

    cover: Floats
    lift: Floats
    relief: Floats
    colour: Floats


HEIGHTS = np.array([-1.02, -0.92, -0.82, -0.70, -0.55, -0.40, -0.20, 0.0, 0.14, 0.22, 0.34, 0.50, 0.75])
"""y at which the edges below are given."""

EDGES: dict[HairStyle, tuple[list[float], float, float]] = {
    # half angle of the face opening at each of HEIGHTS [deg]; how much the parting lowers the hairline at one side; thickness
    "bald": ([180.0] * 13, 0.0, 0.0),
    "cropped": ([-9, -9, 6, 36, 52, 60, 67, 73, 78, 98, 108, 118, 140], 0.0, 0.045),
    "swept": ([-9, -9, -6, 24, 47, 58, 66, 73, 78, 98, 108, 118, 140], 0.10, 0.15),
    "parted": ([-9, -9, 0, 32, 50, 60, 67, 74, 80, 98, 106, 114, 130], -0.12, 0.11),
    "curly": ([-9, -9, 4, 34, 50, 58, 65, 72, 80, 92, 98, 102, 110], 0.0, 0.20),
    "long": ([-9, -9, 2, 26, 40, 50, 58, 64, 68, 70, 72, 74, 76], 0.09, 0.11),
    "bun": ([-9, -9, 0, 32, 50, 60, 68, 75, 82, 98, 106, 114, 130], 0.0, 0.05),
    "beanie": ([-9, -9, 6, 36, 52, 60, 67, 73, 78, 98, 108, 118, 140], 0.0, 0.03),
    "scarf": ([-9, -9, -9, 22, 46, 55, 60, 62, 62, 61, 58, 52, 40], 0.0, 0.075),
}
TRIMMED = ("swept", "parted")  # short at the sides
CLOSE = 0.22  # the thickness there, of the full one
SPREAD = 34.0  # degrees from the hairline to full thickness


def grain(unit: Floats, source: tuple[float, float, float], *, fineness: float, seed: int) -> Floats:
    """[SIDE,SIDE] noise, about -1..1, stretched along great circles that leave the direction `source`."""
    axis = np.array(source, np.float32) / np.linalg.norm(source)
    side = np.cross(axis, (0.0, 0.31, 0.95))
    side /= np.linalg.norm(side)
    turn = np.arctan2(unit @ np.cross(axis, side), unit @ side)
    along = np.arccos(np.clip(unit @ axis, -1, 1))
    random = np.random.default_rng(seed)
    width = 2048
    total = np.zeros(unit.shape[:2], np.float32)
    for sigma, weight in ((1.2, 0.45), (4.0, 0.6), (14.0, 0.6)):
        noise = random.standard_normal((64, width)).astype(np.float32)
        smooth = cv2.GaussianBlur(np.tile(noise, (1, 3)), (0, 0), sigmaX=sigma / fineness, sigmaY=3.0)
        noise = np.asarray(smooth, np.float32)[:, width : 2 * width]
        noise *= weight / noise.std()
        wobble = 6 * np.sin(along * 5 + 3 * np.sin(turn * 4))
        x = (turn / (2 * np.pi) * width + wobble + width) % width
        total += cv2.remap(
            noise, x.astype(np.float32), (along * 16).astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP
        )
    return np.asarray(np.clip(total, -2.2, 2.2), np.float32)


def curls(seed: int, size: float) -> Floats:
    """[SIDE,SIDE] round lumps, about -1..1."""
    noise = np.random.default_rng(seed).standard_normal((SIDE, SIDE)).astype(np.float32)
    lumps = soften(noise, size)
    lumps /= lumps.std()
    return np.asarray(np.tanh(np.abs(lumps) * 1.6) * 2 - 1, np.float32)


def hair(place: Floats, unit: Floats, style: Hair, under: Colour) -> Growth:
    """Hair or headwear on a head whose skin lies at place [SIDE,SIDE,3]. under: the hair that a beanie leaves free."""
    edges, skew, thick = EDGES[style.style]
    x, y, z = place[..., 0], place[..., 1], place[..., 2]
    azimuth = np.degrees(np.arctan2(np.abs(x), z))
    level = y + skew * np.tanh(x / 0.25) * smoothstep(z, 0.2, 0.6)
    inside = (azimuth - np.interp(level, HEIGHTS, edges)).astype(np.float32)
    front = float(np.interp(0.0, edges, HEIGHTS)) if edges[0] < 0 < edges[-1] else -9.0
    over = ((front - level) * 110).astype(np.float32)  # a second measure, or the hair would be cleft along the middle
    inside = soften(9 * np.logaddexp(inside / 9, over / 9) - 2, 3.0)
    if style.style != "scarf":
        inside -= 160 * smoothstep(y, 0.42, 0.72)  # the nape
    colour = np.array(under if style.style == "beanie" else style.colour, np.float32)
    if style.style == "curly":
        inside = inside + 5 * curls(5, 5.0)
        lumps = curls(7, 4.2)
        cover = smoothstep(inside, -1, 5)
        lift = soften(thick * smoothstep(inside, -2, SPREAD) * cover + 0.012 * lumps * cover, 2.0)
        tone = 1 + 0.28 * lumps + 0.12 * grain(unit, (0, -1, -0.2), fineness=1, seed=3)
        return Growth(cover, lift, 0.016 * lumps * cover, colour * tone[..., None])
    if style.style == "scarf":
        cover = smoothstep(inside, 0, 2.5)
        folds = grain(unit, (0.25, -0.75, 0.65), fineness=0.16, seed=11)
        lift = soften(thick * smoothstep(inside, -1, 9) * cover, 2.0)
        relief = 0.010 * folds * smoothstep(inside, 6, 30) * cover
        return Growth(cover, lift, relief, colour * (1 + 0.05 * folds[..., None]))
    source = {
        "bun": (0.0, -0.8, -0.6),
        "long": (-0.22, -0.95, 0.35),
        "parted": (0.42, -0.88, 0.42),
        "swept": (-0.55, -0.75, 0.45),
    }.get(style.style, (0.0, -1.0, -0.25))
    cropped = style.style == "cropped"
    strands = 1.1 * curls(9, 1.7) if cropped else grain(unit, source, fineness=1.0, seed=17)
    ragged = inside + 2.2 * strands
    cover = smoothstep(ragged, -1.5, 6.5)
    short = style.style in TRIMMED
    crown = CLOSE + (1 - CLOSE) * smoothstep(-y, 0.25, 0.75) if short else 1 + 0.4 * smoothstep(-y, 0.5, 1.0)
    lift = soften(thick * crown * smoothstep(inside, -1, SPREAD) + 0.012 * cover, 2.0)
    growth = Growth(cover, lift, 0.0045 * strands * cover, colour * (1 + 0.17 * strands[..., None]))
    return beanie(growth, place, style.colour) if style.style == "beanie" else growth


def beanie(below: Growth, place: Floats, cloth: Colour) -> Growth:
    """A knitted cap with a turned-up edge over the hair."""
    x, y, z = place[..., 0], place[..., 1], place[..., 2]
    height = -0.22 - 0.40 * z - y  # above the cap's edge
    cover = smoothstep(height, 0, 0.03)
    turn = np.arctan2(x, z + 0.1)
    ribs = np.asarray(np.cos(turn * 64) * smoothstep(0.98 + y, -0.2, 0.15), np.float32)
    brim = 1 - smoothstep(height, 0.23, 0.28)
    lift = soften((0.085 + 0.045 * brim + 0.05 * smoothstep(height, 0.4, 0.9)) * cover, 2.2)
    tone = (1 + 0.10 * ribs) * (1 - 0.35 * np.exp(-(((height - 0.275) / 0.02) ** 2)))
    colour = np.array(cloth, np.float32) * tone[..., None]
    mix = cover[..., None]
    return Growth(
        np.maximum(below.cover, cover),
        below.lift * (1 - cover) + lift,
        below.relief * (1 - cover) + 0.005 * ribs * cover,
        np.asarray(below.colour * (1 - mix) + colour * mix, np.float32),
    )


CHEEK_LINE = ([0, 14, 24, 36, 50, 64, 80, 95, 130], [0.425, 0.43, 0.50, 0.50, 0.40, 0.22, 0.02, -0.02, 0.2])
"""Azimuth [deg] and the y below which a full beard grows."""


def beard(place: Floats, unit: Floats, style: Beard, mouth: float) -> Growth:
    """A beard on the skin at place. mouth: relative width of the mouth that it leaves free."""
    x, y, z = place[..., 0], place[..., 1], place[..., 2]
    none = np.zeros(x.shape, np.float32)
    colour = np.broadcast_to(np.array(style.colour, np.float32), (*x.shape, 3))
    if style.style == "none":
        return Growth(none, none, none, np.asarray(colour, np.float32))
    azimuth = np.degrees(np.arctan2(np.abs(x), z))
    strands = grain(unit, (0.0, 0.05, 1.0), fineness=1.3, seed=23)
    lips = np.sqrt((x / (0.275 * mouth)) ** 2 + ((y - 0.575) / 0.095) ** 2)
    free = smoothstep(lips.astype(np.float32) + 0.05 * strands, 0.92, 1.18)
    if style.style == "moustache":
        side = np.abs(x) / mouth
        top = 0.425 + 0.020 * np.exp(-((x / 0.03) ** 2)) + 1.3 * np.maximum(side - 0.06, 0) ** 2
        bottom = 0.545 + 0.55 * side**2
        inside = np.minimum(np.minimum(y - top, bottom - y) * 70, (0.335 - side) * 40)
        cover = smoothstep(inside.astype(np.float32) + 0.7 * strands, -0.8, 2.2) * smoothstep(z, 0.2, 0.4)
        return Growth(
            cover, soften(0.045 * cover, 2.0), 0.004 * strands * cover, colour * (1 + 0.2 * strands[..., None])
        )
    inside = ((y - np.interp(azimuth, *CHEEK_LINE)) * 60).astype(np.float32)
    cover = smoothstep(inside + 1.3 * strands, -1.5, 5.5) * free
    cover *= 1 - 0.75 * np.asarray(np.exp(-((x / 0.18) ** 2) - ((y - 0.70) / 0.03) ** 2), np.float32)
    if style.style == "stubble":
        return Growth(0.36 * cover * smoothstep(strands, -1.6, 1.6), none, none, np.asarray(colour, np.float32))
    lift = soften((0.05 * smoothstep(inside, -1, 14) + 0.05 * smoothstep(y, 0.7, 1.0)) * cover, 2.0)
    return Growth(cover, lift, 0.006 * strands * cover, colour * (1 + 0.2 * strands[..., None]))

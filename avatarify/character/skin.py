"""The colour of the skin all over the head: warmth, shadow that sits in hollows, freckles and lines."""

from __future__ import annotations

import cv2
import numpy as np

from avatarify.character.brush import Floats
from avatarify.character.character import Character
from avatarify.character.surface import SIDE, bump, crease, eye_places, smoothstep

COOL = np.array([0.90, 0.96, 1.0], np.float32)
FLUSH = np.array([1.03, 0.80, 0.76], np.float32)  # what blood does to a light skin
HOLLOW = np.array([0.74, 0.60, 0.55], np.float32)  # what a hollow that little light reaches does to it


def skin(character: Character, place: Floats) -> Floats:
    """[SIDE,SIDE,3] colour 0..255 of the skin at place [SIDE,SIDE,3]."""
    x, y, z = place[..., 0], place[..., 1], place[..., 2]
    shape = character.shape
    front = smoothstep(z, 0.1, 0.4)
    colour = np.broadcast_to(np.array(character.skin, np.float32), (*x.shape, 3)).copy()
    eye_x, eye_y = eye_places(shape)
    tip = -0.02 + 0.29 * shape.nose_length

    flush = character.blush * (
        0.75 * bump(x, y, (0.40, 0.20), (0.15, 0.11))
        + 0.55 * bump(x, y, (0, tip), (0.09, 0.08))
        + 0.25 * bump(x, y, (0, 0.88), (0.12, 0.08))
        + 0.20 * bump(x, y, (eye_x, eye_y - 0.08), (0.14, 0.05))
    )
    tint(colour, FLUSH, flush * front)

    wing = 0.125 * shape.nose_width
    hollow = (
        0.34 * bump(x, y, (eye_x - 0.10, eye_y - 0.05), (0.09, 0.07))
        + 0.16 * bump(x, y, (eye_x, eye_y), (0.17, 0.10))
        + 0.20 * bump(x, y, (eye_x, eye_y + 0.10), (0.11, 0.03)) * (0.4 + shape.age)
        + 0.45 * bump(x, y, (0, tip + 0.12), (0.10, 0.022))
        + 0.30
        * crease(
            x, y, np.array([(wing + 0.02, tip - 0.02), (wing + 0.055, tip + 0.05), (wing + 0.02, tip + 0.10)]), 0.018
        )
        + 0.10 * bump(x, y, (0, 0.45), (0.025, 0.04))
        + 0.36 * bump(x, y, (0, 0.715), (0.15, 0.026))
        + 0.22 * bump(x, y, (0.285 * shape.mouth, 0.57), (0.03, 0.03))
    )
    fold = np.array([(wing + 0.05, tip + 0.04), (0.24, 0.40), (0.30, 0.52), (0.325, 0.62)])
    hollow += (0.06 + 0.40 * shape.age) * crease(x, y, fold, 0.020)
    hollow += lines(x, y, shape.age, eye_x, eye_y)
    tint(colour, HOLLOW, np.clip(hollow, 0, 1) * front)
    tint(colour, HOLLOW, 0.55 * smoothstep(y, 0.85, 1.15) * (1 - smoothstep(z, 0.25, 0.55)))
    tint(colour, COOL, 0.25 * front * bump(x, y, (eye_x, eye_y + 0.09), (0.10, 0.035)))

    random = np.random.default_rng(29)
    mottle = cv2.GaussianBlur(random.standard_normal((SIDE, SIDE)).astype(np.float32), (0, 0), 5)
    pores = cv2.GaussianBlur(random.standard_normal((SIDE, SIDE)).astype(np.float32), (0, 0), 0.8)
    texture = 0.012 * mottle / mottle.std() + 0.008 * (0.4 + shape.age) * pores / pores.std()
    colour *= 1 + texture[..., None] * np.array([0.6, 1.0, 1.0], np.float32)
    if character.freckles > 0:
        tint(colour, np.array([0.78, 0.62, 0.52], np.float32), character.freckles * freckles(x, y, front))
    return colour


def lines(x: Floats, y: Floats, age: float, eye_x: float, eye_y: float) -> Floats:
    """The lines that years leave on forehead and around the eyes."""
    strength = max(age - 0.35, 0.0)
    total = np.zeros(x.shape, np.float32)
    if strength == 0:
        return total
    for level, weight in ((-0.42, 0.8), (-0.52, 1.0), (-0.61, 0.7)):
        wave = np.array([(0.0, level + 0.01), (0.15, level - 0.008), (0.30, level), (0.42, level + 0.03)])
        total += 0.38 * weight * strength * crease(x, y, wave, 0.010)
    for rise in (-0.07, 0.0, 0.06):
        foot = np.array([(eye_x + 0.20, eye_y + 0.3 * rise), (eye_x + 0.29, eye_y + rise)])
        total += 0.45 * strength * crease(x, y, foot, 0.009)
    bag = np.array([(eye_x - 0.13, eye_y + 0.10), (eye_x - 0.02, eye_y + 0.145), (eye_x + 0.13, eye_y + 0.115)])
    return total + np.float32(0.55 * strength) * crease(x, y, bag, 0.016)


def freckles(x: Floats, y: Floats, front: Floats) -> Floats:
    """[SIDE,SIDE] 0..1, most on nose and cheeks."""
    random = np.random.default_rng(31)
    dots = np.zeros((SIDE, SIDE), np.float32)
    for column, row in random.uniform(0.25, 0.75, (900, 2)) * SIDE:
        dots[int(row), int(column)] = random.uniform(0.4, 1.0)
    spots = np.minimum(cv2.GaussianBlur(dots, (0, 0), 1.25) * 8, 1)
    where = bump(x, y, (0.30, 0.15), (0.20, 0.11)) + 0.6 * bump(x, y, (0, 0.12), (0.12, 0.12))
    where += 0.15 * bump(x, y, (0.2, -0.45), (0.3, 0.15))
    return np.asarray(spots * np.clip(where, 0, 1) * front, np.float32)


def tint(colour: Floats, factor: Floats, amount: Floats) -> None:
    """Multiply colour by factor where amount is 1, in place."""
    colour *= 1 + amount[..., None] * (factor - 1)

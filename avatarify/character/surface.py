"""The head as a radius in every direction, stored in equal-area maps: bare skull, face, and what grows on it.

A map is [SIDE,SIDE] over the disc |w| < 1, where w = direction.xy * sin(t/2)/sin(t) and t is the angle from straight ahead
(Lambert's projection: the face gets most of the map, the back of the head its rim).
"""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.character.brush import Floats, Points
from avatarify.character.character import FaceShape

SIDE = 640
REACH = 0.985
TEXELS = (SIDE - 1) / (4 * REACH)  # to a head unit, in the middle of the face


def directions() -> Floats:
    """[SIDE,SIDE,3] unit vectors, head space."""
    row = np.linspace(-REACH, REACH, SIDE, dtype=np.float32)
    wx, wy = np.meshgrid(row, row)
    square = np.minimum(wx**2 + wy**2, REACH**2)
    length = np.sqrt(np.maximum(wx**2 + wy**2, 1e-12))
    shrink = np.minimum(1, REACH / length)
    rise = 2 * np.sqrt(1 - square) * shrink
    return np.stack([wx * rise, wy * rise, 1 - 2 * square], -1).astype(np.float32)


def texel(x: Floats, y: Floats, z: Floats, radius: Floats) -> tuple[Floats, Floats]:
    """Where on a map the direction of the point (x, y, z) lies; radius is the point's distance from the origin."""
    zoom = np.float32((SIDE - 1) / (2 * REACH)) / np.sqrt(2 * radius * np.maximum(radius + z, 1e-3))
    middle = np.float32((SIDE - 1) / 2)
    return x * zoom + middle, y * zoom + middle


def sample(values: Floats | npt.NDArray[np.uint8], u: Floats, v: Floats) -> Floats:
    """The map read at texel coordinates u, v; of a uint8 map, values 0..255."""
    return np.asarray(cv2.remap(values, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def soften(values: Floats, sigma: float) -> Floats:
    """The map, blurred."""
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


def smoothstep(value: Floats, low: float, high: float) -> Floats:
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def bump(x: Floats, y: Floats, centre: tuple[float, float], sigma: tuple[float, float]) -> Floats:
    """A Gaussian hill of height 1 at +-centre x (both sides of the face)."""
    return np.asarray(
        np.exp(-(((np.abs(x) - centre[0]) / sigma[0]) ** 2 + ((y - centre[1]) / sigma[1]) ** 2) / 2), np.float32
    )


def crease(x: Floats, y: Floats, line: Points, width: float) -> Floats:
    """1 on the line (given for the right half, mirrored), falling off as a Gaussian of sigma width."""
    nearest = np.full(x.shape, 9.0, np.float32)
    ax = np.abs(x)
    for (x0, y0), (x1, y1) in itertools.pairwise(line):
        dx, dy = x1 - x0, y1 - y0
        t = np.clip(((ax - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
        nearest = np.minimum(nearest, (ax - x0 - t * dx) ** 2 + (y - y0 - t * dy) ** 2)
    return np.asarray(np.exp(-nearest / (2 * width**2)), np.float32)


def ellipsoid(unit: Floats, centre: tuple[float, float, float], radii: tuple[float, float, float]) -> Floats:
    """Distance from the origin (inside the ellipsoid) to its surface in every direction."""
    size = np.array(radii, np.float32)
    d, c = unit / size, np.array(centre, np.float32) / size
    a, b = (d * d).sum(-1), d @ c
    return np.asarray((b + np.sqrt(b * b - a * (c @ c - 1))) / a, np.float32)


def eye_places(shape: FaceShape) -> tuple[float, float]:
    """x and y of the left eye's centre (the right one is its mirror image)."""
    return 0.318 * shape.eye_spacing * (0.5 + 0.5 * shape.width), -0.03


def skull(unit: Floats, shape: FaceShape) -> Floats:
    """Radius of the bare head without features."""
    wide = shape.width
    cranium = ellipsoid(unit, (0, -0.29, -0.15), (0.745 * (0.4 + 0.6 * wide), 0.80, 0.90))
    face = ellipsoid(unit, (0, 0.11, 0.04), (0.655 * wide, 0.86 + 0.03 * shape.chin, 0.72))
    softness = 0.045
    radius = softness * np.log(np.exp(cranium / softness) + np.exp(face / softness))
    x, y, z = unit[..., 0], unit[..., 1], unit[..., 2]

    def toward(dx: float, dy: float, dz: float, sigma: float) -> Floats:
        length = np.sqrt(dx * dx + dy * dy + dz * dz)
        cosine = (np.abs(x) * dx + y * dy + z * dz) / length
        return np.asarray(np.exp((cosine - 1) / sigma**2), np.float32)

    radius += (0.035 + 0.045 * shape.jaw) * toward(0.52, 0.60, 0.22, 0.26)  # corners of the jaw
    radius += (0.10 + 0.05 * shape.chin) * toward(0, 0.92, 0.50, 0.20)  # chin
    radius += 0.04 * shape.jaw * toward(0.20, 0.92, 0.42, 0.16)
    radius -= 0.10 * toward(0, 0.9, -0.35, 0.35)  # the throat
    radius += 0.02 * toward(0, -0.35, 0.9, 0.3)  # forehead
    return np.asarray(radius, np.float32)


def features(radius: Floats, unit: Floats, shape: FaceShape) -> Floats:
    """The radius with nose, brow ridge, sockets, cheeks, lips and chin modelled on it."""
    place = unit * radius[..., None]
    x, y = place[..., 0], place[..., 1]
    front = smoothstep(unit[..., 2], 0.05, 0.40)
    eye_x, eye_y = eye_places(shape)
    big = shape.eye_size
    lift = -0.085 * bump(x, y, (eye_x - 0.03, eye_y), (0.15, 0.10))
    lift += 0.055 * bump(x, y, (eye_x, eye_y), (0.10 * big, 0.07 * big))
    lift += 0.045 * bump(x, y, (0.27, -0.24), (0.20, 0.06))
    lift -= 0.03 * bump(x, y, (0, -0.14), (0.09, 0.06))
    lift += (0.035 + 0.04 * shape.cheeks) * bump(x, y, (0.42, 0.22), (0.17, 0.14))
    lift -= 0.03 * max(-shape.cheeks, 0) * bump(x, y, (0.46, 0.48), (0.12, 0.16))
    lift -= 0.02 * bump(x, y, (0.70, -0.25), (0.10, 0.2))
    lift += nose(x, y, shape)
    full = shape.lips
    lift += 0.055 * bump(x, y, (0, 0.56), (0.20 * shape.mouth, 0.12))
    lift += 0.022 * full * (bump(x, y, (0.05, 0.515), (0.10, 0.028)) + bump(x, y, (0.0, 0.615), (0.12, 0.035)))
    lift -= 0.012 * bump(x, y, (0, 0.455), (0.022, 0.04))
    lift -= 0.040 * bump(x, y, (0, 0.73), (0.16, 0.045))
    lift += 0.045 * bump(x, y, (0, 0.88), (0.13, 0.09))
    fold = np.array([(0.17, 0.30), (0.23, 0.38), (0.29, 0.50), (0.32, 0.62)])
    lift -= (0.004 + 0.018 * shape.age) * crease(x, y, fold, 0.028)
    lift -= 0.02 * max(shape.age - 0.5, 0) * crease(x, y, np.array([(0.2, 0.1), (0.3, 0.145), (0.42, 0.12)]), 0.02)
    return np.asarray(radius + lift * front, np.float32)


def nose(x: Floats, y: Floats, shape: FaceShape) -> Floats:
    """Bridge, tip, wings and the hollow of the nostrils."""
    high, wide, long = shape.nose_height, shape.nose_width, shape.nose_length
    top, tip = -0.17, -0.02 + 0.29 * long
    steps = np.array([top - 0.14, top, 0.3 * tip, 0.75 * tip, tip, tip + 0.075, tip + 0.12, tip + 0.17])
    heights = np.array([0.0, 0.035, 0.10, 0.165, 0.205, 0.135, 0.045, 0.0]) * high
    widths = np.array([0.10, 0.070, 0.072, 0.085, 0.10 * wide, 0.10 * wide, 0.09 * wide, 0.08])
    rows = np.linspace(-1.2, 1.2, 481)
    height = cv2.GaussianBlur(np.interp(rows, steps, heights).reshape(-1, 1), (1, 31), 0, sigmaY=5).ravel()
    width = cv2.GaussianBlur(np.interp(rows, steps, widths).reshape(-1, 1), (1, 31), 0, sigmaY=5).ravel()
    ridge = np.interp(y, rows, height) * np.exp(-(np.abs(x / np.interp(y, rows, width)) ** 2.4) / 1.6)
    wings = 0.085 * high * bump(x, y, (0.125 * wide, tip + 0.045), (0.042 * wide, 0.05))
    ball = 0.035 * high * bump(x, y, (0, tip + 0.01), (0.07 * wide, 0.06))
    hollow = -0.03 * bump(x, y, (0.07 * wide, tip + 0.105), (0.035, 0.02))
    return np.asarray(ridge + wings + ball + hollow, np.float32)


def normals(radius: Floats, unit: Floats) -> Floats:
    """[SIDE,SIDE,3] outward unit normals of the surface."""
    place = unit * radius[..., None]
    down, right = np.gradient(place, axis=0), np.gradient(place, axis=1)
    normal = np.cross(right, down)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-9)
    outward = np.sign((normal * unit).sum(-1, keepdims=True))
    return np.asarray(normal * np.where(outward == 0, 1, outward), np.float32)

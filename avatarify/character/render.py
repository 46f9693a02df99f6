"""The head as the light shows it: find the surface under every pixel, then shade it."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.character.brush import Canvas, Floats, Points, polygon_cover
from avatarify.character.character import Finish
from avatarify.character.head import Head
from avatarify.character.surface import TEXELS, sample, texel
from avatarify.character.view import DISTANCE, JAW_FULL, JAW_HINGE, PIVOT, View, jaw_weight

BINS = 200  # of the outline, around the head
ROUNDS = 9  # of the search for the surface
COARSE = 100  # rows in which the surface is searched; the rest is interpolated
START = 1.40  # where the search begins, head units from the origin

KEY = np.array([-0.46, -0.52, 0.72]) / np.linalg.norm([-0.46, -0.52, 0.72])
FILL = np.array([0.80, -0.05, 0.50]) / np.linalg.norm([0.80, -0.05, 0.50])
KEY_COLOUR = np.array([0.76, 0.735, 0.70])
FILL_COLOUR = np.array([0.17, 0.19, 0.22])
AMBIENT = np.array([0.37, 0.36, 0.375])
SKY = np.array([0.07, 0.08, 0.09])  # how much more a surface that faces up gets
WRAP = np.array([0.42, 0.26, 0.20])  # light that seeps past the terminator: red goes furthest in skin


class Surface(NamedTuple):
    """What of the head is seen in the window (x0, y0, x1, y1) of the picture.

    cover: [h,w] 0..1. depth: [h,w] z in camera space, head units.
    """

    window: tuple[int, int, int, int]
    cover: Floats
    depth: Floats


def paint_head(canvas: Canvas, head: Head, view: View, finish: Finish, outline: Points) -> Surface | None:
    """Paint the head, whose silhouette is outline, on the canvas; None where it lies outside the picture."""
    height, width = canvas.pixels.shape[:2]
    low, high = np.floor(outline.min(0)) - 2, np.ceil(outline.max(0)) + 3
    x0, y0, x1, y1 = max(int(low[0]), 0), max(int(low[1]), 0), min(int(high[0]), width), min(int(high[1]), height)
    if x0 >= x1 or y0 >= y1:
        return None
    window = (x0, y0, x1, y1)
    cover = polygon_cover([outline], window, 0.0)
    u, v, depth = search(head, view, window)
    level = min(max(round(np.log2(TEXELS / view.unit)), 0), len(head.albedo) - 1)
    u, v = ((part + np.float32(0.5)) / np.float32(2**level) - np.float32(0.5) for part in (u, v))
    albedo, normal = sample(head.albedo[level], u, v), sample(head.normal[level], u, v)
    colour = shade(albedo, normal, view.rotation, finish)
    area = canvas.pixels[y0:y1, x0:x1]
    colour -= area
    colour *= cover[..., None]
    area += colour
    return Surface(window, cover, depth)


def silhouette(head: Head, view: View) -> Points:
    """[BINS,2] pixels: the head's outline."""
    shell = head.shell
    if view.drop > 0:
        shell = shell.copy()
        shell[:, 1] += np.float32(view.drop) * jaw_weight(shell[:, 1], shell[:, 2])
    turned = view.turn(shell).astype(np.float32)
    offset = turned[:, :2] / (1 - turned[:, 2:] / np.float32(DISTANCE))
    middle = (view.origin[:2] / (1 - view.origin[2] / DISTANCE)).astype(np.float32)
    offset -= middle
    far, angle = cv2.cartToPolar(offset[:, 0], offset[:, 1])
    places = np.asarray(angle * np.float32(BINS / (2 * np.pi))).ravel().astype(np.int32) % BINS
    reach = np.zeros(BINS, np.float32)
    np.maximum.at(reach, places, far.ravel())
    ring = np.concatenate([reach[-2:], reach, reach[:2]])
    reach = np.convolve(ring, np.array([0.08, 0.24, 0.36, 0.24, 0.08], np.float32), "valid")
    turn = (np.arange(BINS) + 0.5) * (2 * np.pi / BINS)
    around = np.stack([np.cos(turn), np.sin(turn)], 1) * reach[:, None]
    return np.asarray(view.centre + view.unit * (middle + around))


def search(head: Head, view: View, window: tuple[int, int, int, int]) -> tuple[Floats, Floats, Floats]:
    """Map coordinates u, v and camera depth z of the surface, each [h,w], for the pixels of the window.

    From the front, every ray steps back by its height above the surface, as if that were a sphere there. Once a ray
    has been inside, the place is sought between its last points outside and inside.
    """
    x0, y0, x1, y1 = window
    height, width = y1 - y0, x1 - x0
    step = max(1, round(height / COARSE))
    rows, columns = -(-height // step), -(-width // step)
    half = (step - 1) / 2
    sx, sy = np.meshgrid(
        ((np.arange(columns) * step + half + x0 - view.centre[0]) / view.unit).astype(np.float32),
        ((np.arange(rows) * step + half + y0 - view.centre[1]) / view.unit).astype(np.float32),
    )
    cx, cy, cz = (np.float32(value) for value in view.origin)
    back = view.rotation.T.astype(np.float32)
    pivot = PIVOT.astype(np.float32)
    squeeze = np.float32((JAW_FULL - JAW_HINGE) / (JAW_FULL - JAW_HINGE + view.drop))
    near = 1 - (cz + np.float32(1.0)) / np.float32(DISTANCE)
    z = cz + np.sqrt(np.maximum(np.float32(START**2) - (sx * near - cx) ** 2 - (sy * near - cy) ** 2, 0))
    z_out, z_in = z + np.float32(0.05), z
    out, into = np.full_like(z, 1e-3), np.zeros_like(z)
    for turn in range(ROUNDS + 1):
        near = 1 - z / np.float32(DISTANCE)
        dx, dy, dz = sx * near - pivot[0], sy * near - pivot[1], z - pivot[2]
        hx = back[0, 0] * dx + back[0, 1] * dy + back[0, 2] * dz + pivot[0]
        hy = back[1, 0] * dx + back[1, 1] * dy + back[1, 2] * dz + pivot[1]
        hz = back[2, 0] * dx + back[2, 1] * dy + back[2, 2] * dz + pivot[2]
        length = rest = np.sqrt(hx * hx + hy * hy + hz * hz)
        if view.drop > 0:
            hy = raise_jaw(hy, hz, view.drop, squeeze)
            rest = np.sqrt(hx * hx + hy * hy + hz * hz)
        u, v = texel(hx, hy, hz, rest)
        if turn == ROUNDS:
            break
        above = length - sample(head.radius, u, v) * (length / rest)
        inside = above < 0
        z_in, into = np.where(inside, z, z_in), np.where(inside, above, into)
        z_out, out = np.where(inside, z_out, z), np.where(inside, out, above)
        stepped = z - np.minimum(above / np.clip((z - cz) / length, 0.45, 1), np.float32(0.3))
        between = z_out + (z_in - z_out) * (
            np.float32(0.06) + np.float32(0.88) * out / np.maximum(out - into, np.float32(1e-6))
        )
        z = np.where(into < 0, between, stepped)
    if step == 1:
        return u, v, z
    full = (columns * step, rows * step)
    smooth = [np.asarray(cv2.resize(part, full), np.float32)[:height, :width] for part in (u, v, z)]
    return smooth[0], smooth[1], smooth[2]


def raise_jaw(y: Floats, z: Floats, drop: float, squeeze: np.float32) -> Floats:
    """y as it was before the jaw dropped."""
    at_rest = np.where(y < JAW_FULL + drop, JAW_HINGE + (y - JAW_HINGE) * squeeze, y - np.float32(drop))
    share = np.clip((z + 0.25) / 0.6, 0, 1)
    return np.asarray(np.where(y < JAW_HINGE, y, y + (at_rest - y) * share), np.float32)


def shade(albedo: Floats, normal: Floats, rotation: npt.NDArray[np.float64], finish: Finish) -> Floats:
    """[h,w,3] 0..255: albedo [h,w,4] (RGB and gloss) under the room's light; normals are in head space."""
    light: Floats
    key, fill = KEY @ rotation, FILL @ rotation
    down = np.array([0.0, 1.0, 0.0]) @ rotation
    halfway = KEY + np.array([0.0, 0.0, 1.0])
    halfway = halfway / np.linalg.norm(halfway) @ rotation
    if finish == "cel":
        light = cel(normal, key, fill)
    else:
        scale = KEY_COLOUR / (1 + WRAP)
        wrapped = np.column_stack([np.outer(scale, key), scale * WRAP]).astype(np.float32)
        light = np.asarray(cv2.transform(normal, wrapped), np.float32)
        np.maximum(light, 0, out=light)
        rest = cv2.transform(normal, np.outer(FILL_COLOUR, fill).astype(np.float32))
        light += np.maximum(rest, 0)
        light += cv2.transform(normal, np.column_stack([np.outer(-SKY, down), AMBIENT]).astype(np.float32))
    light *= albedo[..., :3]
    shine = np.asarray(cv2.transform(normal, halfway.reshape(1, 3).astype(np.float32)), np.float32)
    np.maximum(shine, 0, out=shine)
    for _ in range(4):
        shine *= shine
    if finish == "cel":
        shine *= np.float32(0.35)
    light += (shine * albedo[..., 3])[..., None]
    return np.asarray(light, np.float32)


def cel(normal: Floats, key: npt.NDArray[np.float64], fill: npt.NDArray[np.float64]) -> Floats:
    """Light in three clear tones."""
    facing = cv2.transform(normal, np.stack([key, fill]).astype(np.float32))
    lit = np.clip((facing[..., 0] - 0.10) * 11 + 0.5, 0, 1)[..., None]
    rim = np.clip((facing[..., 1] - 0.80) * 10, 0, 1)[..., None] * 0.10
    dark, bright = np.array([0.70, 0.62, 0.68], np.float32), np.array([1.06, 1.03, 1.0], np.float32)
    return np.asarray(dark + (bright - dark) * lit + rim, np.float32)

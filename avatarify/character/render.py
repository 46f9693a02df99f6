"""The head as the light shows it: find the surface under every pixel, then shade it."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.character.brush import Canvas, Floats, Points, polygon_cover
from avatarify.character.character import Finish
from avatarify.character.head import Head
from avatarify.character.surface import texel
from avatarify.character.view import DISTANCE, JAW_FULL, JAW_HINGE, PIVOT, View, jaw_weight

BINS = 200  # of the outline, around the head
ROUNDS = 7  # of the search for the surface
COARSE = 150  # rows in which the surface is searched; the rest is interpolated

KEY = np.array([-0.46, -0.52, 0.72]) / np.linalg.norm([-0.46, -0.52, 0.72])
FILL = np.array([0.80, -0.05, 0.50]) / np.linalg.norm([0.80, -0.05, 0.50])
KEY_COLOUR = np.array([0.80, 0.775, 0.74])
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
    cover = polygon_cover(outline, window, 0.0)
    u, v, depth = search(head, view, window)
    albedo = cv2.remap(head.albedo, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    normal = cv2.remap(head.normal, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
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

    The surface is |p| = radius(direction of p): guess the radius, which gives z, which gives the direction, and repeat.
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
    z = np.zeros_like(sx)
    reach2: Floats = np.full_like(sx, 1.35)
    u = v = sx
    for turn in range(ROUNDS + 1):
        near = 1 - z / np.float32(DISTANCE)
        dx, dy = sx * near - cx, sy * near - cy
        new = cz + np.sqrt(np.maximum(reach2 - dx * dx - dy * dy, 0))
        z = new if turn < 2 else 0.35 * z + 0.65 * new
        near = 1 - z / np.float32(DISTANCE)
        dx, dy, dz = sx * near - pivot[0], sy * near - pivot[1], z - pivot[2]
        hx = back[0, 0] * dx + back[0, 1] * dy + back[0, 2] * dz + pivot[0]
        hy = back[1, 0] * dx + back[1, 1] * dy + back[1, 2] * dz + pivot[1]
        hz = back[2, 0] * dx + back[2, 1] * dy + back[2, 2] * dz + pivot[2]
        length2 = hx * hx + hy * hy + hz * hz
        if view.drop > 0:
            hy = raise_jaw(hy, hz, view.drop, squeeze)
            rest2 = hx * hx + hy * hy + hz * hz
        else:
            rest2 = length2
        rest = np.sqrt(rest2)
        u, v = texel(hx, hy, hz, rest)
        radius = cv2.remap(head.radius, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        reach2 = radius * radius * (length2 / np.maximum(rest2, 1e-6)) if view.drop > 0 else radius * radius
    if step == 1:
        return u, v, z
    full = (columns * step, rows * step)
    smooth = [cv2.resize(part, full, interpolation=cv2.INTER_LINEAR)[:height, :width] for part in (u, v, z)]
    return smooth[0], smooth[1], smooth[2]


def raise_jaw(y: Floats, z: Floats, drop: float, squeeze: np.float32) -> Floats:
    """y as it was before the jaw dropped."""
    at_rest = np.where(y < JAW_FULL + drop, JAW_HINGE + (y - JAW_HINGE) * squeeze, y - np.float32(drop))
    share = np.clip((z + 0.25) / 0.6, 0, 1)
    return np.asarray(np.where(y < JAW_HINGE, y, y + (at_rest - y) * share), np.float32)


def shade(albedo: npt.NDArray[np.uint8], normal: Floats, rotation: npt.NDArray[np.float64], finish: Finish) -> Floats:
    """[h,w,3] 0..255: albedo [h,w,4] (RGB and gloss) under the room's light; normals are in head space."""
    key, fill = KEY @ rotation, FILL @ rotation
    down = np.array([0.0, 1.0, 0.0]) @ rotation
    halfway = KEY + np.array([0.0, 0.0, 1.0])
    halfway = halfway / np.linalg.norm(halfway) @ rotation
    if finish == "cel":
        light = cel(normal, key, fill)
    else:
        scale = KEY_COLOUR / (1 + WRAP)
        light = cv2.transform(normal, np.column_stack([np.outer(scale, key), scale * WRAP]).astype(np.float32))
        np.maximum(light, 0, out=light)
        rest = cv2.transform(normal, np.outer(FILL_COLOUR, fill).astype(np.float32))
        light += np.maximum(rest, 0)
        light += cv2.transform(normal, np.column_stack([np.outer(-SKY, down), AMBIENT]).astype(np.float32))
    light *= albedo[..., :3]
    shine = np.maximum(cv2.transform(normal, halfway.reshape(1, 3).astype(np.float32)), 0)
    for _ in range(4):
        shine *= shine
    if finish == "cel":
        shine = np.clip((shine - 0.55) * 8, 0, 1)
    light += (shine * albedo[..., 3])[..., None]
    return np.asarray(light, np.float32)


def cel(normal: Floats, key: npt.NDArray[np.float64], fill: npt.NDArray[np.float64]) -> Floats:
    """Light in three clear tones."""
    facing = cv2.transform(normal, np.stack([key, fill]).astype(np.float32))
    lit = np.clip((facing[..., 0] - 0.10) * 11 + 0.5, 0, 1)[..., None]
    rim = np.clip((facing[..., 1] - 0.80) * 10, 0, 1)[..., None] * 0.10
    dark, bright = np.array([0.70, 0.62, 0.68], np.float32), np.array([1.06, 1.03, 1.0], np.float32)
    return np.asarray(dark + (bright - dark) * lit + rim, np.float32)

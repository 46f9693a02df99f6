"""Changes to a pair of pictures that leave its motion alone: colours, mirror, crop, and a worse camera."""

from __future__ import annotations

import io
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from avatarify.frame import Image
from avatarify.train.config import AugmentConfig

Floats = npt.NDArray[np.float64]

# Colours as brightness and two differences, in which saturation is a scaling and hue a turn.
_TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
_FROM_YIQ = np.linalg.inv(_TO_YIQ)


class View(NamedTuple):
    """What is kept of a picture: a square of `kept` pixels, and whether it is mirrored."""

    left: int
    top: int
    kept: int
    mirrored: bool

    def place(self, points: Floats) -> Floats:
        """[N,2] x, y in pixels of the picture -> in [-1,1], the edges of the view; beyond them what lies outside."""
        placed = (points - (self.left, self.top)) / self.kept * 2 - 1
        return placed * (-1, 1) if self.mirrored else placed


class Augmented(NamedTuple):
    """source, driving: uint8 [size,size,3]. view: what they show of the pictures that were given, the same of both."""

    source: Image
    driving: Image
    view: View


def augment(source: Image, driving: Image, size: int, config: AugmentConfig, random: np.random.Generator) -> Augmented:
    """The same mirror, crop and colours for both. source, driving: uint8 [S,S,3]; returns uint8 [size,size,3]."""
    left, top, kept = _square(source.shape[0], config, random)
    view = View(left, top, kept, config.flip and bool(random.random() < 0.5))
    matrix = _colours(config, random)
    changed = []
    for image in (source, driving):
        out = _fitted(image, view, size)
        if view.mirrored:
            out = np.asarray(cv2.flip(out, 1), np.uint8)
        changed.append(out if matrix is None else np.asarray(cv2.transform(out, matrix), np.uint8))
    return Augmented(changed[0], changed[1], view)


def degrade(image: Image, random: np.random.Generator) -> Image:
    """uint8 [S,S,3] as a poor camera, connection or lamp would show it: JPEG blocks, blur, noise or uneven light."""
    kind = random.integers(4)
    if kind == 0:
        file = io.BytesIO()
        Pillow.fromarray(image).save(file, "JPEG", quality=int(random.integers(15, 70)))
        return np.array(Pillow.open(file))
    if kind == 1:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), random.uniform(0.6, 1.6) * image.shape[0] / 128), np.uint8)
    if kind == 2:
        return _unevenly_lit(image, random)
    noise = random.normal(0, random.uniform(3, 12), image.shape)
    return np.asarray(np.clip(image + noise, 0, 255), np.uint8)


def _unevenly_lit(image: Image, random: np.random.Generator) -> Image:
    """Lighter and darker, smoothly from place to place: a lamp at one side, shadows, and what beards and tanned skin do to a face."""
    stops = random.normal(0, random.uniform(0.15, 0.45), [int(random.integers(2, 7))] * 2)
    light = np.exp(cv2.resize(stops, image.shape[:2], interpolation=cv2.INTER_CUBIC))
    return np.asarray(np.clip(image * light[..., None], 0, 255), np.uint8)


def _square(side: int, config: AugmentConfig, random: np.random.Generator) -> tuple[int, int, int]:
    """left, top, side of the part that is kept; left and top are negative where it reaches beyond the picture, alike at all edges."""
    kept = round(side / random.uniform(1 - config.zoom, 1 + config.zoom)) if config.zoom else side
    if config.crop:
        kept = round(kept * (1 - config.crop * random.random()))
    elif kept == side:
        return 0, 0, side
    if kept > side:
        beyond = (kept - side) // 2
        return -beyond, -beyond, kept
    return int(random.integers(side - kept + 1)), int(random.integers(side - kept + 1)), kept


def _fitted(image: Image, view: View, size: int) -> Image:
    before, after = max(0, -view.left), max(0, view.left + view.kept - image.shape[1])
    if after:
        part = np.asarray(cv2.copyMakeBorder(image, before, after, before, after, cv2.BORDER_REPLICATE), np.uint8)
    else:
        part = image[view.top : view.top + view.kept, view.left : view.left + view.kept]
    if view.kept == size:
        return np.ascontiguousarray(part)
    kind = cv2.INTER_AREA if view.kept > size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (size, size), interpolation=kind), np.uint8)


def _colours(config: AugmentConfig, random: np.random.Generator) -> npt.NDArray[np.float64] | None:
    """[3,4]: what to multiply red, green, blue and 1 with; None where nothing changes."""
    amounts = (config.brightness, config.contrast, config.saturation, config.hue)
    if not any(amounts):
        return None
    brightness, contrast, saturation, hue = (float(random.uniform(-amount, amount)) for amount in amounts)
    turn = 2 * np.pi * hue
    cosine, sine = (1 + saturation) * np.cos(turn), (1 + saturation) * np.sin(turn)
    matrix = _FROM_YIQ @ np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]]) @ _TO_YIQ * (1 + contrast)
    offset = 127.5 * (1 - (1 + contrast)) + 127.5 * brightness
    return np.column_stack([matrix, np.full(3, offset)])

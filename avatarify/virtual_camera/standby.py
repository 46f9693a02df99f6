"""The pictures without a person in them: what the call sees when there is no animated frame to show, and during a pause."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from avatarify.errors import MediaError
from avatarify.frame import Image
from avatarify.media.images import read_image
from avatarify.paths import ASSETS
from avatarify.virtual_camera.composition import Composer, Look

PICTURE = ASSETS / "standby.png"
PAUSE_PICTURE = ASSETS / "pause.png"

_LEAST_ASPECT = 1.0  # width to height: a narrower cut would take words off the picture's sides
_CALM = ((52, 60, 84), (28, 32, 46))  # RGB above and below, where there is no picture


@dataclass(frozen=True, eq=False)
class Standby:
    """image: uint8 [H,W,3] RGB of the size asked for. note: what the user has to know, empty where all is well."""

    image: Image
    note: str = ""


def load_standby(size: tuple[int, int], path: Path = PICTURE) -> Standby:
    """The picture at `path`, fitted to size (width, height): enlarged or reduced to cover the frame, its middle kept.

    Where it cannot be read there is a plain calm ground instead, and `note` says so: a call must not lose its stand-by
    picture because a file is missing.
    """
    try:
        picture = read_image(path)
    except MediaError as error:
        return Standby(_calm(size), f"The picture {path.name} is missing, a plain ground is shown instead. {error}")
    width, height = size
    if width / height < _LEAST_ASPECT:
        return Standby(Composer(size, Look(badge=False)).compose(picture).copy())
    scale = max(width / picture.shape[1], height / picture.shape[0])
    inner = (max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(picture, inner, interpolation=method)
    left, top = (inner[0] - width) // 2, (inner[1] - height) // 2
    return Standby(np.ascontiguousarray(scaled[top : top + height, left : left + width], np.uint8))


def _calm(size: tuple[int, int]) -> Image:
    """A vertical gradient."""
    width, height = size
    above, below = (np.array(color, np.float32) for color in _CALM)
    part = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    column = (above * (1 - part) + below * part).round().astype(np.uint8)  # [H,3]
    return np.ascontiguousarray(np.broadcast_to(column[:, None], (height, width, 3)))

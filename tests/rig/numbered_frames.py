"""Pictures that carry their own number, so that a reader can tell which frame it got and whether any is missing."""

from __future__ import annotations

import numpy as np

from avatarify.frame import Image

WIDTH, HEIGHT = 640, 480
HIGHEST = 2**16 - 1
_CELL = _MARGIN = 40  # large enough to survive YUV 4:2:0 and JPEG
_BITS, _COLUMNS = 16, 4


def make(number: int, *, width: int = WIDTH, height: int = HEIGHT) -> Image:
    """uint8 [height,width,3] RGB, at least 200x200, with `number` (0..HIGHEST) as 4x4 black and white blocks. Red, green
    and blue differ everywhere else, so exchanged channels show.
    """
    frame = np.empty((height, width, 3), np.uint8)
    frame[:] = (60 + number * 3 % 60, 20, 200)
    for bit in range(_BITS):
        top, left = _corner(bit)
        frame[top : top + _CELL, left : left + _CELL] = 230 if number >> bit & 1 else 20
    return frame


def read(frame: Image) -> int:
    """The number in a frame, from the middle of each block. Channels in any order."""
    number = 0
    for bit in range(_BITS):
        top, left = _corner(bit)
        if frame[top + 10 : top + 30, left + 10 : left + 30].mean() > 128:
            number |= 1 << bit
    return number


def _corner(bit: int) -> tuple[int, int]:
    row, column = divmod(bit, _COLUMNS)
    return _MARGIN + row * _CELL, _MARGIN + column * _CELL

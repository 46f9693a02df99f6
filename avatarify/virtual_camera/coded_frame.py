"""Pictures that carry a number, so that whoever reads them back can tell which one arrived, and that it arrived whole."""

from __future__ import annotations

import numpy as np

from avatarify.frame import Image

NUMBERS = 1 << 24
"""Numbers are in 0 .. NUMBERS - 1."""

_GRID = 6  # cells a side; the first is always bright and the second always dark, then number and check, then dark
_NUMBER_BITS, _CHECK_BITS = 24, 8
_SIDE = 0.72  # of the frame's shorter side: how much the grid takes
_BRIGHT, _DARK = 225, 30
_TOLERANCE = 60  # between the bright and the dark cell at least: less is no coded picture


def encode(number: int, size: tuple[int, int]) -> Image:
    """The picture of `number`: uint8 [H,W,3] RGB of size (width, height), at least 96 a side. The colour around the grid
    follows the number: see `ground`.
    """
    width, height = size
    if not 0 <= number < NUMBERS:
        raise ValueError(f"number={number} must be in 0..{NUMBERS - 1}")
    if min(size) < 96:
        raise ValueError(f"size={size} must be at least 96 a side")
    image = np.empty((height, width, 3), np.uint8)
    image[:] = ground(number)
    cell, left, top = _place(size)
    for index, bright in enumerate(_cells(number)):
        row, column = divmod(index, _GRID)
        y, x = top + row * cell, left + column * cell
        image[y : y + cell, x : x + cell] = _BRIGHT if bright else _DARK
    return image


def decode(image: Image) -> int | None:
    """The number in a picture, uint8 [H,W,3], which may have been scaled, compressed or have its colours in another order;
    None where there is none, or a damaged one.
    """
    height, width = image.shape[:2]
    cell, left, top = _place((width, height))
    if cell < 4:
        return None
    quarter = cell // 4
    levels = []
    for index in range(_GRID * _GRID):
        row, column = divmod(index, _GRID)
        y, x = top + row * cell, left + column * cell
        levels.append(float(image[y + quarter : y + cell - quarter, x + quarter : x + cell - quarter].mean()))
    if levels[0] - levels[1] < _TOLERANCE:
        return None
    middle = (levels[0] + levels[1]) / 2
    number = sum(1 << bit for bit in range(_NUMBER_BITS) if levels[2 + bit] > middle)
    return number if [level > middle for level in levels] == _cells(number) else None


def ground(number: int) -> tuple[int, int, int]:
    """RGB of the ground around the grid in the picture of `number`."""
    return (60 + number * 7 % 120, 90, 140)


def _cells(number: int) -> list[bool]:
    check = (number ^ number >> 8 ^ number >> 16 ^ 0xA5) & 0xFF
    bits = [bool(number >> bit & 1) for bit in range(_NUMBER_BITS)]
    bits += [bool(check >> bit & 1) for bit in range(_CHECK_BITS)]
    cells = [True, False, *bits]
    return cells + [False] * (_GRID * _GRID - len(cells))


def _place(size: tuple[int, int]) -> tuple[int, int, int]:
    """Side of a cell, left and top of the grid, in pixels."""
    cell = int(min(size) * _SIDE / _GRID)
    return cell, (size[0] - cell * _GRID) // 2, (size[1] - cell * _GRID) // 2

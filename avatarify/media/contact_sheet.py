"""Pictures side by side and in labelled grids, for looking and showing."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from avatarify.frame import Image

GROUND = (0x16, 0x18, 0x1D)
EMPTY = (0x20, 0x23, 0x2A)
TEXT = (0xE8, 0xE6, 0xE1)
ACCENT = (0xFF, 0xB4, 0x54)

_Colour = tuple[int, int, int]


def contact_sheet(
    rows: Sequence[Sequence[Image | None]],
    *,
    cell: int,
    title: str = "",
    row_labels: Sequence[str] = (),
    column_labels: Sequence[str] = (),
) -> Image:
    """A grid. rows: uint8 [H,W,3] RGB of any sizes, fitted whole into squares of `cell` pixels; None or a short row
    leaves cells empty. title: above, in the accent colour. Labels that do not fit are cut with an ellipsis.

    Returns uint8 [H,W,3] RGB. Raises ValueError: no pictures, cell < 16, more labels than rows or columns.
    """
    columns = max((len(row) for row in rows), default=0)
    if columns == 0 or cell < 16:
        raise ValueError(f"a sheet of {len(rows)} rows, {columns} columns, cells of {cell} pixels has nothing to show")
    if len(row_labels) > len(rows) or len(column_labels) > columns:
        raise ValueError(f"{len(row_labels)} row and {len(column_labels)} column labels for {len(rows)} x {columns}")
    gap, margin, letters = max(2, cell // 24), max(6, cell // 8), max(10, cell // 11)
    widest = max((_text(label, letters, TEXT).shape[1] for label in row_labels), default=0)
    beside = min(widest, cell) + margin if row_labels else 0
    title_height = round(letters * 2.6) if title else 0
    above = title_height + (round(letters * 1.9) if column_labels else 0)
    width = 2 * margin + beside + columns * cell + (columns - 1) * gap
    height = 2 * margin + above + len(rows) * cell + (len(rows) - 1) * gap
    sheet = np.full((height, width, 3), GROUND, np.uint8)
    left, top = margin + beside, margin + above
    if title:
        _put(sheet, _text(title, round(letters * 1.5), ACCENT, width - 2 * margin), margin, margin)
    for column, label in enumerate(column_labels):
        words = _text(label, letters, TEXT, cell)
        place = left + column * (cell + gap) + (cell - words.shape[1]) // 2
        _put(sheet, words, place, margin + title_height)
    for row, pictures in enumerate(rows):
        y = top + row * (cell + gap)
        if row < len(row_labels):
            words = _text(row_labels[row], letters, TEXT, cell)
            _put(sheet, words, left - margin - words.shape[1], y + (cell - words.shape[0]) // 2)
        for column in range(columns):
            picture = pictures[column] if column < len(pictures) else None
            x = left + column * (cell + gap)
            sheet[y : y + cell, x : x + cell] = EMPTY if picture is None else _fitted(picture, cell)
    return sheet


def side_by_side(images: Sequence[Image], *, height: int, labels: Sequence[str] = ()) -> Image:
    """One row. images: uint8 [H,W,3] RGB of any sizes, scaled to `height` pixels and parted by a thin line of ground.
    labels: one below each, or none. Fit for every frame of a video: the lettering is drawn once.

    Returns uint8 [H',W',3] RGB; H' is `height` plus the strip for labels. Raises ValueError: no images, height < 16,
    another number of labels.
    """
    if not images or height < 16:
        raise ValueError(f"{len(images)} pictures, {height} pixels high: nothing to show")
    if labels and len(labels) != len(images):
        raise ValueError(f"{len(labels)} labels for {len(images)} pictures")
    gap, letters = max(2, height // 64) // 2 * 2, max(10, height // 16)
    scaled = [_resized(image, max(1, round(image.shape[1] * height / image.shape[0])), height) for image in images]
    strip = round(letters * 1.9) if labels else 0
    width = sum(image.shape[1] for image in scaled) + gap * (len(scaled) - 1)
    result = np.full((height + strip, width, 3), GROUND, np.uint8)
    x = 0
    for place, image in enumerate(scaled):
        result[:height, x : x + image.shape[1]] = image
        if labels:
            words = _text(labels[place], letters, TEXT, image.shape[1])
            _put(result, words, x + (image.shape[1] - words.shape[1]) // 2, height + (strip - words.shape[0]) // 2)
        x += image.shape[1] + gap
    return result


def _fitted(image: Image, cell: int) -> Image:
    """The whole picture in the middle of a square; what it does not cover is EMPTY."""
    height, width = image.shape[:2]
    scale = cell / max(height, width)
    inside = _resized(image, max(1, round(width * scale)), max(1, round(height * scale)))
    square = np.full((cell, cell, 3), EMPTY, np.uint8)
    _put(square, inside, (cell - inside.shape[1]) // 2, (cell - inside.shape[0]) // 2)
    return square


def _resized(image: Image, width: int, height: int) -> Image:
    if image.shape[:2] == (height, width):
        return image
    smaller = width * height < image.shape[0] * image.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)


def _put(sheet: Image, image: Image, x: int, y: int) -> None:
    room = sheet[max(0, y) : y + image.shape[0], max(0, x) : x + image.shape[1]]
    room[...] = image[: room.shape[0], : room.shape[1]]


@lru_cache(maxsize=256)
def _text(words: str, letters: int, colour: _Colour, width: int | None = None) -> npt.NDArray[np.uint8]:
    """One line of text, `letters` pixels high, on GROUND; cut with an ellipsis to fit `width`. Read-only."""
    font = ImageFont.load_default(letters)
    shown = plain = _plain(words)
    while width is not None and len(plain) > 1 and font.getlength(shown) > width:
        plain = plain[:-1].rstrip()
        shown = f"{plain}..."
    picture = Pillow.new("RGB", (max(1, round(font.getlength(shown))), round(letters * 1.3)), GROUND)
    ImageDraw.Draw(picture).text((0, 0), shown, fill=colour, font=font)
    result = np.asarray(picture)
    result.flags.writeable = False
    return result


def _plain(words: str) -> str:
    """Pillow's built-in letters are ASCII: accents are dropped, what has no such letter becomes a question mark."""
    parts = unicodedata.normalize("NFKD", " ".join(words.split()))
    return "".join(c if c.isascii() else "?" for c in parts if not unicodedata.combining(c))

"""Many pictures on one sheet, whole and lettered."""

from __future__ import annotations

import numpy as np
import pytest

from avatarify.frame import Image
from avatarify.media.contact_sheet import ACCENT, EMPTY, GROUND, TEXT, contact_sheet, side_by_side


def plain(colour: tuple[int, int, int], *, width: int, height: int) -> Image:
    return np.full((height, width, 3), colour, np.uint8)


RED, BLUE = (200, 30, 40), (20, 60, 210)


def lettered(sheet: Image, colour: tuple[int, int, int]) -> bool:
    """Whether something near the colour is there: small letters are soft and seldom reach it."""
    return bool((np.abs(sheet.astype(int) - colour).max(axis=2) < 60).any())


def area(sheet: Image, colour: tuple[int, int, int]) -> int:
    return int((sheet == colour).all(axis=2).sum())


def test_a_grid_shows_every_picture_whole_and_leaves_gaps_empty() -> None:
    wide, tall = plain(RED, width=80, height=40), plain(BLUE, width=30, height=60)
    sheet = contact_sheet([[wide, tall], [None]], cell=64)
    assert area(sheet, RED) == 64 * 32
    assert area(sheet, BLUE) == 64 * 32
    assert area(sheet, EMPTY) == 4 * 64 * 64 - 2 * 64 * 32
    assert tuple(sheet[0, 0]) == GROUND


def test_labels_and_title_take_room_of_their_own() -> None:
    picture = plain(RED, width=64, height=64)
    bare = contact_sheet([[picture]], cell=64)
    full = contact_sheet([[picture]], cell=64, title="Demo", row_labels=["row"], column_labels=["column"])
    assert full.shape[0] > bare.shape[0]
    assert full.shape[1] > bare.shape[1]
    assert area(full, RED) == area(bare, RED) == 64 * 64
    assert lettered(full, TEXT)
    assert lettered(full, ACCENT)
    assert not lettered(bare, TEXT)


def test_a_label_longer_than_its_cell_is_cut() -> None:
    picture = plain(RED, width=64, height=64)
    long = contact_sheet([[picture, picture]], cell=64, column_labels=["m" * 300, "x"], row_labels=["w" * 300])
    short = contact_sheet([[picture, picture]], cell=64, column_labels=["m", "x"], row_labels=["w" * 40])
    assert long.shape == short.shape
    assert area(long, RED) == 2 * 64 * 64


def test_accents_lose_their_marks_but_keep_their_letters() -> None:
    picture = plain(RED, width=64, height=64)
    accented = contact_sheet([[picture]], cell=64, row_labels=["Änne"])
    assert np.array_equal(accented, contact_sheet([[picture]], cell=64, row_labels=["Anne"]))
    assert not np.array_equal(accented, contact_sheet([[picture]], cell=64, row_labels=["?nne"]))


def test_side_by_side_scales_to_one_height_and_labels_each() -> None:
    images = [plain(RED, width=100, height=50), plain(BLUE, width=40, height=80)]
    row = side_by_side(images, height=64)
    assert row.shape[0] == 64
    assert area(row, RED) == 128 * 64
    assert area(row, BLUE) == 32 * 64
    labelled = side_by_side(images, height=64, labels=["driving", "animated"])
    assert labelled.shape[0] > 64
    assert np.array_equal(labelled[:64], row)
    assert lettered(labelled[64:], TEXT)


def test_nothing_to_show_is_an_error() -> None:
    picture = plain(RED, width=8, height=8)
    with pytest.raises(ValueError, match="nothing to show"):
        contact_sheet([[]], cell=64)
    with pytest.raises(ValueError, match="2 row"):
        contact_sheet([[picture]], cell=64, row_labels=["a", "b"])
    with pytest.raises(ValueError, match="nothing to show"):
        side_by_side([], height=64)
    with pytest.raises(ValueError, match="1 labels for 2"):
        side_by_side([picture, picture], height=64, labels=["a"])

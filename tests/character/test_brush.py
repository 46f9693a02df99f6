"""The brush covers what it should, softly where asked, and only inside its window."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from avatarify.character.brush import COARSE_BLUR, Canvas, polygon_cover, ribbon, spline

SQUARE = np.array([(10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0)])


def canvas(size: int = 40) -> Canvas:
    return Canvas(np.zeros((size, size, 3), np.float32))


def centre_of(cover: npt.NDArray[np.float32]) -> tuple[float, float]:
    rows, columns = np.indices(cover.shape)
    return float((columns * cover).sum() / cover.sum()), float((rows * cover).sum() / cover.sum())


@pytest.mark.parametrize("blur", [0.0, 1.5, 2 * COARSE_BLUR, 4 * COARSE_BLUR])
@pytest.mark.parametrize("oversample", [1, 4])
def test_a_soft_edge_stays_where_it_is_and_loses_nothing(blur: float, oversample: int) -> None:
    cover = polygon_cover([SQUARE + 40], (0, 0, 120, 120), blur, oversample)
    grid = max(1.0, blur / COARSE_BLUR)  # a polygon comes out fatter by less than a pixel of its grid
    assert centre_of(cover) == pytest.approx((60, 60), abs=0.6 * grid)
    assert cover.sum() * 1.03 >= 20**2
    assert cover.sum() < (20 + 1.7 * grid) ** 2


def test_fill_lays_colour_inside_only() -> None:
    board = canvas()
    board.fill(SQUARE, (200, 100, 50), opacity=0.5)
    assert board.pixels[20, 20] == pytest.approx([100, 50, 25])
    assert board.pixels[5, 5] == pytest.approx([0, 0, 0])


def test_multiply_darkens_channel_by_channel() -> None:
    board = canvas()
    board.pixels[:] = 100
    board.multiply(SQUARE, (0.5, 1.0, 0.25))
    assert board.pixels[20, 20] == pytest.approx([50, 100, 25])


def test_a_window_keeps_the_brush_inside_it() -> None:
    board = canvas()
    window = board.within(SQUARE)
    assert window is not None
    window.fill(SQUARE + 10, (255, 255, 255))
    assert board.pixels[25, 25] == pytest.approx([255, 255, 255])
    assert board.pixels[36, 36] == pytest.approx([0, 0, 0])


def test_outside_the_picture_there_is_no_window_and_nothing_is_painted() -> None:
    board = canvas()
    assert board.within(SQUARE + 100) is None
    board.fill(SQUARE - 200, (255, 255, 255), blur=4)
    assert board.pixels.max() == 0


def test_strokes_that_cross_do_not_add_up() -> None:
    board = canvas()
    lines = [np.array([(5.0, 20.0), (35.0, 20.0)]), np.array([(20.0, 5.0), (20.0, 35.0)])]
    board.hatch(lines, [4.0, 4.0], (100, 100, 100), opacity=0.5)
    assert board.pixels[20, 20] == pytest.approx([50, 50, 50])


def test_a_ribbon_is_as_wide_as_asked() -> None:
    outline = ribbon(np.array([(0.0, 0.0), (5.0, 0.0), (10.0, 0.0)]), np.array([2.0, 4.0, 6.0]))
    assert np.abs(outline[:3, 1]) == pytest.approx([1, 2, 3])


@pytest.mark.parametrize("closed", [False, True])
def test_a_spline_goes_through_its_points(closed: bool) -> None:
    curve = spline(SQUARE, steps=5, closed=closed)
    assert all(np.abs(curve - corner).sum(1).min() < 1e-9 for corner in SQUARE)

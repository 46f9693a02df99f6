"""Pictures bent by triangles: a net over scattered points, and for each pixel of the result where it comes from."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

_GRID = 4000  # whole numbers tell vertices apart without rounding
_SMALLEST = 1e-3  # square pixels; flatter triangles hold no pixel worth showing


class SourceMap(NamedTuple):
    """columns, rows: float32 [S,S], what `cv2.remap` takes: places in the picture as it was, from the middle of a pixel."""

    columns: npt.NDArray[np.float32]
    rows: npt.NDArray[np.float32]


def triangulate(points: Floats) -> Indices:
    """[N,2] -> [T,3], a Delaunay net. Of points that lie closer than 1 / 4000 of the whole, all but one are left out."""
    low, high = points.min(0), points.max(0)
    places = np.round((points - low) / max(float((high - low).max()), 1e-9) * _GRID).astype(np.int64) + 1
    keys, first = np.unique(places[:, 0] * (_GRID + 3) + places[:, 1], return_index=True)
    net = cv2.Subdiv2D((0, 0, _GRID + 3, _GRID + 3))
    net.insert(places[np.sort(first)].astype(np.float64).tolist())
    corners = np.round(np.asarray(net.getTriangleList(), np.float64)).astype(np.int64).reshape(-1, 3, 2)
    wanted = corners[..., 0] * (_GRID + 3) + corners[..., 1]
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    known = (keys[at] == wanted).all(1)  # not those that hang on the frame around all points
    return np.asarray(first[at[known]], np.int64)


def strip(one: Indices, other: Indices) -> Indices:
    """[N], [N] -> [2 (N - 1), 3]: the triangles between two rows of points."""
    first = np.stack([one[:-1], one[1:], other[1:]], -1)
    second = np.stack([one[:-1], other[1:], other[:-1]], -1)
    return np.concatenate([first, second])


def ring(one: Indices, other: Indices) -> Indices:
    """[N], [N] -> [2 N, 3]: the triangles between two closed rows of points."""
    return strip(np.append(one, one[0]), np.append(other, other[0]))


def source_map(origins: Floats, targets: Floats, triangles: Indices, side: int) -> SourceMap:
    """Where the pixels of a square of `side` pixels come from when points [N,2] move from `origins` to `targets`.

    triangles: [T,3]; of those that cover a pixel the last one counts. Pixels that none covers stay.
    """
    corners = targets[triangles]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    low = np.clip(np.ceil(corners[..., 1].min(1) - 0.5), 0, side).astype(np.int64)
    high = np.clip(np.floor(corners[..., 1].max(1) - 0.5), -1, side - 1).astype(np.int64)
    seen = np.flatnonzero((np.abs(area) > _SMALLEST) & (high >= low))
    corners, one, two, area = corners[seen], one[seen], two[seen], area[seen]

    # How far a pixel's middle lies along both edges from the first corner, 0..1 each and together: linear in x and y.
    ways = np.stack([two[:, 1], -two[:, 0], -one[:, 1], one[:, 0]]) / area
    x, y = 0.5 - corners[:, 0].T
    shares = np.stack([ways[0], ways[1], ways[0] * x + ways[1] * y, ways[2], ways[3], ways[2] * x + ways[3] * y])

    which, row = _runs(low[seen], high[seen])
    left, right = _spans(shares[:, which], row, side)
    of_row, column = _runs(left, right)
    which, row = which[of_row], row[of_row]
    start = origins[triangles[seen]].transpose(1, 2, 0)  # [3,2,T]
    # Places are linear in x and y, too: six numbers a triangle.
    one, two = start[1] - start[0], start[2] - start[0]
    steps = [one * shares[part] + two * shares[part + 3] for part in range(3)]
    steps[2] = steps[2] + start[0] - 0.5
    along, down, level = (step[:, which] for step in steps)
    place = along * column + down * row + level
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    columns[row, column], rows[row, column] = place
    return SourceMap(columns, rows)


def _runs(low: Indices, high: Indices) -> tuple[Indices, Indices]:
    """All whole numbers low .. high of each item, one after the other: the item's number, and the whole number."""
    count = np.maximum(high - low + 1, 0)
    which = np.repeat(np.arange(len(low)), count)
    return which, np.arange(len(which)) - np.repeat(np.cumsum(count) - count - low, count)


def _spans(shares: Floats, row: Indices, side: int) -> tuple[Indices, Indices]:
    """[6,N], [N] -> first and last column of each triangle's pixels in a row; an empty span ends before it begins."""
    lowest, highest = np.full(len(row), -1.0), np.full(len(row), float(side))
    first, second = shares[1] * row + shares[2], shares[4] * row + shares[5]
    for slope, level in ((shares[0], first), (shares[3], second), (-shares[0] - shares[3], 1 - first - second)):
        edge = -(level + 1e-6) / np.where(slope == 0, 1e-30, slope)  # slope x + level >= 0 inside
        lowest = np.where(slope >= 0, np.maximum(lowest, edge), lowest)
        highest = np.where(slope < 0, np.minimum(highest, edge), highest)
    left, right = np.clip(np.ceil(lowest), 0, side), np.clip(np.floor(highest), -1, side - 1)
    return left.astype(np.int64), right.astype(np.int64)

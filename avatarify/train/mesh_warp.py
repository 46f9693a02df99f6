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
    low = np.clip(np.ceil(corners.min(1) - 0.5), 0, side).astype(np.int64)
    high = np.clip(np.floor(corners.max(1) - 0.5), -1, side - 1).astype(np.int64)
    size = np.maximum(high - low + 1, 0)
    seen = np.flatnonzero((np.abs(area) > _SMALLEST) & (size.prod(1) > 0))
    low, size = low[seen], size[seen]
    count = size.prod(1)

    which = np.repeat(np.arange(len(seen)), count)
    within = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    down, right = np.divmod(within, size[which, 0])
    column, row = low[which, 0] + right, low[which, 1] + down
    first, second = _shares(corners[seen, 0], one[seen], two[seen], area[seen], which, column, row)
    inside = (first >= -1e-6) & (second >= -1e-6) & (first + second <= 1 + 1e-6)
    which, column, row = which[inside], column[inside], row[inside]
    first, second = first[inside, None], second[inside, None]

    start = origins[triangles[seen]]
    place = start[which, 0] + first * (start[:, 1] - start[:, 0])[which] + second * (start[:, 2] - start[:, 0])[which]
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    columns[row, column], rows[row, column] = (place - 0.5).T
    return SourceMap(columns, rows)


def _shares(
    corner: Floats, one: Floats, two: Floats, area: Floats, which: Indices, column: Indices, row: Indices
) -> tuple[Floats, Floats]:
    """How far each pixel's middle lies along the two edges from its triangle's first corner, 0..1 each inside."""
    to_first = np.stack([two[:, 1], -two[:, 0]], -1) / area[:, None]
    to_second = np.stack([-one[:, 1], one[:, 0]], -1) / area[:, None]
    at_zero = 0.5 - corner
    first, second = (
        (way[:, 0][which] * column + way[:, 1][which] * row) + (way * at_zero).sum(1)[which]
        for way in (to_first, to_second)
    )
    return first, second

"""A canvas and what can be put on it: antialiased, soft-edged polygons and tapered strokes."""

from __future__ import annotations

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float32]
Points: TypeAlias = npt.NDArray[np.floating]
"""[N,2] xy in pixels of the whole picture."""
Tint: TypeAlias = npt.NDArray[np.floating] | tuple[float, float, float]
"""Red, green, blue: 0..255 for a colour, about 0..1 for a factor."""
Widths: TypeAlias = float | npt.NDArray[np.floating]
"""Of a stroke: one for all points or one for each."""
Window: TypeAlias = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels; x1 and y1 lie outside."""

SUBPIXEL_BITS = 5
COARSE_BLUR = 4.0  # sigma in pixels that still needs the full grid


class Canvas:
    """Pixels, float32 [H,W,3] RGB 0..255, painted in place.

    A canvas can be a window of another one: `origin` is the window's corner in the picture, `clip` [H,W] 0..1 limits
    what the brush touches. oversample: how many times finer edges are computed; 1 is fast and good enough for video.
    """

    def __init__(
        self, pixels: Floats, *, origin: tuple[int, int] = (0, 0), clip: Floats | None = None, oversample: int = 1
    ) -> None:
        self.pixels = pixels
        self.origin = origin
        self.clip = clip
        self.oversample = oversample

    def fill(self, outline: Points | list[Points], colour: Tint, *, opacity: float = 1.0, blur: float = 0.0) -> None:
        """Lay a colour over the polygon, or over several. blur: sigma of the soft edge in pixels."""
        found = self._cover(outline, opacity, blur)
        if found is not None:
            area, cover = found
            area += cover[..., None] * (np.asarray(colour, np.float32) - area)

    def multiply(self, outline: Points, factor: Tint, *, opacity: float = 1.0, blur: float = 0.0) -> None:
        """Darken (or lighten, factor > 1) what lies under the polygon, channel by channel."""
        found = self._cover(outline, opacity, blur)
        if found is not None:
            area, cover = found
            area *= 1 + cover[..., None] * (np.asarray(factor, np.float32) - 1)

    def stroke(
        self,
        line: Points,
        width: Widths,
        colour: Tint,
        *,
        opacity: float = 1.0,
        blur: float = 0.0,
    ) -> None:
        """Draw along the points; width in pixels, one for all or one for each point."""
        self.fill(ribbon(line, width), colour, opacity=opacity, blur=blur)

    def hatch(self, lines: list[Points], widths: list[Widths], colour: Tint, *, opacity: float = 1.0) -> None:
        """Many strokes of one colour at once; where they cross they do not add up."""
        self.fill([ribbon(line, width) for line, width in zip(lines, widths, strict=True)], colour, opacity=opacity)

    def within(self, outline: Points, *, blur: float = 0.0) -> Canvas | None:
        """The window that covers the polygon, limited to its inside; None where it lies outside the canvas."""
        window = self._window(outline, blur)
        if window is None:
            return None
        x0, y0, x1, y1 = window
        cover = polygon_cover([outline - self.origin], window, blur, self.oversample)
        if self.clip is not None:
            cover *= self.clip[y0:y1, x0:x1]
        return Canvas(
            self.pixels[y0:y1, x0:x1],
            origin=(self.origin[0] + x0, self.origin[1] + y0),
            clip=cover,
            oversample=self.oversample,
        )

    def covered(self, window: Window, cover: Floats) -> Canvas:
        """The window (x0, y0, x1, y1) of this canvas, limited to cover [h,w] 0..1."""
        x0, y0, x1, y1 = window
        return Canvas(
            self.pixels[y0:y1, x0:x1],
            origin=(self.origin[0] + x0, self.origin[1] + y0),
            clip=cover,
            oversample=self.oversample,
        )

    def _window(self, corners: Points, blur: float) -> Window | None:
        margin = 3 * blur + 2
        height, width = self.pixels.shape[:2]
        (left, top), (right, bottom) = corners.min(0).tolist(), corners.max(0).tolist()
        x0, y0 = max(int(left - self.origin[0] - margin), 0), max(int(top - self.origin[1] - margin), 0)
        x1 = min(int(right - self.origin[0] + margin) + 1, width)
        y1 = min(int(bottom - self.origin[1] + margin) + 1, height)
        return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def _cover(self, outline: Points | list[Points], opacity: float, blur: float) -> tuple[Floats, Floats] | None:
        outlines = outline if isinstance(outline, list) else [outline]
        window = self._window(np.concatenate(outlines) if len(outlines) > 1 else outlines[0], blur)
        if window is None or opacity <= 0:
            return None
        x0, y0, x1, y1 = window
        cover = polygon_cover([each - self.origin for each in outlines], window, blur, self.oversample)
        cover *= np.float32(opacity)
        if self.clip is not None:
            cover *= self.clip[y0:y1, x0:x1]
        return self.pixels[y0:y1, x0:x1], cover


def polygon_cover(outlines: list[Points], window: Window, blur: float, oversample: int = 1) -> Floats:
    """How much of each pixel of the window (x0, y0, x1, y1) the polygons cover, float32 [h,w] 0..1."""
    x0, y0, x1, y1 = window
    width, height = x1 - x0, y1 - y0
    zoom = float(oversample)
    if blur > COARSE_BLUR:  # what is this soft can be computed on a coarser grid
        zoom = 1 / min(blur / COARSE_BLUR, 8.0)
    columns, rows = max(round(width * zoom), 1), max(round(height * zoom), 1)
    scale = np.array([columns / width, rows / height])
    mask = np.zeros((rows, columns), np.uint8)
    for outline in outlines:
        corners = np.rint(((outline - (x0 - 0.5, y0 - 0.5)) * scale - 0.5) * (1 << SUBPIXEL_BITS)).astype(np.int32)
        cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, SUBPIXEL_BITS)
    sigma = blur * zoom
    if sigma > 0.3:
        reach = 2 * round(3 * sigma) + 1
        cv2.GaussianBlur(mask, (reach, reach), sigma, mask, borderType=cv2.BORDER_REPLICATE)
    cover = mask.astype(np.float32)
    cover *= np.float32(1 / 255)
    if zoom != 1:
        shrink = cv2.INTER_AREA if zoom > 1 else cv2.INTER_LINEAR
        cover = np.asarray(cv2.resize(cover, (width, height), interpolation=shrink), np.float32)
    return cover


def ribbon(line: Points, width: Widths) -> Points:
    """[2N,2] outline of a line that is `width` pixels wide."""
    along = np.empty_like(line)
    along[1:-1] = line[2:] - line[:-2]
    along[0], along[-1] = line[1] - line[0], line[-1] - line[-2]
    along /= np.maximum(np.sqrt((along * along).sum(1, keepdims=True)), 1e-6)
    across = np.stack([-along[:, 1], along[:, 0]], 1) * (np.broadcast_to(width, len(line))[:, None] / 2)
    return np.concatenate([line + across, (line - across)[::-1]])


def moved(points: Points, dx: float, dy: float) -> Points:
    """The points, shifted."""
    return np.asarray(points + np.array([dx, dy]))


def spline(points: Points, *, steps: int = 8, closed: bool = False) -> Points:
    """Catmull-Rom curve through the points ([N,D] to about [N*steps,D])."""
    if closed:
        padded = np.concatenate([points[-1:], points, points[:2]])
    else:
        padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    before, start, end, after = padded[:-3, None], padded[1:-2, None], padded[2:-1, None], padded[3:, None]
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    flat = curve.reshape(-1, points.shape[1])
    return flat if closed else np.concatenate([flat, points[-1:]])

"""Small line plots as SVG. Colours come from the page's style sheet, so that they follow its light and dark scheme."""

from __future__ import annotations

import html
import math
from collections.abc import Callable

from avatarify.evaluate.results import Curve, Series

_WIDTH, _HEIGHT = 360, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 26, 24
_TICKS = 3
LABELS = {"driver": "driver", "model": "model", "affine": "affine warp", "unchanged": "unchanged"}


def line_plot(curve: Curve) -> str:
    """An <svg> of the curve over its frames. Missing values leave gaps. Empty when there is nothing to draw."""
    known = [value for series in curve.series for value in series.values if value is not None]
    if len(curve.frames) < 2 or not known:
        return ""
    low, high, step = _axis(min(known), max(known))
    first, last = curve.frames[0], curve.frames[-1]

    def across(frame: float) -> float:
        return _LEFT + (frame - first) / (last - first) * (_WIDTH - _LEFT - _RIGHT)

    def down(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [f'<text class="title" x="{_LEFT}" y="14">{html.escape(curve.title)}</text>']
    for tick in range(round((high - low) / step) + 1):
        value = low + tick * step
        y = down(value)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end">{_told(value, step)}</text>')
    for frame, anchor in ((first, "start"), (last, "end")):
        words = f"frame {frame}"
        parts.append(f'<text x="{across(frame):.1f}" y="{_HEIGHT - 7}" text-anchor="{anchor}">{words}</text>')
    for series in curve.series:
        path = _path([(across(frame), series.values[place]) for place, frame in enumerate(curve.frames)], down)
        parts.append(f'<path class="line {series.kind}" d="{path}"/>')
    parts.append(_legend(curve.series))
    label = html.escape(f"{curve.title}: {', '.join(LABELS[series.kind] for series in curve.series)}")
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _path(points: list[tuple[float, float | None]], down: Callable[[float], float]) -> str:
    """SVG path data; a new stroke begins after every gap."""
    words: list[str] = []
    pen = "M"
    for x, value in points:
        if value is None:
            pen = "M"
            continue
        words.append(f"{pen}{x:.1f} {down(value):.1f}")
        pen = "L"
    return "".join(words)


def _legend(series: tuple[Series, ...]) -> str:
    """Names in the top right corner, each behind a stroke of its colour."""
    parts: list[str] = []
    x = float(_WIDTH - _RIGHT)
    for one in reversed(series):
        name = LABELS[one.kind]
        x -= 5.2 * len(name)
        parts.append(f'<text x="{x:.0f}" y="14">{name}</text>')
        parts.append(f'<line class="line {one.kind}" x1="{x - 16:.0f}" x2="{x - 4:.0f}" y1="10.5" y2="10.5"/>')
        x -= 26
    return "".join(parts)


def _axis(least: float, most: float) -> tuple[float, float, float]:
    """Round limits around both values, and the step between ticks."""
    span = max(most - least, abs(most) * 1e-3, 1e-6)
    power = 10 ** math.floor(math.log10(span / _TICKS))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice * _TICKS >= span)
    return math.floor(least / step) * step, math.ceil(most / step) * step, step


def _told(value: float, step: float) -> str:
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    digits += 1 if round(step * 10**digits, 6) != round(step * 10**digits) else 0
    return f"{value + 0.0:.{digits}f}"

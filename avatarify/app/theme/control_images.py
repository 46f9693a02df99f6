"""Check marks, switches and arrows in the palette's colours, as files: a style sheet takes pictures from files only."""

from __future__ import annotations

import tempfile
from pathlib import Path

from avatarify.app.theme.palette import Palette, mix


class ControlImages:
    """A folder for as long as this lives; a folder of its own for each palette, so that Qt keeps no old picture."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="avatarify-theme-")

    def of(self, palette: Palette) -> Path:
        """The folder with this palette's pictures, SVG."""
        folder = Path(self._folder.name) / ("dark" if palette.dark else "light")
        if not folder.is_dir():
            folder.mkdir()
            for name, drawing in _drawings(palette).items():
                (folder / f"{name}.svg").write_text(drawing, encoding="utf-8")
        return folder

    def close(self) -> None:
        """Remove the folder. Twice is fine."""
        self._folder.cleanup()


def _drawings(palette: Palette) -> dict[str, str]:
    off, idle = palette.outline, mix(palette.muted, palette.surface, 0.35)
    chosen = mix(palette.accent, palette.surface, 0.45)
    return {
        "chevron-down": _svg(12, 12, _line("M2.5 4.5 6 8l3.5-3.5", palette.muted)),
        "chevron-up": _svg(12, 12, _line("M2.5 7.5 6 4l3.5 3.5", palette.muted)),
        "box": _svg(18, 18, _box(palette.surface, off)),
        "box-disabled": _svg(18, 18, _box(palette.window, idle)),
        "box-checked": _svg(18, 18, _box(palette.accent, palette.accent), _check(palette.on_accent)),
        "box-checked-disabled": _svg(18, 18, _box(chosen, chosen), _check(palette.surface)),
        "box-partly": _svg(18, 18, _box(palette.accent, palette.accent), _line("M5 9h8", palette.on_accent, 2)),
        "dot": _svg(18, 18, _circle(9, 9, 7.75, palette.surface, off)),
        "dot-checked": _svg(
            18,
            18,
            _circle(9, 9, 7.75, palette.surface, palette.accent),
            _circle(9, 9, 4, palette.accent, palette.accent),
        ),
        "switch": _switch(palette.surface, off, off, 10),
        "switch-disabled": _switch(palette.window, idle, idle, 10),
        "switch-on": _switch(palette.accent, palette.accent, palette.on_accent, 26),
        "switch-on-disabled": _switch(chosen, chosen, palette.surface, 26),
    }


def _svg(width: int, height: int, *parts: str) -> str:
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def _line(path: str, color: str, width: float = 1.6) -> str:
    stroke = f'stroke="{color}" stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{path}" fill="none" {stroke}/>'


def _check(color: str) -> str:
    return _line("M5 9.4 7.8 12.2 13 6.6", color, 2)


def _box(fill: str, edge: str) -> str:
    return f'<rect x="1" y="1" width="16" height="16" rx="4" fill="{fill}" stroke="{edge}" stroke-width="1.5"/>'


def _circle(x: float, y: float, radius: float, fill: str, edge: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}" stroke="{edge}" stroke-width="1.5"/>'


def _switch(ground: str, edge: str, knob: str, x: int) -> str:
    rail = f'<rect x="1" y="1" width="34" height="18" rx="9" fill="{ground}" stroke="{edge}" stroke-width="1.5"/>'
    return _svg(36, 20, rail, _circle(x, 10, 5.5, knob, knob))

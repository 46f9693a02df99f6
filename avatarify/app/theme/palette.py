"""The colours of the application, light and dark. The tests measure that every text can be read on every ground."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb.

    window: behind everything. surface: cards, lists, fields. raised: buttons, what the pointer is on. border: lines that
    only divide; `outline` is the line of things one can click. text, muted, accent, danger, warning and success are read
    on window, surface and raised; on_accent and on_danger on their grounds. focus: the ring around what the keys act on.
    """

    window: str
    surface: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    danger: str
    on_danger: str
    warning: str
    success: str
    focus: str

    @property
    def dark(self) -> bool:
        """The ground is darker than the text."""
        return luminance(self.window) < luminance(self.text)

    @property
    def outline(self) -> str:
        """The line around fields, sliders and switches: three times as light or dark as what it lies on."""
        return mix(self.muted, self.surface, 0.82)

    @property
    def faint(self) -> str:
        """Text of things that cannot be used now."""
        return mix(self.muted, self.surface, 0.62)

    @property
    def hover(self) -> str:
        """A raised thing with the pointer on it."""
        return mix(self.text, self.raised, 0.08)

    @property
    def pressed(self) -> str:
        """A raised thing held down."""
        return mix(self.text, self.raised, 0.16)

    @property
    def selected(self) -> str:
        """The ground of what is chosen in a list."""
        return mix(self.accent, self.surface, 0.18)

    @property
    def veil(self) -> str:
        """A ground for text that is laid over a picture, and around it: dark in either palette."""
        return "#0d1018"

    @property
    def on_veil(self) -> str:
        """Text and icons on the veil."""
        return "#eef1f7"

    @property
    def warning_on_veil(self) -> str:
        """A warning there."""
        return "#f3c26b"


LIGHT = Palette(
    window="#f2f4f8",
    surface="#ffffff",
    raised="#e7ebf3",
    border="#ccd3e0",
    text="#171c28",
    muted="#515b6e",
    accent="#2f50c7",
    on_accent="#ffffff",
    danger="#b3261e",
    on_danger="#ffffff",
    warning="#7a4f00",
    success="#17663a",
    focus="#c2560a",
)

DARK = Palette(
    window="#12151e",
    surface="#1a1f2b",
    raised="#272e3d",
    border="#3a4254",
    text="#eef1f7",
    muted="#a8b2c4",
    accent="#8eacff",
    on_accent="#0b1433",
    danger="#ff8f85",
    on_danger="#3b0805",
    warning="#f3c26b",
    success="#7fdba2",
    focus="#ffb067",
)


def channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue of #rrggbb, 0..255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def mix(over: str, under: str, share: float) -> str:
    """`share` (0..1) of one colour laid over another."""
    mixed = (round(a * share + b * (1 - share)) for a, b in zip(channels(over), channels(under), strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def luminance(color: str) -> float:
    """Relative luminance, 0 (black) .. 1 (white), WCAG 2.2."""
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels(color))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1..21, WCAG 2.2: 4.5 for text, 3 for large text and for signs."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)

"""The style sheet, made from the palette: what each kind of widget and each role looks like.

Roles (widget.setProperty("role", ...)): buttons primary, danger, quiet; labels title, subtitle, hint, badge, number; frames
card, toolbar; check boxes switch. Size "big" of buttons. Tones (property "tone") of labels: warning, success, danger, muted.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from PySide6.QtGui import QFont

from avatarify.app.theme.palette import Palette, mix

TITLE, SUBTITLE, HINT = 1.6, 1.18, 0.92
"""Font sizes as shares of the system's."""

_SHEET = Path(__file__).parent / "style.qss"


def style_sheet(palette: Palette, font: QFont, *, space: int, radius: int, images: Path) -> str:
    """space, radius: logical pixels. images: the folder of tinted check marks and arrows (see control_images.py)."""
    points = font.pointSizeF() if font.pointSizeF() > 0 else 10.0
    return Template(_SHEET.read_text(encoding="utf-8")).substitute(
        window=palette.window,
        surface=palette.surface,
        raised=palette.raised,
        border=palette.border,
        outline=palette.outline,
        track=mix(palette.muted, palette.surface, 0.45),
        text=palette.text,
        muted=palette.muted,
        faint=palette.faint,
        accent=palette.accent,
        accent_hover=mix(palette.text, palette.accent, 0.14),
        accent_pressed=mix(palette.text, palette.accent, 0.26),
        on_accent=palette.on_accent,
        danger=palette.danger,
        danger_hover=mix(palette.text, palette.danger, 0.14),
        danger_pressed=mix(palette.text, palette.danger, 0.26),
        on_danger=palette.on_danger,
        warning=palette.warning,
        success=palette.success,
        focus=palette.focus,
        hover=palette.hover,
        pressed=palette.pressed,
        selected=palette.selected,
        space=space,
        half=space // 2,
        radius=radius,
        small_radius=radius - 2,
        title=f"{points * TITLE:.1f}",
        subtitle=f"{points * SUBTITLE:.1f}",
        hint=f"{points * HINT:.1f}",
        images=images.as_posix(),
    )

"""Contrast, measured as WCAG 2.2 asks (AA): 4.5 for text, 3 for the signs and edges by which one finds what to click."""

from __future__ import annotations

import dataclasses
import itertools
import re

import pytest

from avatarify.app.theme.palette import DARK, LIGHT, Palette, contrast, luminance, mix

BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
TEXT, SIGN = 4.5, 3.0


@BOTH
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *itertools.product(
            ("text", "muted", "accent", "danger", "warning", "success"), ("window", "surface", "raised")
        ),
        *itertools.product(("text", "muted"), ("selected",)),
        *itertools.product(("text",), ("hover", "pressed")),
        ("on_accent", "accent"),
        ("on_danger", "danger"),
        ("window", "text"),  # tool tips
        ("on_veil", "veil"),
        ("warning_on_veil", "veil"),
    ],
)
def test_text_can_be_read(palette: Palette, ink: str, ground: str) -> None:
    assert contrast(getattr(palette, ink), getattr(palette, ground)) >= TEXT


@BOTH
@pytest.mark.parametrize("share", [0.14, 0.26])
@pytest.mark.parametrize("button", ["accent", "danger"])
def test_text_on_buttons_can_be_read_while_they_are_pressed(palette: Palette, button: str, share: float) -> None:
    ground = mix(palette.text, getattr(palette, button), share)
    assert contrast(getattr(palette, f"on_{button}"), ground) >= TEXT


@BOTH
@pytest.mark.parametrize(
    ("sign", "ground"), [*itertools.product(("focus", "outline", "accent"), ("window", "surface", "raised"))]
)
def test_rings_edges_and_marks_can_be_seen(palette: Palette, sign: str, ground: str) -> None:
    assert contrast(getattr(palette, sign), getattr(palette, ground)) >= SIGN


@BOTH
def test_colours_are_hexadecimal(palette: Palette) -> None:
    assert all(re.fullmatch("#[0-9a-f]{6}", value) for value in dataclasses.astuple(palette))


def test_one_is_dark() -> None:
    assert DARK.dark
    assert not LIGHT.dark


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.01)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert luminance("#ff0000") == pytest.approx(0.2126)


def test_mixing() -> None:
    assert mix("#ffffff", "#000000", 0.5) == "#808080"
    assert mix("#123456", "#ffffff", 1.0) == "#123456"

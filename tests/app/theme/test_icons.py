"""Each icon is there, in one style, and takes the palette's colour at any scale."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication

from avatarify.app.commands.table import COMMANDS
from avatarify.app.theme.icons import FOLDER, application_icon, icon, icon_names
from avatarify.app.theme.palette import DARK, LIGHT
from avatarify.app.theme.theme import apply_theme

PROMISED = [
    "start",
    "stop",
    "camera-virtual",
    "calibrate",
    "avatar-add",
    "avatar-remove",
    "settings",
    "models",
    "keys",
    "help",
    "record",
    "still",
    "pause",
    "play",
    "mirror",
    "lock",
    "unlock",
    "zoom-in",
    "zoom-out",
    "eye",
    "eye-off",
    "overlay",
    "mesh",
    "compare",
    "copy",
    "retry",
    "close",
    "warning",
    "info",
    "check",
    "folder",
    "log",
    "mini-window",
    "undo",
    "next",
    "previous",
    "download",
    "import",
    "drag",
]


def drawn(shown: QIcon, side: int, scale: float = 1.0, mode: QIcon.Mode = QIcon.Mode.Normal) -> QImage:
    return shown.pixmap(QSize(side, side), scale, mode).toImage()


def strongest(image: QImage) -> QColor:
    """The colour of the most opaque pixel."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=lambda color: color.alpha())


def test_all_that_were_promised_are_there() -> None:
    assert set(PROMISED) <= set(icon_names())
    assert {entry.icon for entry in COMMANDS if entry.icon} <= set(icon_names())


@pytest.mark.parametrize("name", icon_names())
def test_one_style(name: str) -> None:
    root = ElementTree.parse(FOLDER / f"{name}.svg").getroot()
    style = {key: root.get(key) for key in ("viewBox", "fill", "stroke", "stroke-width", "stroke-linejoin")}
    assert style == {
        "viewBox": "0 0 24 24",
        "fill": "none",
        "stroke": "#000000",
        "stroke-width": "1.75",
        "stroke-linejoin": "round",
    }


@pytest.mark.parametrize("name", icon_names())
def test_nothing_is_cut_off(qapp: QApplication, name: str) -> None:
    image = drawn(icon(name), 96)
    edge = [image.pixelColor(x, y).alpha() for x in range(96) for y in (0, 1, 94, 95)]
    edge += [image.pixelColor(x, y).alpha() for y in range(96) for x in (0, 1, 94, 95)]
    assert max(edge) == 0
    assert strongest(image).alpha() == 255


def test_icons_follow_the_palette(qapp: QApplication) -> None:
    shown = icon("check")
    apply_theme(qapp, "light")
    assert strongest(drawn(shown, 48)) == QColor(LIGHT.text)
    apply_theme(qapp, "dark")
    assert strongest(drawn(shown, 48)) == QColor(DARK.text)
    assert strongest(drawn(icon("check", ink="danger"), 48)) == QColor(DARK.danger)


def test_unusable_icons_are_paler(qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    pale = strongest(drawn(icon("check"), 48, mode=QIcon.Mode.Disabled))
    assert pale.lightness() > QColor(LIGHT.text).lightness() + 60


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_as_many_pixels_as_the_screen_has(qapp: QApplication, scale: float) -> None:
    image = drawn(icon("settings"), 20, scale)
    assert (image.width(), image.height()) == (20 * scale, 20 * scale)


def test_unknown_icon_is_told_at_once(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("nothing-of-the-kind")


def test_copies_of_an_icon_paint_the_same(qapp: QApplication) -> None:
    shown = icon("lock")
    copy = QIcon(shown)
    copy.addFile("")  # makes Qt clone the engine
    assert drawn(copy, 32) == drawn(shown, 32)


def test_application_icon_and_its_picture_for_the_desktop(qapp: QApplication) -> None:
    picture = QImage(str(FOLDER / "avatarify.png"))
    assert (picture.width(), picture.height()) == (256, 256)
    made = drawn(application_icon(), 256)
    for x, y in ((128, 20), (80, 128), (212, 128), (2, 2)):
        assert abs(picture.pixelColor(x, y).red() - made.pixelColor(x, y).red()) <= 2

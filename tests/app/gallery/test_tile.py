"""Tiles as pixels: the ring of the shown one, the warning, the key; nothing reaches beyond its place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from avatarify.app.gallery.avatar_model import AvatarModel
from avatarify.app.gallery.tile import TileDelegate, badge_rect, picture_rect, tile_rect, tile_size
from avatarify.app.theme.theme import current
from avatarify.avatars import Avatar
from tests.app.gallery.shelves import MemoryShelf, avatar

PLACE = QRect(10, 10, tile_size().width(), tile_size().height())
GROUND = QColor("#123456")


def painted(one: Avatar, *, shown: bool = False, pending: bool = False, focus: bool = False) -> QImage:
    model = AvatarModel()
    model.set_avatars(MemoryShelf(one).all)
    pixmap = QPixmap(168, 168)
    pixmap.fill(QColor("#808080"))
    model.set_pixmap(one.name, pixmap)
    model.set_shown(one.name if shown else None, one.name if pending else None)
    option = QStyleOptionViewItem()
    option.rect = PLACE  # type: ignore[attr-defined]
    if focus:
        option.state = QStyle.StateFlag.State_HasFocus  # type: ignore[attr-defined]
    image = QImage(PLACE.width() + 20, PLACE.height() + 20, QImage.Format.Format_RGB32)
    image.fill(GROUND)
    painter = QPainter(image)
    TileDelegate().paint(painter, option, model.index(0))
    painter.end()
    return image


def test_the_shown_one_has_a_ring_of_the_accent(qapp: object) -> None:
    left = picture_rect(PLACE).left() - 3
    middle = picture_rect(PLACE).center().y()
    assert painted(avatar("ada"), shown=True).pixelColor(left, middle) == QColor(current().accent)
    assert painted(avatar("ada")).pixelColor(left, middle) == GROUND


def test_the_coming_one_is_veiled(qapp: object) -> None:
    at = picture_rect(PLACE).bottomRight() - picture_rect(PLACE).center() / 4
    plain, coming = painted(avatar("ada")), painted(avatar("ada"), pending=True)
    assert coming.pixelColor(at).lightness() < plain.pixelColor(at).lightness()


def test_a_warning_only_where_there_is_a_problem(qapp: object) -> None:
    at = badge_rect(PLACE).center()
    at.setX(badge_rect(PLACE).left() + 3)
    assert painted(avatar("ada", "Too dark.")).pixelColor(at) == QColor(current().surface)
    assert painted(avatar("ada")).pixelColor(at) != QColor(current().surface)


@pytest.mark.parametrize("name", ["ada", "a name that is much longer than any tile is wide"])
def test_nothing_reaches_beyond_the_place(qapp: object, name: str) -> None:
    image = painted(avatar(name, "Too dark."), shown=True, pending=True, focus=True)
    outside = [(x, y) for x in range(image.width()) for y in (9, PLACE.bottom() + 1)]
    outside += [(x, y) for y in range(image.height()) for x in (9, PLACE.right() + 1)]
    assert {image.pixelColor(x, y).name() for x, y in outside} == {GROUND.name()}


def test_a_tile_stays_in_the_middle_of_a_higher_place(qapp: object) -> None:
    high = QRect(0, 0, PLACE.width(), PLACE.height() + 40)
    assert tile_rect(high) == QRect(0, 20, PLACE.width(), PLACE.height())

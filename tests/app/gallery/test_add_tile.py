"""The place that adds avatars."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from avatarify.app.gallery.add_tile import AddTile


def test_it_is_pressed_by_mouse_and_key_and_says_what_it_does(qtbot: QtBot) -> None:
    tile = AddTile(140)
    qtbot.addWidget(tile)
    tile.show()
    assert tile.sizeHint().height() == 140
    assert (tile.text(), bool(tile.accessibleDescription())) == ("Add", True)
    with qtbot.waitSignal(tile.clicked):
        qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(tile.clicked):
        qtbot.keyClick(tile, Qt.Key.Key_Space)


def test_the_word_fits(qtbot: QtBot) -> None:
    tile = AddTile(140)
    qtbot.addWidget(tile)
    tile.setText("A much longer word")
    assert tile.sizeHint().width() > tile.fontMetrics().horizontalAdvance(tile.text())

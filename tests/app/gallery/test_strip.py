"""The strip under mouse, keys and drags."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLineEdit, QToolTip
from pytestqt.qtbot import QtBot

from avatarify.app.gallery.avatar_model import AvatarModel
from avatarify.app.gallery.strip import Strip
from avatarify.app.gallery.tile import badge_rect, tile_rect, tile_size
from tests.app.gallery.shelves import MemoryShelf, avatar

Key = Qt.Key


@pytest.fixture
def strip(qtbot: QtBot) -> Strip:
    model = AvatarModel()
    shelf = MemoryShelf(
        avatar("ada"), avatar("bo", "Too dark."), avatar("wall", "No face.", usable=False), avatar("suvi", own=False)
    )
    model.set_avatars(shelf.all)
    strip = Strip(model)
    model.setParent(strip)
    qtbot.addWidget(strip)
    strip.resize(900, strip.sizeHint().height())
    strip.show()
    return strip


def centre(strip: Strip, row: int) -> QPoint:
    return strip.visualRect(strip.model().index(row, 0)).center()


def badge(strip: Strip, row: int) -> QPoint:
    return badge_rect(tile_rect(strip.visualRect(strip.model().index(row, 0)))).center()


def click(qtbot: QtBot, strip: Strip, at: QPoint) -> None:
    qtbot.mouseClick(strip.viewport(), Qt.MouseButton.LeftButton, pos=at)


def dragged(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def test_a_click_chooses(qtbot: QtBot, strip: Strip) -> None:
    with qtbot.waitSignal(strip.chosen) as chosen:
        click(qtbot, strip, centre(strip, 1))
    assert chosen.args == ["bo"]


def test_one_that_cannot_be_used_says_why_instead(qtbot: QtBot, strip: Strip) -> None:
    with qtbot.assertNotEmitted(strip.chosen):
        click(qtbot, strip, centre(strip, 2))
    assert QToolTip.text() == "No face."
    QToolTip.hideText()


def test_a_click_on_the_warning_says_what_it_is(qtbot: QtBot, strip: Strip) -> None:
    with qtbot.assertNotEmitted(strip.chosen):
        click(qtbot, strip, badge(strip, 1))
    assert QToolTip.text() == "Too dark."
    QToolTip.hideText()
    with qtbot.waitSignal(strip.chosen):  # ada has none
        click(qtbot, strip, badge(strip, 0))


def test_everything_by_keys(qtbot: QtBot, strip: Strip) -> None:
    strip.setFocus()
    strip.go_to("ada")
    qtbot.keyClick(strip, Key.Key_Right)
    assert strip.current_name() == "bo"
    for key in (Key.Key_Return, Key.Key_Space):
        with qtbot.waitSignal(strip.chosen) as chosen:
            qtbot.keyClick(strip, key)
        assert chosen.args == ["bo"]
    with qtbot.waitSignal(strip.removal_wanted) as removal:
        qtbot.keyClick(strip, Key.Key_Delete)
    assert removal.args == ["bo"]
    with qtbot.waitSignal(strip.paste_wanted):
        qtbot.keyClick(strip, Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(strip.undo_wanted):
        qtbot.keyClick(strip, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_alt_and_arrows_move_the_tile(qtbot: QtBot, strip: Strip) -> None:
    model = strip.model()
    assert isinstance(model, AvatarModel)
    strip.go_to("ada")
    with qtbot.waitSignal(model.reordered) as order:
        qtbot.keyClick(strip, Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert order.args == [("bo", "ada", "wall", "suvi")]
    assert strip.current_name() == "ada"
    qtbot.keyClick(strip, Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    with qtbot.assertNotEmitted(model.reordered):  # it is the first already
        qtbot.keyClick(strip, Key.Key_Left, Qt.KeyboardModifier.AltModifier)


def test_f2_opens_the_name_of_ones_own(qtbot: QtBot, strip: Strip) -> None:
    model = strip.model()
    assert isinstance(model, AvatarModel)
    strip.go_to("suvi")
    qtbot.keyClick(strip, Key.Key_F2)
    assert strip.findChild(QLineEdit) is None
    strip.go_to("ada")
    qtbot.keyClick(strip, Key.Key_F2)
    field = strip.findChild(QLineEdit)
    assert field is not None
    assert (field.text(), field.selectedText()) == ("ada", "ada")
    field.setText("Ada L.")
    with qtbot.waitSignal(model.renamed) as renamed:
        qtbot.keyClick(field, Key.Key_Return)
    assert renamed.args == ["ada", "Ada L."]


def test_files_from_outside_are_welcome_and_told(qtbot: QtBot, strip: Strip, tmp_path: Path) -> None:
    (tmp_path / "me.png").write_bytes(b"x")
    mime = dragged(tmp_path / "me.png")
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(5, 5), actions, mime, buttons, Qt.KeyboardModifier.NoModifier)
    strip.dragEnterEvent(enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(5, 5), actions, mime, buttons, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(strip.offered) as given:
        strip.dropEvent(drop)
    assert given.args[0].files == (tmp_path / "me.png",)


def test_text_from_outside_is_not(strip: Strip) -> None:
    mime = QMimeData()
    mime.setText("hello")
    enter = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    strip.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_rows_where_there_is_room_for_two(strip: Strip) -> None:
    strip.resize(3 * tile_size().width() + 30, strip.sizeHint().height())
    assert centre(strip, 0).y() == centre(strip, 3).y()
    strip.resize(3 * tile_size().width() + 30, 2 * tile_size().height() + 10)
    strip.doItemsLayout()
    assert centre(strip, 3).y() > centre(strip, 0).y() + tile_size().height() - 2
    strip.resize(3 * tile_size().width() + 30, strip.sizeHint().height())
    strip.doItemsLayout()
    assert centre(strip, 0).y() == centre(strip, 3).y()


def test_a_wheel_scrolls_the_single_row_sideways(qtbot: QtBot, strip: Strip) -> None:
    strip.resize(2 * tile_size().width(), strip.sizeHint().height())
    strip.go_to("suvi")
    assert strip.horizontalScrollBar().value() > 0
    assert strip.verticalScrollBar().maximum() == 0


def test_a_menu_key_asks_for_the_menu_of_the_current_one(qtbot: QtBot, strip: Strip) -> None:

    strip.go_to("bo")
    with qtbot.waitSignal(strip.menu_wanted) as wanted:
        strip.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0)))
    assert wanted.args[0] == "bo"
    with qtbot.waitSignal(strip.menu_wanted) as wanted:
        strip.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(890, 60), QPoint(1, 1)))
    assert wanted.args[0] == ""


def test_the_arc_turns_only_while_one_is_coming(qtbot: QtBot, strip: Strip) -> None:
    model = strip.model()
    assert isinstance(model, AvatarModel)
    model.set_shown("ada", "bo")
    assert strip._turning.isActive()
    model.set_shown("bo")
    assert not strip._turning.isActive()

"""What tiles and screen readers are told of avatars, and what a drag does to the rows."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from avatarify.app.gallery.avatar_model import AvatarModel, AvatarRole, shown_name
from tests.app.gallery.shelves import MemoryShelf, avatar

Role = Qt.ItemDataRole
DARK = "The face is too dark. Use a picture with light from the front, or brighten it."


def model(*names: str) -> AvatarModel:
    made = AvatarModel()
    made.set_avatars(MemoryShelf(*(avatar(name) for name in names)).all)
    return made


def names(made: AvatarModel) -> list[str]:
    return [str(made.index(row).data(AvatarRole.NAME)) for row in range(made.rowCount())]


def test_a_row_tells_name_key_and_problems(qapp: object) -> None:
    made = AvatarModel()
    made.set_avatars(MemoryShelf(avatar("my_aunt", DARK), avatar("wall", "No face.", usable=False)).all)
    aunt, wall = made.index(0), made.index(1)
    assert aunt.data() == "My aunt"
    assert aunt.data(AvatarRole.NUMBER) == 1
    assert aunt.data(Role.ToolTipRole) == f"My aunt\nKey 1\n{DARK}\nUsed with permission"
    assert aunt.data(Role.AccessibleTextRole) == "My aunt, key 1, could be better"
    assert aunt.data(Role.AccessibleDescriptionRole) == DARK
    assert wall.data(Role.AccessibleTextRole) == "Wall, key 2, cannot be used"
    assert not wall.data(AvatarRole.USABLE)


def test_the_shown_and_the_coming_one_are_told(qtbot: QtBot) -> None:
    made = model("ada", "bo")
    with qtbot.waitSignal(made.dataChanged):
        made.set_shown("ada", "bo")
    assert (made.shown, made.pending) == ("ada", "bo")
    assert made.index(0).data(Role.AccessibleTextRole) == "Ada, key 1, shown now"
    assert made.index(1).data(Role.AccessibleTextRole) == "Bo, key 2, being switched to"
    with qtbot.assertNotEmitted(made.dataChanged):
        made.set_shown("ada", "bo")


def test_news_of_the_same_avatars_keeps_the_rows(qtbot: QtBot) -> None:
    made = model("ada", "bo")
    made.set_pixmap("ada", QPixmap(4, 4))
    with qtbot.assertNotEmitted(made.modelReset):
        made.set_avatars(MemoryShelf(avatar("ada", "Dark."), avatar("bo")).all)
    assert made.index(0).data(AvatarRole.PROBLEMS) == ("Dark.",)
    assert made.index(0).data(Role.DecorationRole) is not None
    with qtbot.waitSignal(made.modelReset):
        made.set_avatars(MemoryShelf(avatar("bo")).all)
    made.set_pixmap("ada", QPixmap(4, 4))
    assert made.index(0).data(Role.DecorationRole) is None


def test_a_dragged_row_is_moved_at_once_and_told(qtbot: QtBot) -> None:
    made = model("a", "b", "c", "d")
    with qtbot.waitSignal(made.reordered) as told:
        assert made.moveRows(QModelIndex(), 0, 1, QModelIndex(), 3)
    assert told.args == [("b", "c", "a", "d")]
    assert made.moveRows(QModelIndex(), 3, 1, QModelIndex(), 0)
    assert names(made) == ["d", "b", "c", "a"]


def test_a_drag_to_where_it_is_changes_nothing(qtbot: QtBot) -> None:
    made = model("a", "b")
    with qtbot.assertNotEmitted(made.reordered):
        assert not made.moveRows(QModelIndex(), 0, 1, QModelIndex(), 1)
        assert not made.moveRows(QModelIndex(), 0, 1, QModelIndex(), 9)
    assert names(made) == ["a", "b"]


def test_only_the_users_own_can_be_renamed(qtbot: QtBot) -> None:
    made = AvatarModel()
    made.set_avatars(MemoryShelf(avatar("ada"), avatar("suvi", own=False)).all)
    assert made.flags(made.index(0)) & Qt.ItemFlag.ItemIsEditable
    assert not made.flags(made.index(1)) & Qt.ItemFlag.ItemIsEditable
    assert "Came with the app" in made.index(1).data(Role.ToolTipRole)
    with qtbot.waitSignal(made.renamed) as told:
        assert made.setData(made.index(0), "  Ada L. ")
    assert told.args == ["ada", "Ada L."]
    with qtbot.assertNotEmitted(made.renamed):
        assert not made.setData(made.index(0), " ")
        assert not made.setData(made.index(0), "ada")


def test_names_are_shown_as_names() -> None:
    assert [shown_name(name) for name in ("kofi", "my_aunt", "_", "É")] == ["Kofi", "My aunt", "_", "É"]

"""The avatars as Qt's views want them: one row each, with what a tile shows and what a screen reader says."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPixmap

from avatarify.app.gallery.problems import in_words
from avatarify.app.text.text import tr

if TYPE_CHECKING:  # torch, for which the window does not wait
    from avatarify.avatars import Avatar

Index = QModelIndex | QPersistentModelIndex


class AvatarRole(IntEnum):
    """What a tile asks for beside name, picture and tool tip."""

    NAME = Qt.ItemDataRole.UserRole + 1
    NUMBER = Qt.ItemDataRole.UserRole + 2
    PROBLEMS = Qt.ItemDataRole.UserRole + 3
    USABLE = Qt.ItemDataRole.UserRole + 4
    SHOWN = Qt.ItemDataRole.UserRole + 5
    PENDING = Qt.ItemDataRole.UserRole + 6


class AvatarModel(QAbstractListModel):
    """Changes nothing on disk: it says what the user wants. reordered: every name in the new order. renamed: old, new."""

    reordered = Signal(tuple)
    renamed = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._avatars: tuple[Avatar, ...] = ()
        self._pixmaps: dict[str, QPixmap] = {}
        self._shown: str | None = None
        self._pending: str | None = None

    @property
    def avatars(self) -> tuple[Avatar, ...]:
        """In the order of the rows."""
        return self._avatars

    def set_avatars(self, avatars: Sequence[Avatar]) -> None:
        """Other avatars, or others' news. Rows stay where the names stay."""
        if [avatar.name for avatar in avatars] == self._names():
            self._avatars = tuple(avatars)
            self._all_changed()
            return
        self.beginResetModel()
        self._avatars = tuple(avatars)
        present = set(self._names())
        self._pixmaps = {name: pixmap for name, pixmap in self._pixmaps.items() if name in present}
        self.endResetModel()

    def set_pixmap(self, name: str, pixmap: QPixmap) -> None:
        """The picture of one avatar; nothing where it has gone meanwhile."""
        row = self.row_of(name)
        if row is not None:
            self._pixmaps[name] = pixmap
            index = self.index(row)
            self.dataChanged.emit(index, index)

    def set_shown(self, shown: str | None, pending: str | None = None) -> None:
        """Which avatar the call shows, and to which one it is on its way."""
        if (shown, pending) == (self._shown, self._pending):
            return
        self._shown, self._pending = shown, pending
        self._all_changed()

    @property
    def shown(self) -> str | None:
        """The name of the one that the call shows."""
        return self._shown

    @property
    def pending(self) -> str | None:
        """The name of the one that is being switched to."""
        return self._pending

    def row_of(self, name: str | None) -> int | None:
        """None for a name that is not there."""
        return next((row for row, avatar in enumerate(self._avatars) if avatar.name == name), None)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Qt asks for it."""
        return 0 if parent is not None and parent.isValid() else len(self._avatars)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Qt asks for it."""
        if not 0 <= index.row() < len(self._avatars):
            return None
        avatar = self._avatars[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return shown_name(avatar.name)
        if role in (Qt.ItemDataRole.EditRole, AvatarRole.NAME):
            return avatar.name
        if role == Qt.ItemDataRole.DecorationRole:
            return self._pixmaps.get(avatar.name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return told(avatar)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(avatar)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return " ".join(map(in_words, avatar.problems))
        return self._own(avatar, role)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Qt asks for it: the user has typed another name."""
        if role != Qt.ItemDataRole.EditRole or not 0 <= index.row() < len(self._avatars):
            return False
        old, new = self._avatars[index.row()].name, str(value).strip()
        if not new or new == old:
            return False
        self.renamed.emit(old, new)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Qt asks for it: a tile can be dragged, and be dropped between others, not onto one."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        kind = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled
        own = self._avatars[index.row()].own
        return kind | Qt.ItemFlag.ItemIsEditable if own else kind

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802
        """Qt asks for it."""
        return Qt.DropAction.MoveAction

    def moveRows(  # noqa: N802
        self, source: Index, row: int, count: int, target: Index, before: int
    ) -> bool:
        """Qt asks for it when a tile was dragged: `count` rows from `row` on go before row `before`. Shown at once."""
        if not (row >= 0 and row + count <= len(self._avatars) and 0 <= before <= len(self._avatars)):
            return False
        if not self.beginMoveRows(QModelIndex(), row, row + count - 1, QModelIndex(), before):
            return False
        moved, rest = self._avatars[row : row + count], self._avatars[:row] + self._avatars[row + count :]
        place = before if before <= row else before - count
        self._avatars = (*rest[:place], *moved, *rest[place:])
        self.endMoveRows()
        self.reordered.emit(tuple(self._names()))
        return True

    def _names(self) -> list[str]:
        return [avatar.name for avatar in self._avatars]

    def _all_changed(self) -> None:
        if self._avatars:
            self.dataChanged.emit(self.index(0), self.index(len(self._avatars) - 1))

    def _own(self, avatar: Avatar, role: int) -> object:
        if role == AvatarRole.NUMBER:
            return avatar.number
        if role == AvatarRole.PROBLEMS:
            return tuple(map(in_words, avatar.problems))
        if role == AvatarRole.USABLE:
            return avatar.usable
        if role == AvatarRole.SHOWN:
            return avatar.name == self._shown
        if role == AvatarRole.PENDING:
            return avatar.name == self._pending
        return None

    def _spoken(self, avatar: Avatar) -> str:
        parts = [shown_name(avatar.name)]
        if avatar.number is not None:
            parts.append(tr("gallery.spoken_key", avatar.number))
        if avatar.name == self._pending:
            parts.append(tr("gallery.spoken_pending"))
        elif avatar.name == self._shown:
            parts.append(tr("gallery.spoken_shown"))
        if not avatar.usable:
            parts.append(tr("gallery.spoken_unusable"))
        elif avatar.problems:
            parts.append(tr("gallery.spoken_warning"))
        return ", ".join(parts)


def shown_name(name: str) -> str:
    """A file's name as a person's: kofi -> Kofi, my_aunt -> My aunt."""
    spaced = name.replace("_", " ").strip() or name
    return spaced[:1].upper() + spaced[1:]


def told(avatar: Avatar) -> str:
    """The tool tip: what there is to know about one avatar."""
    lines = [shown_name(avatar.name)]
    if avatar.number is not None:
        lines.append(tr("gallery.tip_key", avatar.number))
    lines += map(in_words, avatar.problems)
    if avatar.card is not None:
        lines.append(_consents()[avatar.card.consent.value])
    elif not avatar.own:
        lines.append(tr("gallery.tip_shipped"))
    return "\n".join(lines)


def _consents() -> dict[str, str]:
    return {
        "me": tr("gallery.tip_me"),
        "permission": tr("gallery.tip_permission"),
        "public domain": tr("gallery.tip_public_domain"),
        "drawn": tr("gallery.tip_drawn"),
    }

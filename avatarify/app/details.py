"""Every figure of the call in a window of its own, to read and to copy."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from avatarify.app.call import Call
from avatarify.app.figures import Figure, as_text, figures
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE, current, theme_state


class Details(QDialog):
    """Follows `call` while it is open. log_wanted: the user asks for the log file. shown: it has been opened or closed."""

    log_wanted = Signal()
    shown = Signal(bool)

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._rows: tuple[Figure, ...] = ()
        self.setWindowTitle(tr("shell.details_title"))
        self.resize(620, 600)
        self.tree = QTreeWidget()
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(SPACE)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.tree.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tree.setWordWrap(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.tree.setAccessibleName(tr("shell.details_title"))
        self.tree.setItemDelegateForColumn(1, _Wrapped(self.tree))
        self.tree.header().sectionResized.connect(self.tree.scheduleDelayedItemsLayout)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        copy = QPushButton(icon("copy"), tr("shell.copy"))
        copy.clicked.connect(self.copy)
        log = QPushButton(icon("log"), tr("shell.open_log"))
        log.setProperty("role", "quiet")
        log.clicked.connect(self.log_wanted)
        close = QPushButton(tr("shell.close"))
        close.clicked.connect(self.close)
        buttons = QHBoxLayout()
        for button in (copy, log):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        box.setSpacing(SPACE * 3 // 2)
        box.addWidget(self.tree, 1)
        box.addLayout(buttons)
        call.changed.connect(self._follow)
        theme_state().changed.connect(self._colour)

    def copy(self) -> None:
        """All of it to the clipboard."""
        QGuiApplication.clipboard().setText(as_text(self._rows))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt calls it by this name
        super().showEvent(event)
        self._follow()
        self.shown.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self.shown.emit(False)

    def _follow(self) -> None:
        if not self.isVisible():
            return
        status = self._call.status
        rows = figures(status) if status is not None else ()
        if [row[:2] for row in rows] == [row[:2] for row in self._rows]:
            for item, row in zip(self._items(), rows, strict=True):
                if item.text(1) != row.value:
                    item.setText(1, row.value)
        else:
            self._fill(rows)
        self._rows = rows

    def _items(self) -> list[QTreeWidgetItem]:
        """Of the figures, in their order."""
        groups = [self.tree.topLevelItem(number) for number in range(self.tree.topLevelItemCount())]
        items = [group.child(number) for group in groups if group is not None for number in range(group.childCount())]
        return [item for item in items if item is not None]

    def _fill(self, rows: tuple[Figure, ...]) -> None:
        self.tree.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        for row in rows:
            if row.group not in groups:
                head = QTreeWidgetItem([row.group])
                font = head.font(0)
                font.setBold(True)
                head.setFont(0, font)
                self.tree.addTopLevelItem(head)
                head.setFirstColumnSpanned(True)
                head.setExpanded(True)
                groups[row.group] = head
            item = QTreeWidgetItem([row.name, row.value])
            item.setToolTip(1, row.value)
            groups[row.group].addChild(item)
        self._colour()

    def _colour(self) -> None:
        """A style sheet does not reach single cells."""
        for item in self._items():
            item.setForeground(0, QBrush(QColor(current().muted)))


class _Wrapped(QStyledItemDelegate):
    """As many lines as the words need: a tree wraps them, but makes no room for more than one."""

    def __init__(self, tree: QTreeWidget) -> None:
        super().__init__(tree)
        self._tree = tree

    def sizeHint(  # noqa: N802 - Qt asks for it by this name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        hint = super().sizeHint(option, index)
        place = QRect(0, 0, self._tree.columnWidth(index.column()) - 3 * SPACE, 10_000)
        words = self._tree.fontMetrics().boundingRect(place, Qt.TextFlag.TextWordWrap, str(index.data()))
        return QSize(hint.width(), max(hint.height(), words.height() + SPACE))

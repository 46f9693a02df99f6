"""The tiles in a row that scrolls, or in rows where there is room: clicked, dragged, dropped on, and used with the keys."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QToolTip, QWidget

from avatarify.app.gallery.avatar_model import AvatarModel, AvatarRole
from avatarify.app.gallery.offered import may_be_offered, offered
from avatarify.app.gallery.tile import TileDelegate, badge_rect, tile_rect, tile_size
from avatarify.app.text.text import tr
from avatarify.app.theme.theme import RADIUS, SPACE, current, duration_ms, set_look

_TURN_MS = 90
_TELL_MS = 12_000
_SCROLL_BAR = 12
_GAP = 4  # width of the mark where a dragged tile would go


class Strip(QListView):
    """chosen, removal_wanted: an avatar's name. menu_wanted: a name or "", and where on the screen. offered: an Offered
    that was dropped. paste_wanted, undo_wanted: by key."""

    chosen = Signal(str)
    removal_wanted = Signal(str)
    menu_wanted = Signal(str, QPoint)
    offered = Signal(object)
    paste_wanted = Signal()
    undo_wanted = Signal()

    def __init__(self, model: AvatarModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._avatars = model
        self._tiles = TileDelegate(self)
        self._welcoming = False
        self._released_at = QPoint()
        self._gap: QRect | None = None
        self.setModel(model)
        self.setItemDelegate(self._tiles)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalScrollBar().setSingleStep(tile_size().width() // 2)
        self.verticalScrollBar().setSingleStep(tile_size().height() // 2)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("gallery.title"))
        self._said = QLabel(self.viewport())
        self._said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._said.setWordWrap(True)
        self._said.setProperty("role", "hint")
        self._said.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)
        self.clicked.connect(self._clicked)
        model.dataChanged.connect(self._pending_changed)

    def say(self, text: str) -> None:
        """What stands in place of the tiles; "" for nothing."""
        self._said.setText(text)
        self._said.setVisible(bool(text))
        set_look(self, "role", "" if text else "tiles")  # a tile has a ring of its own

    def current_name(self) -> str | None:
        """The avatar that the keys act on."""
        name = self.currentIndex().data(AvatarRole.NAME)
        return str(name) if name is not None else None

    def go_to(self, name: str | None) -> None:
        """Let the keys act on this one, and bring it into sight."""
        row = self._avatars.row_of(name)
        if row is not None:
            index = self._avatars.index(row)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def bring(self, name: str | None) -> None:
        """Into sight, whatever the keys act on."""
        row = self._avatars.row_of(name)
        if row is not None:
            self.scrollTo(self._avatars.index(row))

    def rename(self, name: str) -> None:
        """Open the field under that avatar."""
        row = self._avatars.row_of(name)
        if row is not None and self._avatars.avatars[row].own:
            self.go_to(name)
            self.edit(self._avatars.index(row))

    def tell(self, index: QModelIndex) -> None:
        """Why this one has a warning."""
        place = tile_rect(self.visualRect(index))
        problems = index.data(AvatarRole.PROBLEMS) or ()
        at = self.viewport().mapToGlobal(badge_rect(place).bottomLeft())
        QToolTip.showText(at, "\n".join(problems), self.viewport(), place, _TELL_MS)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """One row with its scroll bar."""
        frame = 2 * self.frameWidth()
        return QSize(6 * tile_size().width(), tile_size().height() + _SCROLL_BAR + frame + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Two tiles."""
        return QSize(2 * tile_size().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Rows where there is room for two, else one that scrolls."""
        room = self.height() - 2 * self.frameWidth()
        wraps = room >= 2 * tile_size().height()
        if wraps != self.isWrapping():
            self.setWrapping(wraps)
        never, needed = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(needed if wraps else never)
        self.setHorizontalScrollBarPolicy(never if wraps else needed)
        super().resizeEvent(event)
        self._said.setGeometry(self.viewport().rect().adjusted(2 * SPACE, 0, -2 * SPACE, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter or space: show. Delete: remove. F2: rename. Alt and arrows: another place. Paste and undo."""
        name, key = self.current_name(), event.key()
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_wanted.emit()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo_wanted.emit()
        elif name is None:
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose(self.currentIndex())
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_wanted.emit(name)
        elif key == Qt.Key.Key_F2:
            self.rename(name)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and key in sideways:
            self._shift(sideways[Qt.Key(key)])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """By mouse or by the menu key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        at = self.viewport().mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos()
        self.menu_wanted.emit(str(index.data(AvatarRole.NAME)) if index.isValid() else "", at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A hand over what can be clicked."""
        over = self.indexAt(event.position().toPoint()).isValid()
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Where it was let go tells a click on the warning from one on the tile."""
        self._released_at = event.position().toPoint()
        super().mouseReleaseEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """A tile of ours, or pictures from outside."""
        if event.source() is self:
            super().dragEnterEvent(event)
        elif may_be_offered(event.mimeData()):
            self._welcome(True)
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        """See dragEnterEvent."""
        if event.source() is self:
            super().dragMoveEvent(event)
            self._mark(self._gap_at(event.position().toPoint()))
        elif self._welcoming:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """See dragEnterEvent."""
        self._welcome(False)
        self._mark(None)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """A tile is moved by QListView, which asks the model; pictures are told."""
        self._mark(None)
        if event.source() is self:
            super().dropEvent(event)
            return
        self._welcome(False)
        given = offered(event.mimeData())
        if given:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.offered.emit(given)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The tiles, the gap into which one is dragged, and a dashed line while pictures hang over them."""
        super().paintEvent(event)
        if self._gap is not None:
            painter = QPainter(self.viewport())
            painter.fillRect(self._gap, QColor(current().accent))
            painter.end()
        if self._welcoming:
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(current().accent), 2, Qt.PenStyle.DashLine))
            wash = QColor(current().accent)
            wash.setAlphaF(0.10)
            painter.setBrush(wash)
            painter.drawRoundedRect(QRectF(self.viewport().rect()).adjusted(4, 4, -4, -4), RADIUS, RADIUS)
            painter.end()

    def _clicked(self, index: QModelIndex) -> None:
        badge = badge_rect(tile_rect(self.visualRect(index)))
        if index.data(AvatarRole.PROBLEMS) and badge.contains(self._released_at):
            self.tell(index)
        else:
            self._choose(index)

    def _choose(self, index: QModelIndex) -> None:
        if index.data(AvatarRole.USABLE):
            self.chosen.emit(str(index.data(AvatarRole.NAME)))
        else:
            self.tell(index)

    def _shift(self, step: int) -> None:
        row = self.currentIndex().row()
        target = row + step
        if 0 <= target < self._avatars.rowCount():
            self._avatars.moveRows(QModelIndex(), row, 1, QModelIndex(), target + (step > 0))
            self.scrollTo(self.currentIndex())

    def _gap_at(self, at: QPoint) -> QRect | None:
        """Where the dragged tile would go; None over the ground."""
        index, before = self.indexAt(at), QAbstractItemView.DropIndicatorPosition.AboveItem
        if not index.isValid():
            return None
        place = self.visualRect(index)
        x = place.left() if self.dropIndicatorPosition() == before else place.right() + 1
        return QRect(x - _GAP // 2, place.top() + SPACE // 2, _GAP, place.height() - SPACE)

    def _mark(self, gap: QRect | None) -> None:
        if gap != self._gap:
            self._gap = gap
            self.viewport().update()

    def _welcome(self, on: bool) -> None:
        self._welcoming = on
        self.viewport().update()

    def _pending_changed(self) -> None:
        if self._avatars.pending is None or duration_ms(_TURN_MS) == 0:
            self._turning.stop()
        elif not self._turning.isActive():
            self._turning.start()

    def _turn(self) -> None:
        row = self._avatars.row_of(self._avatars.pending)
        if row is None:
            self._turning.stop()
            return
        self._tiles.turn()
        self.viewport().update(self.visualRect(self._avatars.index(row)))

"""How one avatar looks in the strip: picture, key, name, a warning where there is one, and whether it is the one on air."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from avatarify.app.gallery.avatar_model import AvatarRole
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.palette import Palette
from avatarify.app.theme.theme import SPACE, current

PICTURE = 84
"""Logical pixels: the side of a tile's picture."""
BADGE = 20

_TEXT = 20
_CORNER = 10.0
_RING = 3.0
_TURNS = 12  # steps of the arc that turns while an avatar is being switched to

Index = QModelIndex | QPersistentModelIndex


class TileDelegate(QStyledItemDelegate):
    """Paints tiles; turned: 0..11, where the arc of the one that is being switched to stands."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.turned = 0

    def turn(self) -> None:
        """The next step of the arc."""
        self.turned = (self.turned + 1) % _TURNS

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 - Qt's name
        """Qt asks for it. The same for every tile."""
        return tile_size()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Qt asks for it."""
        palette, rect = current(), tile_rect(_rect(option))
        state = _state(option)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shown, pending = bool(index.data(AvatarRole.SHOWN)), bool(index.data(AvatarRole.PENDING))
        picture = QRectF(picture_rect(rect))
        if state & QStyle.StateFlag.State_MouseOver:
            _fill(painter, QRectF(rect).adjusted(2, 2, -2, -2), palette.raised)
        _paint_picture(painter, picture, index, palette)
        if shown:
            _ring(painter, picture, palette.accent, Qt.PenStyle.SolidLine)
        if pending:
            self._paint_pending(painter, picture, palette)
        if index.data(AvatarRole.NUMBER) is not None:
            _paint_number(painter, picture, str(index.data(AvatarRole.NUMBER)), palette, strong=shown)
        if index.data(AvatarRole.PROBLEMS):
            _paint_warning(painter, QRectF(badge_rect(rect)), palette, bad=not index.data(AvatarRole.USABLE))
        _paint_name(painter, rect, _font(option), str(index.data()), palette, shown=shown or pending)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(palette.focus), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), _CORNER, _CORNER)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        """Qt asks for it: the field in which an avatar is renamed."""
        field = QLineEdit(parent)
        field.setMaxLength(60)
        field.setAccessibleName(tr("gallery.rename_field"))
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        """Qt asks for it."""
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data(AvatarRole.NAME)))
        editor.selectAll()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Qt asks for it: over the name."""
        rect = tile_rect(_rect(option))
        height = max(editor.sizeHint().height(), _TEXT)
        editor.setGeometry(rect.left(), rect.bottom() - height, rect.width(), height)

    def _paint_pending(self, painter: QPainter, picture: QRectF, palette: Palette) -> None:
        veil = QColor(palette.veil)
        veil.setAlphaF(0.55)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(veil)
        painter.drawRoundedRect(picture, _CORNER, _CORNER)
        painter.setPen(QPen(QColor("#ffffff"), 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        circle = QRectF(0, 0, 30, 30)
        circle.moveCenter(picture.center())
        painter.drawArc(circle, round(-self.turned * 360 / _TURNS * 16), 270 * 16)
        _ring(painter, picture, palette.accent, Qt.PenStyle.DashLine)


def tile_size() -> QSize:
    """Logical pixels, margins included."""
    return QSize(PICTURE + 2 * SPACE + 4, PICTURE + _TEXT + 2 * SPACE + 6)


def tile_rect(place: QRect) -> QRect:
    """Where the tile lies in the place that the list gives it, which is higher where there is but one row."""
    return QRect(QPoint(place.left(), place.top() + max(0, place.height() - tile_size().height()) // 2), tile_size())


def picture_rect(tile: QRect) -> QRect:
    """Where the picture lies in a tile."""
    return QRect(tile.left() + (tile.width() - PICTURE) // 2, tile.top() + SPACE + 2, PICTURE, PICTURE)


def badge_rect(tile: QRect) -> QRect:
    """Where the warning lies, if there is one."""
    picture = picture_rect(tile)
    return QRect(picture.right() - BADGE + 5, picture.top() - 4, BADGE, BADGE)


def _paint_picture(painter: QPainter, picture: QRectF, index: Index, palette: Palette) -> None:
    pixmap = index.data(Qt.ItemDataRole.DecorationRole)
    if not isinstance(pixmap, QPixmap):
        _fill(painter, picture, palette.raised)
        if not index.data(AvatarRole.USABLE):
            sign = QRect(0, 0, 32, 32)
            sign.moveCenter(picture.center().toPoint())
            icon("eye-off", ink="muted").paint(painter, sign)
        return
    if not index.data(AvatarRole.USABLE):
        painter.setOpacity(0.45)
    painter.drawPixmap(picture, pixmap, QRectF(pixmap.rect()))
    painter.setOpacity(1.0)


def _paint_number(painter: QPainter, picture: QRectF, text: str, palette: Palette, *, strong: bool) -> None:
    badge = QRectF(picture.left() + 4, picture.top() + 4, BADGE, BADGE)
    ground = QColor(palette.accent if strong else palette.veil)
    ground.setAlphaF(1.0 if strong else 0.78)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(badge, 6, 6)
    font = QFont(painter.font())
    font.setPixelSize(12)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(palette.on_accent if strong else "#ffffff"))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


def _paint_warning(painter: QPainter, badge: QRectF, palette: Palette, *, bad: bool) -> None:
    painter.setPen(QPen(QColor(palette.border), 1))
    painter.setBrush(QColor(palette.surface))
    painter.drawEllipse(badge)
    inner = badge.adjusted(3, 2, -3, -4).toAlignedRect()
    icon("warning", ink="danger" if bad else "warning").paint(painter, inner)


def _paint_name(painter: QPainter, rect: QRect, font: QFont, name: str, palette: Palette, *, shown: bool) -> None:
    font = QFont(font)
    font.setBold(shown)
    painter.setFont(font)
    painter.setPen(QColor(palette.accent if shown else palette.text))
    place = QRect(rect.left() + 4, rect.bottom() - _TEXT - 3, rect.width() - 8, _TEXT)
    text = QFontMetrics(font).elidedText(name, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _ring(painter: QPainter, picture: QRectF, color: str, style: Qt.PenStyle) -> None:
    painter.setPen(QPen(QColor(color), _RING, style))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    around = picture.adjusted(-_RING, -_RING, _RING, _RING)
    painter.drawRoundedRect(around, _CORNER + 2, _CORNER + 2)


def _fill(painter: QPainter, rect: QRectF, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(rect, _CORNER, _CORNER)


# PySide's stubs leave the fields of style options out.
def _rect(option: QStyleOptionViewItem) -> QRect:
    rect = getattr(option, "rect")  # noqa: B009
    assert isinstance(rect, QRect)
    return rect


def _state(option: QStyleOptionViewItem) -> QStyle.StateFlag:
    state = getattr(option, "state")  # noqa: B009
    assert isinstance(state, QStyle.StateFlag)
    return state


def _font(option: QStyleOptionViewItem) -> QFont:
    font = getattr(option, "font")  # noqa: B009
    assert isinstance(font, QFont)
    return font

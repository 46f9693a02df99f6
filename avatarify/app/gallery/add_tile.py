"""The button that adds avatars: an empty place beside the tiles."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import RADIUS, SPACE, current

_SIGN = 28


class AddTile(QAbstractButton):
    """As high as the strip with one row, and not much higher beside several."""

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(tr("gallery.add"))
        self.setToolTip(tr("gallery.add_tip"))
        self.setAccessibleDescription(tr("gallery.add_tip"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(height // 2)
        self.setMaximumHeight(height + height // 2)
        self._height = height
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for its word."""
        return QSize(max(80, self.fontMetrics().horizontalAdvance(self.text()) + 4 * SPACE), self._height)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A dashed frame, a sign, a word."""
        palette = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = palette.pressed if self.isDown() else palette.raised if self.underMouse() else palette.surface
        painter.setBrush(QColor(ground))
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.focus), 2))
        else:
            painter.setPen(QPen(QColor(palette.outline), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        words = self.fontMetrics().height()
        top = (self.height() - _SIGN - words - SPACE // 2) // 2
        icon("avatar-add").paint(painter, QRect((self.width() - _SIGN) // 2, top, _SIGN, _SIGN))
        painter.setPen(QColor(palette.text))
        place = QRect(0, top + _SIGN + SPACE // 2, self.width(), words)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()

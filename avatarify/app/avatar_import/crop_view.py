"""The square that becomes the avatar: the picture is dragged and zoomed behind it until the face sits in the guide."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from avatarify.app.picture import Picture
from avatarify.app.text.text import tr
from avatarify.app.theme.theme import RADIUS, current
from avatarify.face.crop import Crop

_SHARE = 0.82  # of the widget's shorter side that the square takes
_SMALLEST = 32.0  # pixels of the picture
_LARGEST = 2.0  # of the picture's longer side
_STEP, _LONG_STEP = 0.01, 0.05  # of the square's side, for a press of an arrow key
_ZOOM_STEP = 1.04
_WHEEL_NOTCH = 120.0
_WHEEL_ZOOM = 1.10

# Where a head lies in a square that is framed as the model knows them: ears, hairline and chin (see face/quality.py and
# face/framing.py), and the line of the eyes. Shares of the side.
_HEAD = QRectF(0.255, 0.218, 0.49, 0.56)
_EYES = 0.44


class CropView(QWidget):
    """cropped: the square, after each change by the user. All in pixels of the picture that `show_picture` was told of.

    The mouse drags, the wheel zooms; arrows move by a hundredth (with shift by a twentieth), plus and minus zoom, Home
    goes back to the automatic square.
    """

    cropped = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Picture | None = None
        self._size = (1.0, 1.0)
        self._crop = Crop(0, 0, 1)
        self._automatic = self._crop
        self._held: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(tr("importing.crop_name"))
        self.setAccessibleDescription(tr("importing.crop_keys"))
        self.setToolTip(tr("importing.crop_keys"))

    @property
    def crop(self) -> Crop:
        """The square now."""
        return self._crop

    def show_picture(self, picture: Picture, *, size: tuple[int, int], automatic: Crop) -> None:
        """picture: to paint, reduced or not. size: width and height of the real one. automatic: the square to begin with."""
        self._picture = picture
        self._size = (float(size[0]), float(size[1]))
        self._crop = self._automatic = automatic
        self.update()

    def frame_automatically(self) -> None:
        """Back to the square that was found by itself."""
        self._choose(self._automatic)

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """factor: above 1 comes nearer. about: what stays in place, in the widget; None: the middle."""
        place = self._square()
        fixed = place.center() if about is None else about
        x = (fixed.x() - place.left()) / place.width()
        y = (fixed.y() - place.top()) / place.height()
        size = min(max(self._crop.size / factor, _SMALLEST), _LARGEST * max(self._size))
        grown = size - self._crop.size
        self._choose(Crop(self._crop.left - x * grown, self._crop.top - y * grown, size))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Square."""
        return QSize(420, 420)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Small enough for a low window."""
        return QSize(260, 260)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take hold of the picture."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """The picture follows the pointer."""
        if self._held is not None:
            moved = event.position() - self._held
            self._held = event.position()
            scale = self._crop.size / self._square().width()
            self._move(-moved.x() * scale, -moved.y() * scale)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let go."""
        self._held = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Away from the user is nearer."""
        notches = event.angleDelta().y() / _WHEEL_NOTCH
        if notches:
            self.zoom(_WHEEL_ZOOM**notches, event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """The arrows move the square over the picture."""
        step = _LONG_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        step *= self._crop.size
        moves = {
            Qt.Key.Key_Left: (-step, 0.0),
            Qt.Key.Key_Right: (step, 0.0),
            Qt.Key.Key_Up: (0.0, -step),
            Qt.Key.Key_Down: (0.0, step),
        }
        zooms = {Qt.Key.Key_Plus: _ZOOM_STEP, Qt.Key.Key_Equal: _ZOOM_STEP, Qt.Key.Key_Minus: 1 / _ZOOM_STEP}
        key = event.key()
        if key in moves:
            self._move(*moves[Qt.Key(key)])
        elif key in zooms:
            self.zoom(zooms[Qt.Key(key)])
        elif key == Qt.Key.Key_Home:
            self.frame_automatically()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The picture, darkened outside the square; the guide; a ring when the keys act here."""
        palette, square = current(), self._square()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        ground = QPainterPath()
        ground.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.setClipPath(ground)
        painter.fillRect(self.rect(), QColor(palette.raised))
        if self._picture is not None:
            self._paint_picture(painter, self._picture, square)
            outside = QPainterPath()
            outside.addRect(QRectF(self.rect()))
            inside = QPainterPath()
            inside.addRoundedRect(square, RADIUS, RADIUS)
            veil = QColor(palette.veil)
            veil.setAlphaF(0.62)
            painter.fillPath(outside.subtracted(inside), veil)
            _paint_guide(painter, square)
        painter.setClipping(False)
        focused = self.hasFocus()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.focus if focused else "#ffffff"), 3 if focused else 2))
        painter.drawRoundedRect(square, RADIUS, RADIUS)
        painter.end()

    def _paint_picture(self, painter: QPainter, picture: Picture, square: QRectF) -> None:
        scale = square.width() / self._crop.size
        left, top = square.left() - self._crop.left * scale, square.top() - self._crop.top * scale
        whole = QRectF(left, top, self._size[0] * scale, self._size[1] * scale)
        seen = whole.intersected(QRectF(self.rect()))
        if seen.isEmpty():
            return
        # Only what is seen: scaling the rest of a large picture costs as much as showing it.
        shrunk = picture.image.width() / whole.width()
        part = QRectF((seen.left() - left) * shrunk, (seen.top() - top) * shrunk, seen.width() * shrunk, 0)
        part.setHeight(seen.height() * shrunk)
        painter.drawImage(seen, picture.image, part)

    def _square(self) -> QRectF:
        side = _SHARE * min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _move(self, right: float, down: float) -> None:
        self._choose(Crop(self._crop.left + right, self._crop.top + down, self._crop.size))

    def _choose(self, crop: Crop) -> None:
        """Its middle stays in the picture."""
        width, height = self._size
        half = crop.size / 2
        kept = Crop(min(max(crop.left, -half), width - half), min(max(crop.top, -half), height - half), crop.size)
        if self._picture is not None and kept != self._crop:
            self._crop = kept
            self.update()
            self.cropped.emit(kept)


def _paint_guide(painter: QPainter, square: QRectF) -> None:
    head = QRectF(
        square.left() + _HEAD.left() * square.width(),
        square.top() + _HEAD.top() * square.height(),
        _HEAD.width() * square.width(),
        _HEAD.height() * square.height(),
    )
    y = square.top() + _EYES * square.height()
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # Dark under light, so that it is seen on any picture.
    for color, width in ((QColor(0, 0, 0, 110), 3.0), (QColor(255, 255, 255, 210), 1.2)):
        painter.setPen(QPen(color, width, Qt.PenStyle.DashLine))
        painter.drawEllipse(head)
        painter.drawLine(QPointF(head.left(), y), QPointF(head.right(), y))

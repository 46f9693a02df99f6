"""The user's own camera picture, for nobody else: the square that the model sees, face mesh, the avatar to line up with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from avatarify.app.call import Call, CallState
from avatarify.app.picture import Picture, round_corners
from avatarify.app.text.text import tr
from avatarify.app.theme.theme import RADIUS, SPACE, current, theme_state
from avatarify.errors import AvatarifyError

if TYPE_CHECKING:
    from avatarify.face.crop import Crop
    from avatarify.frame import Frame, Image

_EVERY_S = 1 / 15  # enough to sit straight by, and half the cost
_FOLLOW = 0.45  # share of the way that the drawn square goes toward the true one with each picture
_BLURRED_SIDE = 20  # pixels across; nobody is known in so few


class SelfPicture(QWidget):
    """Paints the newest picture of `call.camera`, at most 15 a second, cut to this widget's own shape.

    mirrored, mesh, blurred, overlay (0..1, how strongly the avatar shines through) are set by whoever owns it.
    """

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._picture: Picture | None = None
        self._source = QSize(4, 3)  # of the camera picture, in pixels
        self._square: QRectF | None = None  # as drawn, in pixels of the camera picture
        self._portrait: tuple[str, Picture] | None = None
        self._taken_at = 0.0
        self._mirrored = True
        self._mesh = self._blurred = False
        self._overlay = 0.0
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.take)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("shell.self_name"))
        call.camera_ready.connect(self._ready)
        call.avatars_changed.connect(self._forget_portrait)
        call.changed.connect(self._tell)
        theme_state().changed.connect(self.update)

    def set_mirrored(self, on: bool) -> None:
        """Left and right as in a mirror."""
        self._mirrored = on
        self.update()

    def set_mesh(self, on: bool) -> None:
        """Show the points that were found in the face."""
        self._mesh = on
        self.update()

    def set_blurred(self, on: bool) -> None:
        """Make the user unrecognisable. What was painted sharp before goes at once."""
        if on != self._blurred:
            self._blurred = on
            self._picture = None
            self.update()

    def set_overlay(self, opacity: float) -> None:
        """0..1."""
        self._overlay = opacity
        self.update()

    def take(self) -> None:
        """Paint the newest picture, if there is one and somebody can see it."""
        slot = self._call.camera
        if slot is None or not self.isVisible():
            return
        try:
            frame = slot.take(0.0)
        except AvatarifyError:  # closed: the call is ending
            return
        if frame is not None:
            self._taken_at = time.monotonic()
            self._show(frame)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt asks for it by this name
        return QSize(272, 204)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(208, 156)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.take()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        self._later.stop()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        palette = current()
        if self._picture is None or self._call.state is not CallState.RUNNING:
            painter.fillRect(self.rect(), QColor(palette.raised))
            painter.setPen(QColor(palette.muted))
            painter.drawText(
                self.rect().adjusted(SPACE, SPACE, -SPACE, -SPACE),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self._waiting(),
            )
        else:
            painter.save()
            if self._mirrored:
                painter.translate(self.width(), 0)
                painter.scale(-1, 1)
            painter.drawImage(self.rect(), self._picture.image)
            self._paint_over(painter)
            painter.restore()
        round_corners(painter, self.rect(), RADIUS - 2, palette.surface)
        painter.end()

    @property
    def _proportion(self) -> float:
        """Width to height."""
        return self.width() / max(1, self.height())

    def _ready(self) -> None:
        """A picture lies in the slot; it stays there until it is time for the next one."""
        if self._later.isActive():
            return
        wait = self._taken_at + _EVERY_S - time.monotonic()
        if wait <= 0:
            self.take()
        else:
            self._later.start(max(1, round(wait * 1000)))

    def _show(self, frame: Frame) -> None:
        import cv2

        image = _cut_to(frame.image, self._proportion)
        self._source = QSize(frame.image.shape[1], frame.image.shape[0])
        ratio = self.devicePixelRatioF()
        size = (max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))
        if self._blurred:
            small = cv2.resize(
                image, (_BLURRED_SIDE, round(_BLURRED_SIDE / self._proportion)), interpolation=cv2.INTER_AREA
            )
            image = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC)  # type: ignore[assignment]
        elif image.shape[1] > size[0]:
            image = _reduced(image, size)
        self._picture = Picture(image)
        self.update()

    def _paint_over(self, painter: QPainter) -> None:
        """Square, portrait and mesh, in the picture's own pixels."""
        status = self._call.status
        crop = status.session.crop if status is not None else None
        place = _cut(self._source, self._proportion)
        scale = self.width() / place.width()
        painter.scale(scale, scale)
        painter.translate(-place.left(), -place.top())
        square = self._follow(crop)
        if square is not None:
            portrait = self._portrait_now() if self._overlay > 0 else None
            if portrait is not None:
                painter.setOpacity(self._overlay)
                painter.drawImage(square, portrait.image)
                painter.setOpacity(1.0)
            for color, width in ((QColor(0, 0, 0, 120), 4.0), (QColor("#ffffff"), 1.8)):
                painter.setPen(QPen(color, width / scale))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(square, RADIUS / scale, RADIUS / scale)
        if self._mesh and not self._blurred:
            self._paint_mesh(painter, scale)

    def _paint_mesh(self, painter: QPainter, scale: float) -> None:
        state = self._call.face()
        if state is None or state.mesh is None:
            return
        painter.setPen(QPen(QColor("#7fe3ff"), 1.6 / scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints([QPointF(float(x), float(y)) for x, y in state.mesh.points])

    def _follow(self, crop: Crop | None) -> QRectF | None:
        """The square on its way: the snapshot is four a second, and a square that jumps is no pleasure."""
        if crop is None:
            self._square = None
            return None
        goal = QRectF(crop.left, crop.top, crop.size, crop.size)
        now = self._square
        if now is None or abs(now.center().x() - goal.center().x()) > goal.width() or theme_state().reduced_motion:
            self._square = goal
        else:
            self._square = QRectF(
                now.left() + _FOLLOW * (goal.left() - now.left()),
                now.top() + _FOLLOW * (goal.top() - now.top()),
                now.width() + _FOLLOW * (goal.width() - now.width()),
                now.height() + _FOLLOW * (goal.height() - now.height()),
            )
        return self._square

    def _portrait_now(self) -> Picture | None:
        """The portrait of the avatar that is shown."""
        name = self._call.status.avatar if self._call.status is not None else None
        if name is None or self._call.live is None:
            return None
        if self._portrait is None or self._portrait[0] != name:
            found = next((avatar for avatar in self._call.live.avatars.all if avatar.name == name), None)
            if found is None or found.portrait is None:
                return None
            self._portrait = (name, Picture(found.portrait))
        return self._portrait[1]

    def _forget_portrait(self) -> None:
        """Its picture may be another one now."""
        self._portrait = None

    def _waiting(self) -> str:
        if self._call.state is CallState.RUNNING:
            status = self._call.status
            broken = status is not None and status.pipeline.capture.state.value not in ("running", "opening")
            return tr("shell.self_no_camera" if broken else "shell.self_opening")
        return tr("shell.self_off" if self._call.state is CallState.STOPPED else "shell.self_opening")

    def _tell(self) -> None:
        """The camera has gone, or another has come: nobody shall take the last picture for a live one."""
        status = self._call.status
        gone = status is None or (status.pipeline.measured.since_camera_s or 0.0) > 1.0
        if gone and self._picture is not None:
            self._picture = None
            self.update()
        elif self._picture is None:
            self.update()
        self.take()


def _cut(size: QSize, proportion: float) -> QRect:
    """The largest rectangle of that proportion in the middle of a picture, in its pixels."""
    width, height = size.width(), size.height()
    wide = min(width, round(height * proportion))
    high = min(height, round(width / proportion))
    return QRect((width - wide) // 2, (height - high) // 2, max(1, wide), max(1, high))


def _cut_to(image: Image, proportion: float) -> Image:
    """That part of uint8 [H,W,3], not copied."""
    place = _cut(QSize(image.shape[1], image.shape[0]), proportion)
    return image[place.top() : place.bottom() + 1, place.left() : place.right() + 1]


def _reduced(image: Image, size: tuple[int, int]) -> Image:
    """uint8 [H,W,3] at a smaller size: averaged by a whole number, which is cheap, then interpolated over the rest."""
    import cv2

    step = min(image.shape[1] // size[0], image.shape[0] // size[1])
    if step >= 2:
        rows, columns = image.shape[0] // step, image.shape[1] // step
        image = cv2.resize(  # type: ignore[assignment]
            image[: rows * step, : columns * step], (columns, rows), interpolation=cv2.INTER_AREA
        )
    return cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]

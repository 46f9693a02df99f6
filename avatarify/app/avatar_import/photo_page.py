"""A photograph of whoever sits before the camera: the live picture, a countdown, the shot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from avatarify.app.call import Call
from avatarify.app.picture import Picture, fitted
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE, current

if TYPE_CHECKING:
    from avatarify.frame import Frame, Image
    from avatarify.pipeline.slot import LatestSlot

COUNT_FROM = 3


class PhotoPage(QWidget):
    """taken: the picture, uint8 [H,W,3] RGB as the camera gave it. given_up: the user goes back. Watches the camera only
    between `begin` and `end`."""

    taken = Signal(object)
    given_up = Signal()
    _new = Signal()

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._slot: LatestSlot[Frame] | None = None
        self._view = _MirrorView()
        self._shoot = QPushButton(icon("still", ink="on_accent"), tr("importing.take_photo"))
        self._shoot.setProperty("role", "primary")
        self._shoot.clicked.connect(self.shoot)
        back = QPushButton(tr("importing.back"))
        back.clicked.connect(self.given_up)
        hint = QLabel(tr("importing.photo_hint"))
        hint.setProperty("role", "hint")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setWordWrap(True)
        line = QHBoxLayout()
        line.setSpacing(SPACE)
        line.addStretch(1)
        line.addWidget(back)
        line.addWidget(self._shoot)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self._view, 1)
        column.addWidget(hint)
        column.addLayout(line)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self.count_down)
        self._new.connect(self._take)

    def begin(self) -> None:
        """Show what the camera sees. Nothing without a call."""
        if self._call.live is not None and self._slot is None:
            self._slot = self._call.live.pipeline.camera.subscribe(self._new.emit)
        self._shoot.setEnabled(self._slot is not None)

    def end(self) -> None:
        """Let go of the camera's pictures. Twice is fine."""
        self._clock.stop()
        if self._slot is not None:
            self._slot.close()
            self._slot = None
        self._view.show_frame(None)
        self._view.count = 0

    def shoot(self) -> None:
        """Begin to count."""
        self._view.count = COUNT_FROM
        self._view.update()
        self._shoot.setEnabled(False)
        self._clock.start()

    def count_down(self) -> None:
        """A second has gone; at the last one the newest picture is taken."""
        self._view.count -= 1
        self._view.update()
        if self._view.count > 0:
            return
        self._clock.stop()
        self._shoot.setEnabled(True)
        image = self._view.image
        if image is not None:
            self.taken.emit(image)

    def _take(self) -> None:
        frame = self._slot.take(0) if self._slot is not None and not self._slot.closed else None
        if frame is not None:
            self._view.show_frame(frame.image)


class _MirrorView(QWidget):
    """The camera's picture as in a mirror, with the seconds that are left over it."""

    def __init__(self) -> None:
        super().__init__()
        self.image: Image | None = None
        self.count = 0
        self._picture: Picture | None = None
        self.setAccessibleName(tr("importing.camera_picture"))
        self.setMinimumSize(240, 180)

    def show_frame(self, image: Image | None) -> None:
        """None: nothing."""
        self.image = image
        self._picture = Picture(image) if image is not None else None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Fitted; mirrored for the eye only."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture is None:
            painter.fillRect(self.rect(), QColor(current().raised))
        else:
            place = fitted(self._picture.size, self.rect())
            painter.save()
            painter.translate(2 * place.center().x() + 1, 0)
            painter.scale(-1, 1)
            painter.drawImage(place, self._picture.image)
            painter.restore()
        if self.count > 0:
            disc = QRectF(0, 0, 80, 80)  # not before the face
            disc.moveCenter(QPointF(self.width() / 2, self.height() - 56))
            veil = QColor(current().veil)
            veil.setAlphaF(0.6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(veil)
            painter.drawEllipse(disc)
            font = QFont(self.font())
            font.setPixelSize(46)
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(QColor("#ffffff"))
            painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self.count))
        painter.end()

"""The large picture in the middle: what the call sees, and in words whatever the user has to know about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from avatarify.app.call import Call, CallState
from avatarify.app.hint_text import hint_text
from avatarify.app.picture import Picture, as_others_see, fitted, round_corners
from avatarify.app.text.text import tr
from avatarify.app.theme.palette import mix
from avatarify.app.theme.theme import RADIUS, SPACE, current, theme_state
from avatarify.errors import AvatarifyError

if TYPE_CHECKING:
    from avatarify.frame import Frame
    from avatarify.pipeline.slot import LatestSlot

ALARM = "#d0211c"
"""The red of a camera picture that everybody sees: the same on every ground, light or dark."""
_FRAME = 6  # logical pixels of the red frame
_LEAST = QSize(280, 220)


class Preview(QWidget):
    """Paints the newest picture of `call.preview`, asked by `call.preview_ready`. Pressing the mouse on it compares.

    compared: the camera picture has come to stand beside the avatar, or has left.
    """

    compared = Signal(bool)

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._picture: Picture | None = None
        self._camera_picture: Picture | None = None
        self._camera: LatestSlot[Frame] | None = None
        self._words: tuple[str, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("shell.preview_name"))
        self.setToolTip(tr("shell.preview_tip"))
        call.preview_ready.connect(self.take)
        call.changed.connect(self._tell)
        theme_state().changed.connect(self.update)

    @property
    def comparing(self) -> bool:
        """The camera picture stands beside the avatar."""
        return self._camera is not None

    def compare(self, on: bool) -> None:
        """Show the camera picture beside the avatar. Without a running call: nothing."""
        if on == self.comparing:
            return
        if on and self._call.live is not None:
            self._camera = self._call.live.pipeline.camera.subscribe()
        elif self._camera is not None:
            self._camera.close()
            self._camera = self._camera_picture = None
        self.update()
        self.compared.emit(self.comparing)

    def take(self) -> None:
        """Show the newest picture, if there is a new one and somebody can see it."""
        if not self.isVisible():
            return  # it stays in its slot, so nobody is asked again before this window is shown
        try:
            shown = self._call.preview.take(0.0) if self._call.preview is not None else None
            frame = self._camera.take(0.0) if self._camera is not None else None
        except AvatarifyError:  # closed: the call is ending
            return
        if frame is not None:
            crop = self._call.status.session.crop if self._call.status is not None else None
            self._camera_picture = Picture(crop.apply(frame.image) if crop is not None else frame.image)
        live = self._call.live
        if shown is not None and live is not None:
            before = self._places()
            self._picture = as_others_see(shown, live.look)
            same = self._places() == before and not self.comparing
            self.update(self._places()[-1] if same else self.rect())

    @property
    def words(self) -> tuple[str, ...]:
        """What is written over the picture: a headline, then details; empty when the picture says it all."""
        call, status = self._call, self._call.status
        if call.state is CallState.STOPPED:
            return (tr("shell.preview_stopped"), tr("shell.preview_stopped_note"))
        if call.state is CallState.STOPPING:
            return (tr("shell.busy_stopping"),)
        if call.state is CallState.STARTING or status is None:
            return (tr("shell.preview_starting"), tr("shell.preview_starting_note"))
        pipeline = status.pipeline
        if pipeline.passthrough:
            return (tr("shell.preview_passthrough_unseen" if self.unseen else "shell.preview_passthrough"),)
        if pipeline.paused:
            return (tr("shell.preview_paused"),)
        if pipeline.capture.state.value != "running":
            opening = pipeline.capture.state.value == "opening"
            return (tr("shell.self_opening" if opening else "shell.preview_no_camera"),)
        if status.runtime is None:
            return (tr("shell.preview_model"),)
        if pipeline.showing is not None and pipeline.showing.value == "stand-by":
            hints = tuple(hint_text(hint) for hint in status.session.hints[:1])
            return hints or ((tr("shell.preview_look"),) if not status.session.calibrated else ())
        return ()

    @property
    def picture_place(self) -> QRect:
        """Where the picture of the call is."""
        return self._places()[-1]

    @property
    def _passthrough(self) -> bool:
        return self._call.status is not None and self._call.status.pipeline.passthrough

    @property
    def unseen(self) -> bool:
        """Surely nobody else sees the pictures: there is no virtual camera, nor one that is lost and tried again."""
        status = self._call.status
        if status is None or status.virtual_camera is not None or "shell.busy_output" in self._call.busy:
            return False
        return not status.retries_output or status.pipeline.output.state.value in ("running", "stopped")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt asks for it by this name
        return QSize(560, 480)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return _LEAST

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._call.watch(True, by=id(self))
        self.take()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._call.watch(False, by=id(self))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Compare while the button is held."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.compare(True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.compare(False)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.EnabledChange):
            self.update()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        bare = event.region()
        for picture, place in zip(self._pictures(), self._places(), strict=True):
            if picture is not None and event.region().intersects(place):
                painter.drawImage(place, picture.image)
                bare -= place
        painter.setClipRegion(bare)
        painter.fillRect(self.rect(), QColor(self._ground))
        painter.setClipping(False)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.comparing:
            self._paint_captions(painter)
        if self._passthrough:
            self._paint_alarm(painter)
        elif self._live_picture is not None:
            self._paint_strip(painter)
        elif self._words:
            self._paint_middle(painter)
        round_corners(painter, self.rect(), RADIUS, current().window)
        painter.end()

    @property
    def _ground(self) -> str:
        palette = current()
        return palette.veil if palette.dark else mix(palette.veil, palette.window, 0.9)

    @property
    def _live_picture(self) -> Picture | None:
        return self._picture if self._call.state is CallState.RUNNING else None

    def _pictures(self) -> tuple[Picture | None, ...]:
        return (self._camera_picture, self._live_picture) if self.comparing else (self._live_picture,)

    def _places(self) -> tuple[QRect, ...]:
        """Where the pictures stand, in the order of `_pictures`."""
        pictures = self._pictures()
        width = self.width() // len(pictures)
        columns = [QRect(number * width, 0, width, self.height()) for number in range(len(pictures))]
        columns[-1].setRight(self.rect().right())
        return tuple(
            fitted(picture.size if picture is not None else QSize(1, 1), column)
            for picture, column in zip(pictures, columns, strict=True)
        )

    def _tell(self) -> None:
        """The call has changed: are there other words to paint?"""
        if self._call.state is not CallState.RUNNING:
            self._picture = None
            self.compare(False)
        words = self.words
        if words != self._words:
            self._words = words
            self.setAccessibleDescription(" ".join(words))
            self.update()

    def _paint_middle(self, painter: QPainter) -> None:
        """Words alone, where there is no picture."""
        headline, detail = self._words[0], " ".join(self._words[1:])
        painter.setPen(QColor("#f3f5fa"))
        painter.setFont(self._font(1.3, bold=True))
        place = self.rect().adjusted(3 * SPACE, 0, -3 * SPACE, -4 * SPACE)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(place, flags, headline)
        painter.setPen(QColor("#b4bccb"))
        painter.setFont(self._font(1.0))
        painter.drawText(place.translated(0, 5 * SPACE), flags, detail)

    def _paint_strip(self, painter: QPainter) -> None:
        """Words over the upper edge of a picture: the stand-by pictures have their own at the lower one."""
        if not self._words:
            return
        painter.setFont(self._font(1.05, bold=True))
        text = painter.fontMetrics().elidedText(self._words[0], Qt.TextElideMode.ElideRight, self.width() - 6 * SPACE)
        _paint_label(painter, text, self.rect().center().x(), 4 * SPACE, QColor(13, 16, 24, 215))

    def _paint_captions(self, painter: QPainter) -> None:
        painter.setFont(self._font(0.95, bold=True))
        for place, key in zip(self._places(), ("shell.compare_camera", "shell.compare_avatar"), strict=True):
            _paint_label(painter, tr(key), place.center().x(), place.top() + 3 * SPACE, QColor(13, 16, 24, 190))

    def _paint_alarm(self, painter: QPainter) -> None:
        """The red frame and its words: everybody sees the camera picture."""
        painter.setPen(
            QPen(QColor(ALARM), _FRAME, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = _FRAME / 2
        painter.drawRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset))
        bar = QRect(0, 0, self.width(), 5 * SPACE)
        painter.fillRect(bar, QColor(ALARM))
        painter.setPen(QColor("#ffffff"))
        painter.setFont(self._font(1.1, bold=True))
        painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, self.words[0])

    def _font(self, scale: float, *, bold: bool = False) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * scale)
        font.setBold(bold)
        return font


def _paint_label(painter: QPainter, text: str, x: int, y: int, ground: QColor) -> None:
    """White words on a rounded ground, their middle at x, y."""
    metrics = painter.fontMetrics()
    place = QRectF(0, 0, metrics.horizontalAdvance(text) + 3 * SPACE, metrics.height() + SPACE)
    place.moveCenter(QRectF(x, y, 0, 0).center())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

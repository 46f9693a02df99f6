"""A picture of the call that follows it while it is visible."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPainterPath, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from avatarify.app.call import Call
from avatarify.app.picture import Picture
from avatarify.app.theme.theme import RADIUS, current
from avatarify.errors import AvatarifyError

if TYPE_CHECKING:
    from avatarify.frame import Image
    from avatarify.live.live import Live
    from avatarify.pipeline.fan_out import FanOut
    from avatarify.pipeline.slot import LatestSlot


class LivePicture(QWidget):
    """Takes the newest picture as it comes and fills its place with it; what does not fit is cut off. Words where there is none."""

    _new = Signal()

    def __init__(self, call: Call, source: Callable[[Live], FanOut[Any]], *, mirrored: bool = False) -> None:
        """source: where a call's pictures come from; each has an `image`."""
        super().__init__()
        self._call = call
        self._source = source
        self._mirrored = mirrored
        self._live: Live | None = None
        self._slot: LatestSlot[Any] | None = None
        self._picture: Picture | None = None
        self._words = ""
        self.setMinimumSize(QSize(240, 180))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._new.connect(self._take)
        call.changed.connect(self._follow)

    @property
    def has_picture(self) -> bool:
        """Something has come since it is shown."""
        return self._picture is not None

    def set_words(self, words: str) -> None:
        """What to write where there is no picture."""
        if words != self._words:
            self._words = words
            self.setAccessibleDescription(words)
            self.update()

    def forget(self) -> None:
        """Show the words until a new picture comes."""
        self._picture = None
        self.update()

    def show_image(self, image: Image) -> None:
        """uint8 [H,W,3] RGB."""
        self._picture = Picture(image)
        self.update()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt calls it so, as those below
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        self._leave()
        super().hideEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), QColor(current().veil))
        if self._picture is not None:
            if self._mirrored:
                painter.translate(self.width(), 0)
                painter.scale(-1, 1)
            size = QSize(self._picture.size)
            size.scale(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(QRectF(self.rect()).center())
            painter.drawImage(place, self._picture.image)
        else:
            painter.setPen(QColor(current().on_veil))
            room = self.rect().adjusted(16, 16, -16, -16)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
        painter.end()

    def _follow(self) -> None:
        live = self._call.live
        if live is None or not self.isVisible():
            self._leave()
            if live is None:
                self.forget()
        elif live is not self._live:
            self._leave()
            self._live = live
            self._slot = self._source(live).subscribe(self._new.emit)

    def _leave(self) -> None:
        if self._slot is not None:
            self._slot.close()
        self._slot = self._live = None

    def _take(self) -> None:
        try:
            item = self._slot.take(0.0) if self._slot is not None else None
        except AvatarifyError:  # closed: the call has ended
            return
        if item is not None:
            self.show_image(item.image)

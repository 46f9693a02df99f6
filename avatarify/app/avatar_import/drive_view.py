"""The small picture in which a new portrait is tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from avatarify.app.avatar_import.drive import Drive
from avatarify.app.call import Call
from avatarify.app.picture import Picture
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import RADIUS, SPACE, current
from avatarify.errors import AvatarifyError

if TYPE_CHECKING:
    from avatarify.frame import Image
    from avatarify.live.rehearsal import Rehearses

SIDE = 176


class DriveView(QWidget):
    """The portrait as it will look, and a button that makes it move."""

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._portrait: Image | None = None
        self._mover = ""
        self.drive = Drive(call.tasks, self)
        self.drive.moved.connect(self._moved)
        self.drive.failed.connect(self._failed)
        self.pane = _Pane()
        self.button = QPushButton()
        self.button.clicked.connect(self.toggle)
        self._by = QLabel()
        self._by.setProperty("role", "hint")
        self._by.setWordWrap(True)
        self._by.setMaximumWidth(SIDE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(self.pane)
        column.addWidget(self.button)
        column.addWidget(self._by)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setFixedWidth(SIDE)
        self._show_state("")

    def show_portrait(self, portrait: Image) -> None:
        """uint8 [N,N,3] RGB. Stands still until it is tried; a drive that is under way goes on with it."""
        self._portrait = portrait
        self.drive.change_portrait(portrait)
        if not self.drive.running:
            self.pane.show_picture(Picture(portrait))
        self.button.setEnabled(True)

    def toggle(self) -> None:
        """Start or stop."""
        if self.drive.running:
            self.stop()
        elif self._portrait is not None:
            self._mover = tr("importing.by_you") if self._call.live is not None else tr("importing.by_drawn")
            self.drive.start(self._opener(), self._portrait)
            self._show_state(tr("importing.drive_begins"))

    def stop(self) -> None:
        """The portrait stands still. Twice is fine."""
        self.drive.stop()
        if self._portrait is not None:
            self.pane.show_picture(Picture(self._portrait))
        self._show_state("")

    def _opener(self) -> Callable[[], Rehearses]:
        live = self._call.live

        def open_rehearsal() -> Rehearses:
            from avatarify.live.rehearsal import DrawnRehearsal, OwnRehearsal

            return OwnRehearsal(live) if live is not None else DrawnRehearsal()

        return open_rehearsal

    def _moved(self, picture: Picture) -> None:
        if self.drive.running:
            self.pane.show_picture(picture)
            self._by.setText(self._mover)

    def _failed(self, error: AvatarifyError) -> None:
        self._show_state(str(error))

    def _show_state(self, text: str) -> None:
        running = self.drive.running
        self.button.setText(tr("importing.stop_drive") if running else tr("importing.drive"))
        self.button.setIcon(icon("pause" if running else "play"))
        self.button.setEnabled(self._portrait is not None)
        self._by.setText(text)


class _Pane(QWidget):
    """A square with round corners."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: Picture | None = None
        self.setFixedSize(QSize(SIDE, SIDE))
        self.setAccessibleName(tr("importing.portrait_name"))

    def show_picture(self, picture: Picture) -> None:
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Clipped to the corners."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), QColor(current().raised))
        if self._picture is not None:
            painter.drawImage(QRectF(self.rect()), self._picture.image, QRectF(self._picture.image.rect()))
        painter.end()

"""A small picture that stays on top: what the call sees, with pause and the next avatar at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QEnterEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QMoveEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from avatarify.app.call import Call, CallState
from avatarify.app.picture import Picture, as_others_see, fitted
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.palette import DARK, LIGHT
from avatarify.app.theme.theme import RADIUS, SPACE
from avatarify.errors import AvatarifyError

if TYPE_CHECKING:
    from avatarify.pipeline.output import Shown
    from avatarify.pipeline.slot import LatestSlot

SIZE = QSize(256, 144)
_ALARM_WIDTH = 4


class MiniWindow(QWidget):
    """Shows the call's pictures while it is visible, and takes none while it is not. Moved by its whole face.

    pause_wanted, next_wanted: the buttons. window_wanted: the main window, by a double click. moved: it lies at another
    place now, a QPoint. closed: the user has put it away.
    """

    pause_wanted = Signal()
    next_wanted = Signal()
    window_wanted = Signal()
    moved = Signal(object)
    closed = Signal()
    _picture_ready = Signal()

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        flags = Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(parent, flags)
        self._call = call
        self._slot: LatestSlot[Shown] | None = None
        self._picture: Picture | None = None
        self._grip: QPoint | None = None
        self.setWindowTitle(tr("tray.mini_title"))
        self.setAccessibleName(tr("tray.mini_title"))
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self._bar = QWidget(self)
        self.pause = _button(self._bar, "pause", "tray.pause")
        self.next = _button(self._bar, "next", "tray.next")
        self.away = _button(self._bar, "close", "tray.mini_close")
        self.pause.clicked.connect(self.pause_wanted)
        self.next.clicked.connect(self.next_wanted)
        self.away.clicked.connect(self.close)
        self._lay_out()
        self._bar.hide()
        self._picture_ready.connect(self._take)
        call.changed.connect(self._follow)

    def place_at(self, place: QPoint | None) -> None:
        """Lie there again; None, or a place that is on no screen any more: in the corner of the first screen."""
        if place is not None and QGuiApplication.screenAt(place + QPoint(SIZE.width() // 2, SIZE.height() // 2)):
            self.move(place)
            return
        room = QGuiApplication.primaryScreen().availableGeometry()
        margin = QPoint(SIZE.width() + 3 * SPACE, SIZE.height() + 3 * SPACE)
        self.move(room.bottomRight() - margin)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt calls it so, as all below
        super().showEvent(event)
        self._call.watch(True, by=id(self))
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._call.watch(False, by=id(self))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self._leave()
        super().closeEvent(event)
        self.closed.emit()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        self._bar.show()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._bar.setVisible(self._bar.isAncestorOf(self.focusWidget() or self))
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        if event.key() == Qt.Key.Key_Tab:
            self._bar.show()
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            return
        handle = self.windowHandle()
        if handle is None or not handle.startSystemMove():  # some systems move windows only themselves, some never do
            self._grip = event.globalPosition().toPoint() - self.pos()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._grip is not None:
            self.move(event.globalPosition().toPoint() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._grip = None

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802
        super().moveEvent(event)
        if self.isVisible():
            self.moved.emit(self.pos())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.window_wanted.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        painter.fillPath(outline, QColor(DARK.veil))
        if self._picture is not None:
            painter.setClipPath(outline)
            painter.drawImage(fitted(self._picture.size, self.rect()), self._picture.image)
            painter.setClipping(False)
        else:
            painter.setPen(QColor(DARK.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("tray.mini_nothing"))
        self._paint_state(painter)
        painter.end()

    def _paint_state(self, painter: QPainter) -> None:
        status = self._call.status
        if status is None:
            return
        if status.pipeline.passthrough:
            half = _ALARM_WIDTH / 2
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(LIGHT.danger), _ALARM_WIDTH))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), RADIUS, RADIUS)
        if status.pipeline.paused:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(DARK.veil))
            place = QRect(SPACE, SPACE, 24, 24)
            painter.drawEllipse(place)
            icon("pause", ink="warning_on_veil").paint(painter, place.adjusted(5, 5, -5, -5))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        row.setSpacing(SPACE // 2)
        row.addWidget(self.pause)
        row.addWidget(self.next)
        row.addStretch(1)
        row.addWidget(self.away)
        self._bar.setObjectName("bar")
        self._bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bar.setCursor(Qt.CursorShape.ArrowCursor)
        self._bar.setStyleSheet(
            f"#bar {{ background: rgba(13, 16, 24, 215); border-bottom-left-radius: {RADIUS}px; "
            f"border-bottom-right-radius: {RADIUS}px; }} "
            f"QToolButton {{ color: {DARK.text}; }} QToolButton:hover {{ background: {DARK.raised}; }} "
            f"QToolButton[ring='true'] {{ border: 2px solid {DARK.focus}; padding: 4px; }}"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addStretch(1)
        layout.addWidget(self._bar)

    def _follow(self) -> None:
        """The call has changed: listen to the pictures of the one that runs now."""
        live = self._call.live
        if not self.isVisible() or live is None:
            self._leave()
        elif self._slot is None or self._slot.closed:
            self._slot = live.pipeline.shown.subscribe(self._picture_ready.emit)
        if self._call.state is CallState.STOPPED:
            self._picture = None
        paused = self._call.status is not None and self._call.status.pipeline.paused
        self.pause.setIcon(icon("play" if paused else "pause", ink="on_veil"))
        self.pause.setToolTip(tr("tray.resume") if paused else tr("tray.pause"))
        self.pause.setAccessibleName(self.pause.toolTip())
        self.update()

    def _leave(self) -> None:
        if self._slot is not None:
            self._slot.close()
            self._slot = None

    def _take(self) -> None:
        try:
            shown = self._slot.take(0.0) if self._slot is not None else None
        except AvatarifyError:  # closed: the call has ended
            return
        live = self._call.live
        if shown is not None and live is not None:
            self._picture = as_others_see(shown, live.look)
            self.update()


def _button(parent: QWidget, name: str, key: str) -> QToolButton:
    button = QToolButton(parent)
    button.setIcon(icon(name, ink="on_veil"))
    button.setIconSize(QSize(18, 18))
    button.setToolTip(tr(key))
    button.setAccessibleName(tr(key))
    return button

"""The big button of the virtual camera, with its true state and, where something is missing, the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from avatarify.app.camera_report import TROUBLES, CameraKind, CameraReport, report
from avatarify.app.copy_line import CopyLine
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE, current, set_look, theme_state

if TYPE_CHECKING:
    from avatarify.app.call import CallState
    from avatarify.live.request import LiveStatus

_WAITING = (CameraKind.STARTING, CameraKind.STOPPING)
_NEEDS_HELP = (CameraKind.MISSING, CameraKind.GONE)


class CameraStatus(QWidget):
    """Renders what `show_status` is given and keeps nothing of its own.

    toggled: the user wants it started or stopped. help_wanted: the user wants to know how to come by a virtual camera.
    """

    toggled = Signal()
    help_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: CameraReport | None = None
        self.button = QPushButton(self)
        self.button.setProperty("size", "big")
        self.button.setProperty("role", "primary")
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.toggled)
        self._dot = Dot(self)
        self._headline = _words(self, "")
        self._headline.setProperty("role", "number")
        self._detail = _words(self, "hint")
        self._remedy = CopyLine(parent=self)
        self._help = QToolButton(self)
        self._help.setIcon(icon("help"))
        self._help.setToolTip(tr("camera.help"))
        self._help.setAccessibleName(tr("camera.help"))
        self._help.clicked.connect(self.help_wanted)
        self._lay_out()

    @property
    def shown(self) -> CameraReport | None:
        """What it says now; None before the first time."""
        return self._report

    def show_status(self, status: LiveStatus | None, state: CallState) -> None:
        """The newest snapshot of the call. Cheap when nothing has changed."""
        self.show_report(report(status, state))

    def show_report(self, told: CameraReport) -> None:
        """The same, put into words already."""
        if told == self._report:
            return
        self._report = told
        self.button.setText(_verb(told))
        role = "primary" if told.kind is CameraKind.OFF else ""
        ink = "on_accent" if role else "text"
        self.button.setIcon(icon("stop" if told.running else "camera-virtual", ink=ink))
        self.button.setEnabled(told.kind not in _WAITING or told.running)
        set_look(self.button, "role", role)
        self.button.setAccessibleDescription(f"{told.headline}. {told.detail}")
        self._dot.set_tone(told.tone)
        self._headline.setText(told.headline)
        set_look(self._headline, "tone", told.tone if told.tone in ("danger", "warning") else "")
        self._detail.setText(told.detail)
        self._detail.setVisible(bool(told.detail))
        self._remedy.set_text(told.command)
        self._remedy.setVisible(bool(told.command))
        self._help.setVisible(told.kind in _NEEDS_HELP)
        self._claim_height()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt calls it so
        super().resizeEvent(event)
        self._claim_height()

    def _claim_height(self) -> None:
        """Layouts take no notice of words that need more lines, and would cut them off."""
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.setMinimumHeight(max(0, layout.heightForWidth(self.width())))

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self._dot, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._headline, 1)
        head.addWidget(self._help, 0, Qt.AlignmentFlag.AlignVCenter)
        words.addLayout(head)
        words.addWidget(self._detail)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addLayout(row)
        layout.addWidget(self._remedy)


class Dot(QWidget):
    """A round sign in the colour of a tone; hollow when it is muted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = "muted"
        self.setFixedSize(12, 12)
        theme_state().changed.connect(self.update)

    def set_tone(self, tone: str) -> None:
        """tone: the name of one of Palette's colours."""
        self._tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt calls it so
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(str(getattr(current(), self._tone)))
        painter.setPen(color)
        painter.setBrush(Qt.BrushStyle.NoBrush if self._tone == "muted" else color)
        painter.drawEllipse(QRectF(1, 1, 10, 10))
        painter.end()


def _verb(told: CameraReport) -> str:
    """What the button does."""
    if not told.running:
        return tr("camera.start")
    return tr("camera.stop_trying") if told.kind in TROUBLES else tr("camera.stop")


def _words(parent: QWidget, role: str) -> QLabel:
    label = QLabel(parent)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label

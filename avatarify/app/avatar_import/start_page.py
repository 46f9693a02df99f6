"""Where the picture is to come from: a file, the clipboard, the camera, or dropped here."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from avatarify.app.gallery.offered import may_be_offered, offered
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import RADIUS, SPACE, current

_SIGN = 48


class StartPage(QWidget):
    """file_wanted, paste_wanted, photo_wanted: a button. offered: an Offered that was dropped."""

    file_wanted = Signal()
    paste_wanted = Signal()
    photo_wanted = Signal()
    offered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._welcoming = False
        self.setAcceptDrops(True)
        sign = QLabel()
        sign.setPixmap(icon("avatar-add", ink="muted").pixmap(_SIGN, _SIGN))
        headline = QLabel(tr("importing.drop_here"))
        headline.setProperty("role", "title")
        advice = QLabel(tr("importing.good_portrait"))
        advice.setProperty("role", "hint")
        advice.setWordWrap(True)
        self.said = QLabel()
        self.said.setWordWrap(True)
        self.said.setProperty("tone", "danger")
        self.said.hide()
        self._photo = QPushButton(icon("still"), tr("importing.from_camera"))
        self._photo.clicked.connect(self.photo_wanted)
        choose = QPushButton(icon("folder", ink="on_accent"), tr("importing.from_file"))
        choose.setProperty("role", "primary")
        choose.clicked.connect(self.file_wanted)
        paste = QPushButton(icon("copy"), tr("importing.from_clipboard"))
        paste.clicked.connect(self.paste_wanted)
        line = QHBoxLayout()
        line.setSpacing(SPACE)
        line.addStretch(1)
        for button in (choose, paste, self._photo):
            line.addWidget(button)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8 * SPACE, 2 * SPACE, 8 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addStretch(1)
        for label in (sign, headline, advice, self.said):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addLayout(line)
        column.addStretch(1)

    def set_camera(self, runs: bool) -> None:
        """Whether a photo can be taken."""
        self._photo.setEnabled(runs)
        self._photo.setToolTip("" if runs else tr("importing.no_camera"))

    def say(self, text: str) -> None:
        """What went wrong; "" for nothing."""
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Pictures and files."""
        if may_be_offered(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._welcome(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """They were taken elsewhere."""
        self._welcome(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Take them."""
        self._welcome(False)
        given = offered(event.mimeData())
        if given:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.offered.emit(given)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """A place to drop onto."""
        palette = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(palette.selected if self._welcoming else palette.surface))
        painter.setPen(QPen(QColor(palette.accent if self._welcoming else palette.outline), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        painter.end()

    def _welcome(self, on: bool) -> None:
        self._welcoming = on
        self.update()

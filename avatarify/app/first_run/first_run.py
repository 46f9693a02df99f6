"""Three steps in one dialog; each can be skipped, and so can all."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from avatarify.app.call import Call
from avatarify.app.first_run.avatar_step import AvatarStep
from avatarify.app.first_run.camera_step import CameraStep, ListCameras
from avatarify.app.first_run.output_step import Found, OutputStep
from avatarify.app.first_run.step import Step
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE, current, set_look, theme_state


class FirstRun(QDialog):
    """Wants a call that runs, or tries to; its virtual camera may be closed.

    done_with: the user has come to the end or has skipped it: do not show it again. camera_chosen: a camera's id. avatar_chosen: a
    name. import_wanted: the user has a picture of his own.
    """

    done_with = Signal()
    camera_chosen = Signal(str)
    avatar_chosen = Signal(str)
    import_wanted = Signal()

    def __init__(
        self,
        call: Call,
        parent: QWidget | None = None,
        *,
        cameras: ListCameras | None = None,
        look: Callable[[], Found] | None = None,
    ) -> None:
        """cameras, look: at this computer, unless a test brings others."""
        super().__init__(parent)
        self.setWindowTitle(tr("first_run.title"))
        self.camera = CameraStep(call, cameras=cameras)
        self.avatar = AvatarStep(call)
        self.output = OutputStep(call, look=look)
        self.steps: tuple[Step, ...] = (self.camera, self.avatar, self.output)
        self.pages = QStackedWidget(self)
        names = (tr("first_run.camera_name"), tr("first_run.avatar_name"), tr("first_run.output_name"))
        self._way = StepsBar(names, self)
        for step in self.steps:
            self.pages.addWidget(step)
            step.changed.connect(self._follow)
        self.camera.chosen.connect(self.camera_chosen)
        self.avatar.chosen.connect(self.avatar_chosen)
        self.avatar.import_wanted.connect(self.import_wanted)
        self.skip_all = QPushButton(tr("first_run.skip_all"), self)
        self.skip_all.setProperty("role", "quiet")
        self.skip_all.clicked.connect(self.reject)
        self.back = QPushButton(icon("previous"), tr("first_run.back"), self)
        self.back.clicked.connect(lambda: self.go_to(self.pages.currentIndex() - 1))
        self.next = QPushButton(self)
        self.next.setDefault(True)
        self.next.clicked.connect(lambda: self.go_to(self.pages.currentIndex() + 1))
        self.finished.connect(lambda _code: self.done_with.emit())
        self._lay_out()
        self.resize(780, 540)

    def go_to(self, index: int) -> None:
        """0, 1 or 2; beyond the last step the dialog ends."""
        if index >= len(self.steps):
            self.accept()
            return
        self.pages.setCurrentIndex(max(0, index))
        self._enter()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt calls it so
        super().showEvent(event)
        self.next.setFocus()
        self._enter()

    def _enter(self) -> None:
        self.steps[self.pages.currentIndex()].enter()
        self._follow()

    def _follow(self) -> None:
        index = self.pages.currentIndex()
        step, last = self.steps[index], index == len(self.steps) - 1
        self._way.show_state(index, tuple(each.ok for each in self.steps))
        self.back.setVisible(index > 0)
        self.skip_all.setVisible(not last)
        ready = tr("first_run.finish") if last else tr("first_run.next")
        self.next.setText(ready if step.ok or last else tr("first_run.skip_step"))
        set_look(self.next, "role", "primary" if step.ok or last else "")

    def _lay_out(self) -> None:
        title = QLabel(tr("first_run.welcome"), self)
        title.setProperty("role", "title")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self._way, 0, Qt.AlignmentFlag.AlignVCenter)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        foot.addWidget(self.skip_all)
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(2 * SPACE)
        layout.addLayout(head)
        layout.addWidget(self.pages, 1)
        layout.addLayout(foot)


class StepsBar(QWidget):
    """Where one is: three numbers in circles with their names, a tick on what is in order."""

    _CIRCLE = 24

    def __init__(self, names: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = names
        self._here = 0
        self._ok: tuple[bool, ...] = (False,) * len(names)
        theme_state().changed.connect(self.update)

    def show_state(self, here: int, ok: tuple[bool, ...]) -> None:
        """here: the index of the step that is shown."""
        self._here, self._ok = here, ok
        self.setAccessibleName(tr("first_run.step_of", here + 1, len(self._names), self._names[here]))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt calls it so
        width = sum(self._widths()) + 2 * SPACE * (len(self._names) - 1)
        return QSize(width, self._CIRCLE + 4)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        palette = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, top = 0.0, (self.height() - self._CIRCLE) / 2
        for index, (name, width, ok) in enumerate(zip(self._names, self._widths(), self._ok, strict=True)):
            here = index == self._here
            circle = QRectF(x + 1, top + 1, self._CIRCLE - 2, self._CIRCLE - 2)
            painter.setPen(QPen(QColor(palette.accent if here or ok else palette.outline), 1.5))
            painter.setBrush(QColor(palette.accent) if here else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(circle)
            if ok:
                side = round(self._CIRCLE * 0.62)
                mark = QRectF(0, 0, side, side)
                mark.moveCenter(circle.center())
                icon("check", ink="on_accent" if here else "accent").paint(painter, mark.toRect())
            else:
                painter.setPen(QColor(palette.on_accent if here else palette.muted))
                painter.setFont(self._bold())
                painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(index + 1))
            painter.setPen(QColor(palette.text if here else palette.muted))
            painter.setFont(self._bold() if here else self.font())
            room = QRectF(x + self._CIRCLE + SPACE, 0, width, self.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
            x += width + 2 * SPACE
        painter.end()

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _widths(self) -> list[int]:
        """Of each circle with its name, as wide as it can become."""
        metrics = QFontMetrics(self._bold())
        return [self._CIRCLE + SPACE + metrics.horizontalAdvance(name) for name in self._names]

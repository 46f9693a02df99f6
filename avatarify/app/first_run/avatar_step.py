"""Step two: which avatar, and does it move?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListView, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout

from avatarify.app.call import Call, CallState
from avatarify.app.first_run.live_picture import LivePicture
from avatarify.app.first_run.step import Step, Verdict
from avatarify.app.gallery.avatar_model import shown_name
from avatarify.app.hint_text import hint_text
from avatarify.app.picture import Picture
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE

if TYPE_CHECKING:
    from avatarify.avatars import Avatar

_SIDE = 84  # logical pixels of a thumbnail


class AvatarStep(Step):
    """chosen: the name of the avatar. import_wanted: the user has a picture of his own."""

    chosen = Signal(str)
    import_wanted = Signal()

    def __init__(self, call: Call) -> None:
        super().__init__(tr("first_run.avatar_title"), tr("first_run.avatar_note"))
        self._call = call
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("first_run.avatar_choice"))
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setIconSize(QSize(_SIDE, _SIDE))
        self.list.setGridSize(QSize(_SIDE + 24, _SIDE + 40))
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.currentItemChanged.connect(self._chosen)
        self.picture = LivePicture(call, lambda live: live.pipeline.shown)
        self.picture.setAccessibleName(tr("first_run.avatar_picture"))
        self.verdict = Verdict(self)
        self.calibrate = QPushButton(icon("calibrate"), tr("first_run.calibrate"), self)
        self.calibrate.clicked.connect(call.calibrate)
        self.own = QPushButton(icon("avatar-add"), tr("first_run.own_picture"), self)
        self.own.clicked.connect(self.import_wanted)
        self._lay_out()
        call.avatars_changed.connect(self._fill)
        call.changed.connect(self._follow)

    def enter(self) -> None:
        """See Step."""
        self._fill()
        self._follow()

    def _fill(self) -> None:
        if not self.isVisible():
            return
        live, status = self._call.live, self._call.status
        avatars = [avatar for avatar in live.avatars.all if avatar.usable] if live is not None else []
        names = [avatar.name for avatar in avatars]
        if names == [_name(self.list.item(row)) for row in range(self.list.count())]:
            return
        self.list.blockSignals(True)
        self.list.clear()
        for avatar in avatars:
            self.list.addItem(_item(avatar))
            if status is not None and avatar.name == status.avatar:
                self.list.setCurrentRow(self.list.count() - 1)
        self.list.blockSignals(False)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._call.show_avatar(_name(item))
            self.chosen.emit(_name(item))

    def _follow(self) -> None:
        if not self.isVisible():
            return
        status = self._call.status
        showing = status.pipeline.showing.value if status is not None and status.pipeline.showing is not None else ""
        moves = showing in ("animated", "held")
        self.list.setVisible(self._call.live is not None)
        self.calibrate.setEnabled(status is not None and status.runtime is not None)
        if self._call.state is CallState.STOPPED:
            self.verdict.tell(tr("first_run.avatar_no_camera"), "warning")
        elif status is None or status.runtime is None:
            self.verdict.tell(tr("first_run.avatar_waiting"), "muted")
        elif moves:
            self.verdict.tell(tr("first_run.avatar_moves"), "success")
        elif status.session.hints:
            self.verdict.tell(hint_text(status.session.hints[0]), "warning")
        else:
            self.verdict.tell(tr("first_run.avatar_look"), "muted")
        self.picture.set_words(self.verdict.text)
        self.set_ok(moves)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.calibrate)
        buttons.addStretch(1)
        side = QVBoxLayout()
        side.setSpacing(SPACE)
        side.addWidget(self.picture, 1)
        side.addWidget(self.verdict)
        side.addLayout(buttons)
        left = QVBoxLayout()
        left.setSpacing(SPACE)
        left.addWidget(self.list, 1)
        left.addStretch()
        left.addWidget(self.own, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addLayout(left, 1)
        row.addLayout(side, 1)
        self.body.addLayout(row, 1)


def _name(item: QListWidgetItem) -> str:
    return str(item.data(Qt.ItemDataRole.UserRole))


def _item(avatar: Avatar) -> QListWidgetItem:
    assert avatar.portrait is not None
    scale = 3  # sharp on any screen
    picture = Picture(avatar.portrait).image.scaled(
        _SIDE * scale,
        _SIDE * scale,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    pixmap = QPixmap.fromImage(picture)
    pixmap.setDevicePixelRatio(scale)
    portrait = QIcon(pixmap)
    portrait.addPixmap(pixmap, QIcon.Mode.Selected)  # else Qt tints it
    item = QListWidgetItem(portrait, shown_name(avatar.name))
    item.setData(Qt.ItemDataRole.UserRole, avatar.name)
    item.setToolTip(" ".join(avatar.problems))
    return item

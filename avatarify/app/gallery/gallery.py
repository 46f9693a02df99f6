"""The avatars on disk and the strip that shows them: what the user does here is done to the files off the Qt thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from avatarify.app.call import Call
from avatarify.app.gallery.add_tile import AddTile
from avatarify.app.gallery.avatar_model import AvatarModel, shown_name
from avatarify.app.gallery.menu import avatar_menu
from avatarify.app.gallery.notice import UndoNotice
from avatarify.app.gallery.offered import Offered, offered
from avatarify.app.gallery.strip import Strip
from avatarify.app.gallery.thumbnails import Thumbnails
from avatarify.app.gallery.tile import PICTURE
from avatarify.app.text.text import tr
from avatarify.app.theme.theme import SPACE
from avatarify.errors import AvatarifyError, MediaError

if TYPE_CHECKING:  # torch, for which the window does not wait
    from avatarify.app.avatar_import.avatar_import import AvatarImport
    from avatarify.avatars import Avatar, Avatars, Removed

T = TypeVar("T")
LANE = "avatars"
"""Of everything that reads or writes the avatars' files; the call uses the same."""

_BUSY = "shell.busy_avatar"  # what the call says while an avatar is being switched to


class Gallery(QWidget):
    """Choose, add, order, rename and remove avatars. chosen: a name, when the user wants to see it. removed: the name of
    one that was taken away, which may come back: restored. renamed: old, new.

    What fails comes as the call's `failed`. All methods belong to the Qt thread and return at once.
    """

    chosen = Signal(str)
    removed = Signal(str)
    restored = Signal(str)
    renamed = Signal(str, str)

    def __init__(self, call: Call, open_avatars: Callable[[], Avatars], *, parent: QWidget | None = None) -> None:
        """open_avatars: gives the same object each time; called in a thread, because it may take a second."""
        super().__init__(parent)
        self._call = call
        self._open = open_avatars
        self._avatars: Avatars | None = None
        self._removed: list[Removed] = []
        self._dialog: AvatarImport | None = None
        self._import_later: Callable[[], None] | None = None
        self.model = AvatarModel(self)
        self.strip = Strip(self.model, self)
        self.notice = UndoNotice(self.strip)
        self._thumbnails = Thumbnails(call.tasks, round(PICTURE * self.devicePixelRatioF()), self)
        self._build()
        self._connect()
        self.strip.say(tr("gallery.reading"))
        self.reload()

    def reload(self) -> None:
        """Look into the folders again."""
        self._call.tasks.run(self._opened, done=self._have, failed=self._failed, lane=LANE)

    def show_avatar(self, name: str) -> None:
        """Take this one: at once where a call runs, else with the next call."""
        if self._call.live is not None:
            self._call.show_avatar(name)
        else:
            self.model.set_shown(name)
        self.chosen.emit(name)

    def remove(self, name: str) -> None:
        """Take an avatar away; `undo` brings it back."""

        def told(removed: Removed) -> None:
            self._removed.append(removed)
            self.removed.emit(removed.name)
            self.notice.tell(tr("gallery.removed", shown_name(removed.name)))
            if removed.name == self.model.shown:
                self._show_another()

        self._change(lambda avatars: avatars.remove(name), told)

    def undo(self) -> None:
        """Bring the last removed avatar back; nothing where none was removed."""

        def back(avatar: Avatar) -> None:
            self.restored.emit(avatar.name)
            self.strip.go_to(avatar.name)

        if self._removed:
            removed = self._removed.pop()
            self.notice.hide()
            self._change(lambda avatars: avatars.restore(removed), back)

    def rename(self, old: str, new: str) -> None:
        """Another name for one of the user's own."""

        def renamed(avatar: Avatar) -> None:
            self.renamed.emit(old, avatar.name)
            self.strip.go_to(avatar.name)
            if old == self.model.shown and avatar.name != old:
                self.show_avatar(avatar.name)  # the call knows it by the name that is no more

        self._change(lambda avatars: avatars.rename(old, new), renamed)

    def move_to(self, name: str, number: int) -> None:
        """Make it the `number`-th, so that this key shows it."""
        self._change(lambda avatars: avatars.move_to(name, number), lambda _: self.strip.go_to(name))

    def show_hidden(self) -> None:
        """Bring back what came with the program and was removed."""
        self._change(lambda avatars: avatars.show_hidden(), lambda _: None)

    def paste(self) -> None:
        """Add what is in the clipboard."""
        given = offered(QGuiApplication.clipboard().mimeData())
        if given:
            self.open_import(given)
        else:
            self._failed(MediaError("There is no picture in the clipboard.", "Copy a picture or its file first."))

    def open_import(self, given: Offered | None = None) -> None:
        """Open the dialog that adds avatars, with these pictures or empty; as soon as the avatars have been read."""
        avatars = self._avatars
        if avatars is None:
            self._import_later = lambda: self.open_import(given)
            return
        if self._dialog is None:
            from avatarify.app.avatar_import.avatar_import import AvatarImport

            self._dialog = AvatarImport(self._call, avatars, parent=self.window())
            self._dialog.added.connect(self._added)
            self._dialog.finished.connect(self._closed)
            self._dialog.open()
        if given is not None:
            self._dialog.offer(given)

    def close_down(self) -> None:
        """The program ends: what was removed is removed for good."""
        if self._dialog is not None:
            self._dialog.reject()
        if self._removed and self._avatars is not None:
            self._call.tasks.run(self._avatars.empty_bin, done=_nothing, failed=self._failed, lane=LANE)
            self._removed.clear()

    def _build(self) -> None:
        self.add_tile = AddTile(self.strip.sizeHint().height())
        self.add_tile.clicked.connect(lambda: self.open_import())
        side = QVBoxLayout()
        side.addWidget(self.add_tile, 1)
        side.addStretch(0)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE)
        line.addWidget(self.strip, 1)
        line.addLayout(side)

    def _connect(self) -> None:
        self.strip.chosen.connect(self.show_avatar)
        self.strip.removal_wanted.connect(self.remove)
        self.strip.menu_wanted.connect(self._menu)
        self.strip.offered.connect(self.open_import)
        self.strip.paste_wanted.connect(self.paste)
        self.strip.undo_wanted.connect(self.undo)
        self.notice.undo.connect(self.undo)
        self.model.renamed.connect(self.rename)
        self.model.reordered.connect(self._reordered)
        self._thumbnails.ready.connect(self.model.set_pixmap)
        self._call.changed.connect(self._call_changed)
        self._call.avatars_changed.connect(self._refresh)

    def _opened(self) -> Avatars:
        """In a thread."""
        avatars = self._open()
        if self._avatars is None:  # what an earlier run of the program has left
            avatars.empty_bin()
        avatars.reload()
        return avatars

    def _have(self, avatars: Avatars) -> None:
        if not isValid(self):  # the window was made anew while they were read
            return
        self._avatars = avatars
        self._refresh()
        self._call_changed()
        if self._import_later is not None:
            self._import_later()
            self._import_later = None

    def _refresh(self) -> None:
        if self._avatars is None:
            return
        shown = self._avatars.all
        name = self.strip.current_name()
        self.model.set_avatars(shown)
        self._thumbnails.ask(shown)
        if self.strip.current_name() is None:
            self.strip.go_to(name)
        self.strip.say("" if shown else tr("gallery.empty"))

    def _change(self, change: Callable[[Avatars], T], then: Callable[[T], None]) -> None:
        """Do something to the files; then the strip and the call see it."""
        avatars = self._avatars
        if avatars is None:
            return

        def done(result: T) -> None:
            if not isValid(self):
                return
            self._refresh()
            if self._call.live is not None:
                self._call.reload_avatars()
            then(result)

        self._call.tasks.run(lambda: change(avatars), done=done, failed=self._failed, lane=LANE)

    def _failed(self, error: AvatarifyError) -> None:
        if isValid(self):
            self._refresh()  # an order that could not be kept is not the order
            if self._avatars is None:
                self.strip.say(str(error))
        self._call.failed.emit(error)

    def _reordered(self, names: tuple[str, ...]) -> None:
        self._change(lambda avatars: avatars.reorder(names), lambda _: None)

    def _show_another(self) -> None:
        """What was shown is gone; the call must not go on with it."""
        other = next((avatar.name for avatar in self.model.avatars if avatar.usable), None)
        if other is not None:
            self.show_avatar(other)

    def _added(self, name: str) -> None:
        """The new one is shown at once, unless others would see it."""
        self._refresh()
        self.strip.go_to(name)
        status = self._call.status
        if self._call.live is None:
            self.show_avatar(name)
        elif status is None or status.virtual_camera is None:
            self._call.reload_avatars(then=lambda: self.show_avatar(name))
        else:
            self._call.reload_avatars()

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def _call_changed(self) -> None:
        status = self._call.status
        if status is None:
            return
        before = self.model.shown
        if _BUSY in self._call.busy:
            self.model.set_shown(before, status.avatar if status.avatar != before else None)
        else:
            self.model.set_shown(status.avatar)
            if status.avatar != before:
                self.strip.bring(status.avatar)

    def _menu(self, name: str, at: QPoint) -> None:
        if self._avatars is None:
            return
        menu = avatar_menu(self, self._avatars, name or None)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def show_in_folder(self, name: str) -> None:
        """Open the folder of a picture."""
        row = self.model.row_of(name)
        if row is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.model.avatars[row].path.parent)))


def _nothing(_: object) -> None:
    pass

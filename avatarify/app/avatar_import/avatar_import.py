"""The dialog that adds avatars: choose a picture, cut it, see what it is worth, try it, say whose face it is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from avatarify.app.avatar_import.drafts import Drafts
from avatarify.app.avatar_import.examiner import Examiner
from avatarify.app.avatar_import.photo_page import PhotoPage
from avatarify.app.avatar_import.start_page import StartPage
from avatarify.app.avatar_import.work_page import WorkPage
from avatarify.app.call import Call
from avatarify.app.gallery.offered import Offered, offered
from avatarify.app.text.text import tr
from avatarify.app.theme.theme import SPACE
from avatarify.app.while_there import while_there
from avatarify.avatars import SUFFIXES, Avatar, Avatars
from avatarify.errors import AvatarifyError, MediaError
from avatarify.media.images import write_image

if TYPE_CHECKING:
    from avatarify.app.avatar_import.examiner import Examined
    from avatarify.frame import Image

LANE = "avatars"  # of everything that writes the avatars' files, as in the gallery
_DRAFTS = "drafts"  # they are cleared after the last was written


class AvatarImport(QDialog):
    """added: the name of a new avatar. Several pictures are asked about one after the other."""

    added = Signal(str)

    def __init__(self, call: Call, avatars: Avatars, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._avatars = avatars
        self._waiting: deque[Path] = deque()
        self._asked, self._of = 0, 0
        self._path: Path | None = None
        self._drafts = Drafts()
        self._examiner = Examiner(call.tasks, self)
        self.start_page = StartPage()
        self.photo_page = PhotoPage(call)
        self.work_page = WorkPage(call, avatars, self._examiner)
        self._build()
        self._connect()
        self._to_start()

    def offer(self, given: Offered) -> None:
        """Ask about these pictures, after those that wait already."""
        if given.image is not None:
            self._draft(given.image)
            return
        self._waiting.extend(given.files)
        self._of += len(given.files)
        if self._path is None:
            self._next()

    def paste(self) -> None:
        """What is in the clipboard."""
        given = offered(QGuiApplication.clipboard().mimeData())
        if given:
            self.offer(given)
        else:
            self.start_page.say(tr("importing.clipboard_empty"))

    def choose_file(self) -> None:
        """Qt's own file dialog, with several files at once."""
        endings = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        names, _ = QFileDialog.getOpenFileNames(
            self, tr("importing.choose_title"), "", f"{tr('importing.pictures')} ({endings})"
        )
        if names:
            self.offer(Offered(tuple(Path(name) for name in names)))

    def add(self) -> None:
        """Make an avatar of the picture as it is framed now. Nothing before the question is answered."""
        path, consent, page = self._path, self.work_page.consent, self.work_page
        if path is None or consent is None or not page.may_be_added:
            return
        name, crop = page.name, page.chosen_crop
        page.set_busy(True)
        self._add.setEnabled(False)
        self._call.tasks.run(
            lambda: self._avatars.add(path, consent=consent, crop=crop, name=name),
            done=while_there(self, self._was_added),
            failed=while_there(self, self._not_added),
            lane=LANE,
        )

    def done(self, result: int) -> None:
        """Qt calls it however the dialog ends."""
        self.photo_page.end()
        self.work_page.end()
        self._examiner.close()
        super().done(result)
        clearing = self._call.tasks.run(self._drafts.clear, done=_nothing, failed=_nothing, lane=_DRAFTS)
        if clearing.cancelled:  # the program ends, and begins no task any more
            self._drafts.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Pasting works on every page."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        self.setWindowTitle(tr("importing.title"))
        self.setModal(True)
        self.pages = QStackedWidget()
        for page in (self.start_page, self.photo_page, self.work_page):
            self.pages.addWidget(page)
        self._progress = QLabel()
        self._progress.setProperty("role", "hint")
        self._another = QPushButton(tr("importing.another"))
        self._skip = QPushButton(tr("importing.skip"))
        self._cancel = QPushButton(tr("importing.cancel"))
        self._add = QPushButton(tr("importing.add"))
        self._add.setProperty("role", "primary")
        self._add.setDefault(True)
        line = QHBoxLayout()
        line.setSpacing(SPACE)
        line.addWidget(self._another)
        line.addWidget(self._progress, 1)
        for button in (self._cancel, self._skip, self._add):
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.pages, 1)
        column.addLayout(line)
        self.resize(880, 560)

    def _connect(self) -> None:
        self.start_page.file_wanted.connect(self.choose_file)
        self.start_page.paste_wanted.connect(self.paste)
        self.start_page.photo_wanted.connect(self._to_photo)
        self.start_page.offered.connect(self.offer)
        self.photo_page.taken.connect(self._photographed)
        self.photo_page.given_up.connect(self._to_start)
        self.work_page.changed.connect(self._update_buttons)
        self._examiner.opened.connect(self._opened)
        self._examiner.failed.connect(self._not_read)
        self._another.clicked.connect(self._to_start)
        self._skip.clicked.connect(self._next)
        self._cancel.clicked.connect(self.reject)
        self._add.clicked.connect(self.add)

    def _to_start(self) -> None:
        self.photo_page.end()
        self.work_page.end()
        self._examiner.close()
        self._path = None
        self._waiting.clear()
        self._asked = self._of = 0
        self.start_page.say("")
        self.start_page.set_camera(self._call.live is not None)
        self._show(self.start_page)

    def _to_photo(self) -> None:
        self.photo_page.begin()
        self._show(self.photo_page)

    def _show(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        self._update_buttons()

    def _next(self) -> None:
        """The next picture that waits; without one the dialog has done its work."""
        self.work_page.end()
        if not self._waiting:
            self.accept()
            return
        self._path = self._waiting.popleft()
        self._asked += 1
        self.work_page.begin(self._path, keep_answer=self._asked > 1)
        self._examiner.open(self._path)
        self._show(self.work_page)

    def _opened(self, examined: Examined) -> None:
        self.work_page.show_picture(examined)
        self._update_buttons()

    def _not_read(self, error: AvatarifyError) -> None:
        if self._path is None:
            self.start_page.say(str(error))
        else:
            self.work_page.show_error(str(error))
        self._update_buttons()

    def _photographed(self, image: Image) -> None:
        self.photo_page.end()
        self._write(tr("importing.photo_name"), lambda path: write_image(path, image))

    def _draft(self, image: QImage) -> None:
        self._write(tr("importing.pasted_name"), lambda path: _save(image, path))

    def _write(self, name: str, write: Callable[[Path], object]) -> None:
        taken = {avatar.name for avatar in self._avatars.all} | {path.stem for path in self._waiting}
        free, drafts = next(each for each in _numbered(name) if each not in taken), self._drafts
        self._call.tasks.run(
            lambda: drafts.write(f"{free}.png", write),
            done=while_there(self, lambda path: self.offer(Offered((path,)))),
            failed=while_there(self, self._draft_failed),
            lane=_DRAFTS,
        )

    def _draft_failed(self, error: AvatarifyError) -> None:
        self._to_start()
        self.start_page.say(str(error))

    def _was_added(self, avatar: Avatar) -> None:
        self.work_page.set_busy(False)
        self.added.emit(avatar.name)
        self._next()

    def _not_added(self, error: AvatarifyError) -> None:
        self.work_page.set_busy(False)
        self.work_page.show_error(str(error))
        self._update_buttons()

    def _update_buttons(self) -> None:
        working = self.pages.currentWidget() is self.work_page
        self._another.setVisible(working and not self._waiting)
        self._skip.setVisible(working and bool(self._waiting))
        self._add.setVisible(working)
        self._add.setEnabled(working and self.work_page.may_be_added)
        several = tr("importing.progress", self._asked, self._of) if self._of > 1 else ""
        missing = self.work_page.what_is_missing if self.work_page.judged else ""
        self._progress.setText("   ".join(filter(None, (several, missing))) if working else "")


def _nothing(_: object) -> None:
    pass


def _numbered(name: str) -> list[str]:
    return [name, *(f"{name} {number}" for number in range(2, 1000))]


def _save(image: QImage, path: Path) -> None:
    """In a thread."""
    if not image.save(str(path)):
        raise MediaError("The pasted picture could not be kept for a moment.", "Free some space on the disk.")

"""A window with nothing but the gallery in it, over avatars in memory. Tells on its output where the tiles are, then each new
order: one JSON list a line.

usage: python -m tests.rig.gallery_window WIDTH HEIGHT
"""

from __future__ import annotations

import json
import sys
from typing import cast

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from avatarify.app.gallery.gallery import Gallery
from avatarify.app.tasks import Tasks
from avatarify.app.theme.theme import apply_theme
from avatarify.avatars import Avatars
from tests.app.gallery.shelves import MemoryShelf, avatar
from tests.app.quiet_live import quiet_call

NAMES = ("ada", "bo", "cy", "di", "ed")


def main(width: int, height: int) -> int:
    """Until it is killed."""
    app = QApplication([])
    apply_theme(app, "light")
    shelf = MemoryShelf(*(avatar(name, shade=40 * index) for index, name in enumerate(NAMES)))
    gallery = Gallery(quiet_call(Tasks(app)), lambda: cast(Avatars, shelf))
    gallery.setWindowTitle("Gallery")
    gallery.resize(width, height)
    gallery.show()
    told = False

    def tell_places() -> None:
        nonlocal told
        if not told and gallery.isActiveWindow() and gallery.model.rowCount() == len(NAMES):
            told = True
            app.processEvents()
            _tell([_place(gallery, row) for row in range(len(NAMES))])

    gallery.model.reordered.connect(_tell)
    gallery.model.modelReset.connect(tell_places)
    app.focusWindowChanged.connect(tell_places)
    return app.exec()


def _place(gallery: Gallery, row: int) -> list[int]:
    strip = gallery.strip
    at: QPoint = strip.viewport().mapToGlobal(strip.visualRect(gallery.model.index(row)).center())
    return [at.x(), at.y()]


def _tell(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))

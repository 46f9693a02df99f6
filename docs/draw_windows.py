"""Picture the gallery and the dialog that adds avatars, light and dark, for avatars.md. Needs no screen, camera or model.

usage: python -m docs.draw_windows [FOLDER]     (default: images/windows beside this file)
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before PySide6 makes its application

from PySide6.QtWidgets import QApplication, QWidget

from avatarify.app.avatar_import.avatar_import import AvatarImport
from avatarify.app.call import Call
from avatarify.app.gallery.gallery import Gallery
from avatarify.app.gallery.offered import Offered
from avatarify.app.tasks import Tasks
from avatarify.app.text.text import set_language
from avatarify.app.theme.theme import apply_theme
from avatarify.avatars import Avatars, Consent, FaceTools
from avatarify.errors import NotReadyError
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.live.live import Live
from avatarify.live.request import LiveRequest
from avatarify.media.images import read_image
from avatarify.paths import AVATARS

FOLDER = Path(__file__).resolve().parent / "images" / "windows"
THEMES = ("light", "dark")
QUALITY = 90

_PATIENCE_S = 60.0


def main(folder: Path) -> None:
    """Write every picture into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    set_language("en")
    tools = FaceTools(FaceSearch(), FaceMesh())
    for theme in THEMES:
        apply_theme(app, theme)
        tasks = Tasks()
        call = Call(_no_call, tasks=tasks)
        with tempfile.TemporaryDirectory() as own:
            shipped = Avatars([AVATARS, Path(own)], read_image, tools, size=256)
            _save(_gallery(call, shipped), folder / f"gallery-{theme}.jpg")
            _save(_dialog(call, Avatars([Path(own)], read_image, tools)), folder / f"add-avatar-{theme}.jpg")
        tasks.close(5.0)


def _gallery(call: Call, avatars: Avatars) -> QWidget:
    gallery = Gallery(call, lambda: avatars)
    gallery.resize(960, 150)
    gallery.show()
    _wait(lambda: gallery.model.rowCount() > 0 and call.tasks.under_way == 0)
    gallery.show_avatar("ilse")
    return gallery


def _dialog(call: Call, avatars: Avatars) -> QWidget:
    dialog = AvatarImport(call, avatars)
    dialog.show()
    dialog.offer(Offered((AVATARS / "astronaut.png",)))
    _wait(lambda: dialog.work_page.judged)
    dialog.work_page.consent_choice.choose(Consent.PUBLIC_DOMAIN)
    dialog.work_page.changed.emit()
    return dialog


def _save(window: QWidget, path: Path) -> None:
    QApplication.processEvents()
    window.grab().save(str(path), quality=QUALITY)
    window.close()
    window.deleteLater()
    sys.stdout.write(f"{path}\n")


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not done():
        if time.monotonic() > end:
            raise NotReadyError("The window was not ready in time.", "Try again while the machine is less busy.")
        QApplication.processEvents()
        time.sleep(0.01)


def _no_call(request: LiveRequest, told: Callable[[], None]) -> Live:
    raise NotReadyError("There is no call in a picture.")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)

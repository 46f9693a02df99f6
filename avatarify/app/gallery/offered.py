"""Pictures that come from outside: files that are dropped or pasted, or a picture from the clipboard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage


@dataclass(frozen=True, eq=False)
class Offered:
    """files: of any kind, folders too; reading them tells. image: a picture that has no file; None where there are files."""

    files: tuple[Path, ...] = ()
    image: QImage | None = None

    def __bool__(self) -> bool:
        return bool(self.files) or self.image is not None


def offered(mime: QMimeData | None) -> Offered:
    """What there is in a clipboard or under the pointer. Files come first: a browser gives both. Asks no disk: a folder of another
    computer may hang, and this is the Qt thread."""
    if mime is None:  # a clipboard that was never filled
        return Offered()
    if mime.hasUrls():
        files = tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())
        if files:
            return Offered(files)
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return Offered(image=image)
    return Offered()


def may_be_offered(mime: QMimeData) -> bool:
    """The same question without reading anything, for a pointer that is still moving."""
    return mime.hasImage() or (mime.hasUrls() and any(url.isLocalFile() for url in mime.urls()))

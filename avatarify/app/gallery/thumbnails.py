"""Small round-cornered pictures of avatars, made off the Qt thread, a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap
from shiboken6 import isValid

from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError

if TYPE_CHECKING:
    from avatarify.avatars import Avatar
    from avatarify.frame import Image

CORNER = 0.12
"""The radius of the corners as a share of the side."""

_BATCH = 24
_LANE = "thumbnails"


class Thumbnails(QObject):
    """ready: a name and its QPixmap. Pictures that were made already are not made again; a changed one is."""

    ready = Signal(str, QPixmap)

    def __init__(self, tasks: Tasks, side: int, parent: QObject | None = None) -> None:
        """side: of the pictures, in pixels of the screen, so that they need not be scaled when they are painted."""
        super().__init__(parent)
        self._tasks = tasks
        self._side = side
        self._made: dict[str, object] = {}  # what each was made of

    def ask(self, avatars: Sequence[Avatar]) -> None:
        """Make those that are missing."""
        names = {avatar.name for avatar in avatars}
        for gone in self._made.keys() - names:
            del self._made[gone]
        missing = [avatar for avatar in avatars if self._made.get(avatar.name) is not _origin(avatar)]
        for avatar in missing:
            self._made[avatar.name] = _origin(avatar)
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            self._tasks.run(partial(_drawn, batch, self._side), done=self._tell, failed=_not_made, lane=_LANE)

    def _tell(self, drawn: list[_Drawn]) -> None:
        if not isValid(self):  # the window was made anew while they were drawn
            return
        for name, image in drawn:
            self.ready.emit(name, QPixmap.fromImage(image))


class _Drawn(NamedTuple):
    name: str
    image: QImage


def thumbnail(image: Image, side: int) -> QImage:
    """image: uint8 [N,N,3] RGB. Any thread. side x side pixels with round corners."""
    import cv2
    import numpy as np

    small = np.ascontiguousarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA))
    plain = QImage(small.data, side, side, 3 * side, QImage.Format.Format_RGB888)
    rounded = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    rounded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(rounded)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(QRectF(0, 0, side, side), CORNER * side, CORNER * side)
    painter.setClipPath(shape)
    painter.drawImage(0, 0, plain)
    painter.end()
    return rounded


def _origin(avatar: Avatar) -> object:
    return avatar.portrait if avatar.portrait is not None else avatar.problems


def _drawn(avatars: list[Avatar], side: int) -> list[_Drawn]:
    """In a thread. An avatar whose file shows nothing gets no picture; its tile has a sign for that."""
    found = []
    for avatar in avatars:
        image = avatar.portrait if avatar.portrait is not None else _unusable(avatar, side)
        if image is not None:
            found.append(_Drawn(avatar.name, thumbnail(image, side)))
    return found


def _unusable(avatar: Avatar, side: int) -> Image | None:
    from avatarify.face.crop import centre_square
    from avatarify.media.images import read_image

    try:
        image = read_image(avatar.path, max_side=2 * side)
    except AvatarifyError:  # its problems say so
        return None
    return centre_square(image).apply(image)


def _not_made(_: AvatarifyError) -> None:
    """Tasks has logged it, and the tiles stay without pictures: they are named all the same."""

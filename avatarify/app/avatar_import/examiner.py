"""Reads and judges a picture off the Qt thread; while the square is dragged only the newest place of it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal

from avatarify.app.picture import Picture
from avatarify.app.tasks import Task, Tasks
from avatarify.avatars import FaceTools, Portrait, Sighting, look_for_faces, portrait_of
from avatarify.face.crop import Crop
from avatarify.media.images import read_image

if TYPE_CHECKING:
    from avatarify.errors import AvatarifyError
    from avatarify.frame import Image

PORTRAIT = 512
"""Pixels: the side of portraits that are tried."""

_PAINTED = 2048  # pixels of the longer side, enough for any screen's dialog
_LANE = "import"


@dataclass(frozen=True, eq=False)
class Examined:
    """A picture that was read. image: whole. painted: the same for the eye, reduced. portrait: cut by itself and judged."""

    path: Path
    image: Image
    painted: Picture
    seen: Sighting
    portrait: Portrait


class Examiner(QObject):
    """opened: an Examined. judged: a Portrait. failed: an AvatarifyError. One picture at a time, the newest."""

    opened = Signal(object)
    judged = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._tools: FaceTools | None = None
        self._examined: Examined | None = None
        self._opening: Task | None = None
        self._wanted: Crop | None = None
        self._judging: Task | None = None

    def open(self, path: Path) -> None:
        """Read a picture and look for faces in it."""
        self.close()
        self._opening = self._tasks.run(lambda: self._read(path), done=self._opened, failed=self._failed, lane=_LANE)

    def judge(self, crop: Crop) -> None:
        """Judge the picture in this square; an older question that still waits is forgotten."""
        self._wanted = crop
        if self._judging is None:
            self._judge_next()

    def close(self) -> None:
        """Nobody wants to know any more."""
        for task in (self._opening, self._judging):
            if task is not None:
                task.cancel()
        self._opening = self._judging = self._wanted = self._examined = None

    def _read(self, path: Path) -> Examined:
        """In a thread; the lane keeps two from using the tools at once."""
        from avatarify.face.mesh import FaceMesh
        from avatarify.face.search import FaceSearch

        image = read_image(path)
        if self._tools is None:
            self._tools = FaceTools(FaceSearch(), FaceMesh())
        seen = look_for_faces(image, self._tools)
        return Examined(path, image, Picture(_reduced(image)), seen, portrait_of(image, seen, size=PORTRAIT))

    def _opened(self, examined: Examined) -> None:
        self._opening = None
        self._examined = examined
        self.opened.emit(examined)

    def _failed(self, error: AvatarifyError) -> None:
        self._opening = None
        self.failed.emit(error)

    def _judge_next(self) -> None:
        examined, crop = self._examined, self._wanted
        if examined is None or crop is None:
            return
        self._wanted = None
        self._judging = self._tasks.run(
            lambda: portrait_of(examined.image, examined.seen, size=PORTRAIT, crop=crop),
            done=self._judged,
            failed=self._not_judged,
            lane=_LANE,
        )

    def _judged(self, portrait: Portrait) -> None:
        self._judging = None
        self.judged.emit(portrait)
        self._judge_next()

    def _not_judged(self, error: AvatarifyError) -> None:
        self._judging = None
        self.failed.emit(error)


def _reduced(image: Image) -> Image:
    height, width = image.shape[:2]
    scale = _PAINTED / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)

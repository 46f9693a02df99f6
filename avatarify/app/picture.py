"""A picture of the house as one that Qt paints fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from avatarify.frame import Image
    from avatarify.pipeline.output import Shown
    from avatarify.virtual_camera.composition import Look


class Picture:
    """A copy of uint8 [H,W,3] RGB as a QImage of the format that Qt scales and blends twice as fast as RGB."""

    def __init__(self, image: Image, *, mirrored: bool = False) -> None:
        """mirrored: left and right swapped."""
        import cv2

        if mirrored:
            image = cv2.flip(image, 1)  # type: ignore[assignment]
        self._pixels: npt.NDArray[np.uint8] = cv2.cvtColor(image, cv2.COLOR_RGB2BGRA)  # type: ignore[assignment]
        height, width = self._pixels.shape[:2]
        # QImage holds no reference to its bytes, so they live here as long as it does.
        self.image = QImage(self._pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)

    @property
    def size(self) -> QSize:
        """In pixels."""
        return self.image.size()


def as_others_see(shown: Shown, look: Look) -> Picture:
    """A picture of the call, mirrored where it goes out so."""
    return Picture(shown.image, mirrored=look.mirror and shown.showing.of_avatar)


def fitted(size: QSize, place: QRect) -> QRect:
    """The largest rectangle of size's proportions in the middle of `place`."""
    scale = min(place.width() / max(1, size.width()), place.height() / max(1, size.height()))
    fit = QRect(0, 0, max(1, round(size.width() * scale)), max(1, round(size.height() * scale)))
    fit.moveCenter(place.center())
    return fit


def round_corners(painter: QPainter, rect: QRect, radius: float, ground: str) -> None:
    """Paint over the corners of a rectangle in the colour of what is around it."""
    path = QPainterPath()  # filled by the odd-even rule: between the two; subtracting paths costs a millisecond
    path.addRect(QRectF(rect))
    path.addRoundedRect(QRectF(rect), radius, radius)
    painter.fillPath(path, QColor(ground))

"""Where one shot of a film ends and the next begins. Hard cuts only: a slow dissolve looks like motion."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
import numpy.typing as npt

from avatarify.frame import Image

_SIDE = 32
_BINS = 6  # a colour
_RECENT = 12  # frames
# A cut changes the place of things or their colours at once, and much more than the frames before did.
_PIXELS, _PIXELS_TIMES = 22.0, 3.5  # grey levels; times the recent median
_COLOURS, _COLOURS_TIMES = 0.45, 3.0  # share of pixels that changed their colour


class ShotChanges:
    """Looks at every frame of a film in order and says where a shot begins."""

    def __init__(self) -> None:
        self._before: tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]] | None = None
        self._pixels: deque[float] = deque(maxlen=_RECENT)
        self._colours: deque[float] = deque(maxlen=_RECENT)

    def begins(self, image: Image) -> bool:
        """Whether a new shot begins with this frame, uint8 [H,W,3]. True for the first."""
        small = cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        colours = cv2.calcHist([small], [0, 1, 2], None, [_BINS] * 3, [0, 256] * 3).reshape(-1) / _SIDE**2
        now = (small.astype(np.float32), colours.astype(np.float32))
        before, self._before = self._before, now
        if before is None:
            return True
        pixels = float(np.abs(now[0] - before[0]).mean())
        changed = float(np.abs(now[1] - before[1]).sum() / 2)
        moved = pixels > _PIXELS and pixels > _PIXELS_TIMES * _median(self._pixels)
        coloured = changed > _COLOURS and changed > _COLOURS_TIMES * _median(self._colours) and pixels > _PIXELS / 2
        self._pixels.append(pixels)
        self._colours.append(changed)
        return moved or coloured


def _median(values: deque[float]) -> float:
    return float(np.median(values)) if values else 0.0

"""The small word in the corner that tells the others in a call that they see an avatar and not a camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from avatarify.frame import Image

WORD = "avatar"

_HEIGHT = 0.042  # of the frame's height
_MARGIN = 0.030
_LEAST = 16  # pixels: smaller words cannot be read
_FINER = 4  # drawn so much larger, then reduced: smooth edges
_GROUND, _GROUND_ALPHA = (14, 17, 26), 0.58
_INK = (255, 255, 255)
_DOT = (110, 214, 190)


@dataclass(frozen=True, eq=False)
class Badge:
    """A drawn badge, ready to be laid over frames. top, left: pixels from the upper left corner of the frame.
    ink: float32 [h,w,3], colour times opacity, 0..255. keep: float32 [h,w,1], what stays of the frame, 0..1.
    """

    top: int
    left: int
    ink: npt.NDArray[np.float32]
    keep: npt.NDArray[np.float32]

    def put_on(self, frame: Image) -> None:
        """Lays the badge over the frame, uint8 [H,W,3], in place."""
        height, width = self.ink.shape[:2]
        part = frame[self.top : self.top + height, self.left : self.left + width]
        part[:] = part * self.keep + self.ink


def draw_badge(frame_height: int) -> Badge:
    """The badge for frames of this height in pixels, in the lower left corner, where meeting apps' own name tags leave the
    picture's edge free.
    """
    height = max(_LEAST, round(frame_height * _HEIGHT))
    margin = max(4, round(frame_height * _MARGIN))
    fine = height * _FINER
    font = ImageFont.load_default(size=fine * 0.56)
    text_width = font.getlength(WORD)
    dot, inset = fine * 0.30, fine * 0.42
    width = int(inset + dot + fine * 0.26 + text_width + inset * 1.1)
    width -= width % _FINER
    cover, ink = Pillow.new("L", (width, fine), 0), Pillow.new("RGB", (width, fine), _GROUND)
    ImageDraw.Draw(cover).rounded_rectangle((0, 0, width - 1, fine - 1), radius=fine / 2, fill=255)
    marks = Pillow.new("L", (width, fine), 0)
    pen = ImageDraw.Draw(marks)
    middle = fine / 2
    pen.ellipse((inset, middle - dot / 2, inset + dot, middle + dot / 2), fill=255)
    pen.text((inset + dot + fine * 0.26, middle), WORD, font=font, fill=255, anchor="lm")
    colors = Pillow.new("RGB", (width, fine), _INK)
    ImageDraw.Draw(colors).rectangle((0, 0, inset + dot, fine), fill=_DOT)
    ink.paste(colors, mask=marks)
    small = (width // _FINER, height)
    cover, marks, ink = (layer.resize(small, Pillow.Resampling.BOX) for layer in (cover, marks, ink))
    ground, mark = (np.asarray(layer, np.float32)[:, :, None] / 255 for layer in (cover, marks))
    opacity = ground * (_GROUND_ALPHA + (0.96 - _GROUND_ALPHA) * mark)
    return Badge(
        top=frame_height - margin - height,
        left=margin,
        ink=(np.asarray(ink, np.float32) * opacity + 0.5).astype(np.float32),
        keep=(1 - opacity).astype(np.float32),
    )

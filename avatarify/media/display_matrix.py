"""How a video asks to be turned and mirrored before it is shown."""

from __future__ import annotations

import logging
from typing import NamedTuple

import numpy as np
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame

from avatarify.frame import Image

logger = logging.getLogger(__name__)


class DisplayMatrix(NamedTuple):
    """A quarter turn and mirrorings: first rows and columns are exchanged, then the columns and the rows are reversed."""

    transposed: bool
    columns_reversed: bool
    rows_reversed: bool

    @classmethod
    def of(cls, frame: VideoFrame) -> DisplayMatrix | None:
        """The matrix that a decoded frame carries, to the nearest quarter turn, or None."""
        try:
            data = frame.side_data.get("DISPLAYMATRIX")
        except (
            ValueError
        ) as error:  # PyAV fails on kinds of data that are newer than itself, such as a photograph's EXIF
            logger.info("side data that PyAV does not know, the turn is taken as none: %s", error)
            return None
        if not isinstance(data, SideData):
            return None
        # Nine integers, row by row; a stored (x, y) is shown at (a x + c y, b x + d y).
        a, b, _, c, d, *_ = np.frombuffer(bytes(data), np.int32)
        if abs(int(b)) > abs(int(a)):
            return cls(True, bool(c < 0), bool(b < 0))
        return cls(False, bool(a < 0), bool(d < 0))

    def turn(self, image: Image) -> Image:
        """image: [H,W,3] as stored. Returns it as it is to be shown, contiguous; [W,H,3] when transposed."""
        if self.transposed:
            image = image.transpose(1, 0, 2)
        if self.columns_reversed:
            image = image[:, ::-1]
        if self.rows_reversed:
            image = image[::-1]
        return np.ascontiguousarray(image)


UPRIGHT = DisplayMatrix(False, False, False)

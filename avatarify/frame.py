"""One picture on its way through the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Image: TypeAlias = npt.NDArray[np.uint8]
"""uint8 [H,W,3], RGB, 0..255."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture and where it comes from. `index` and `captured_at` stay with it to the end, so latency can be measured.

    image: uint8 [H,W,3] RGB. index: counts from 0 at its source. captured_at: seconds, on the source's own clock
    (time.monotonic() for a camera, the presentation time for a file).
    """

    image: Image
    index: int
    captured_at: float

"""How alike two pictures are."""

from __future__ import annotations

import numpy as np

from avatarify.frame import Image


def difference(a: Image, b: Image) -> int:
    """The largest, in grey levels."""
    assert a.shape == b.shape
    return int(np.abs(a.astype(int) - b.astype(int)).max())

"""A picture, a folder for clips, and folders that cannot be written to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.frame import Image
from tests.fakes.disks import full_disk, locked_folder

__all__ = ["full_disk", "locked_folder"]


@pytest.fixture(scope="module")
def picture() -> Image:
    """40 x 24, smooth, different in every corner and every channel."""
    y, x = np.mgrid[0:24, 0:40]
    return np.stack([40 + x * 5, 30 + y * 8, 220 - x * 3 - y * 2], axis=2).astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all the clips of a module."""
    return tmp_path_factory.mktemp("clips")

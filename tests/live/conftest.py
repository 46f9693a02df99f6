"""Avatars for the calls of these tests, and a call that runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.media.images import write_image
from avatarify.paths import AVATARS
from tests.fakes.disks import hanging_disk
from tests.live.stage import Stage

__all__ = ["hanging_disk"]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """A tiny network gains nothing from more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    (tmp_path / "avatars").mkdir()
    for name in ("ilse", "kofi"):
        shutil.copy(AVATARS / f"{name}.png", tmp_path / "avatars")
    write_image(tmp_path / "avatars" / "wall.png", np.full((64, 64, 3), 99, np.uint8))
    return tmp_path


@pytest.fixture
def stage(folder: Path) -> Iterator[Stage]:
    stage = Stage(folder)
    with stage.live:
        yield stage

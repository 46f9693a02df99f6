"""The shelf that window and call share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from avatarify.live.shelf import open_avatars
from avatarify.paths import AVATARS, user_cache


def test_it_finds_the_pictures_and_remembers_them_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    (tmp_path / "own").mkdir()
    shutil.copy(AVATARS / "ilse.png", tmp_path / "own")
    avatars = open_avatars([tmp_path / "none", tmp_path / "own"], size=96)
    assert avatars.folder == tmp_path / "own"
    (ilse,) = avatars.reload()
    assert ilse.own
    assert ilse.portrait is not None
    assert ilse.portrait.shape == (96, 96, 3)
    assert len(list((user_cache() / "portraits").iterdir())) == 1

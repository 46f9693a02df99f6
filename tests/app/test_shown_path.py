"""Paths as people read them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from avatarify.app.shown_path import shown_path


@pytest.mark.skipif(sys.platform == "win32", reason="its terminals do not know ~")
def test_the_user_s_own_folder_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "ada"))
    assert shown_path(tmp_path / "ada" / "models" / "x.pth") == "~/models/x.pth"
    assert shown_path(tmp_path / "adam") == str(tmp_path / "adam")

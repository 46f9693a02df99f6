"""The user's own files lie together, apart from what the project ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify import paths
from avatarify.paths import AVATARS, PROJECT, user_avatars, user_calibrations, user_models

USERS = (
    paths.user_models,
    paths.user_avatars,
    paths.user_calibrations,
    paths.user_avatar_settings,
    paths.user_preferences,
    paths.user_places,
    paths.user_cache,
    paths.user_log,
    paths.user_runtime,
)


@pytest.fixture(autouse=True)
def no_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("AVATARIFY_HOME", "AVATARIFY_MODELS"):
        monkeypatch.delenv(variable, raising=False)


def test_the_users_files_lie_outside_the_project() -> None:
    assert user_avatars().parent == user_calibrations().parent
    assert not any(PROJECT in path().parents for path in USERS)
    assert AVATARS.is_dir()


def test_no_two_are_the_same() -> None:
    assert len({path() for path in USERS}) == len(USERS)


def test_one_folder_holds_everything(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path))
    assert all(tmp_path in path().parents for path in USERS)
    assert len({path() for path in USERS}) == len(USERS)


def test_models_may_lie_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AVATARIFY_MODELS", str(tmp_path / "models"))
    assert user_models() == tmp_path / "models"

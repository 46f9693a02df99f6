"""The user's own files lie together, apart from what the project ships."""

from __future__ import annotations

from avatarify.paths import AVATARS, PROJECT, user_avatars, user_calibrations


def test_the_users_files_lie_outside_the_project() -> None:
    assert user_avatars().parent == user_calibrations().parent
    assert PROJECT not in user_avatars().parents
    assert AVATARS.is_dir()

"""The optional landmark network: known by how its hash begins, imported, never fetched."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from avatarify.catalog import landmark_file
from avatarify.catalog.landmark_file import NAME, SHA256_BEGINS, import_landmarks, installed_landmarks, is_landmark_file
from avatarify.errors import CheckpointError

CONTENT = b"stands in for 96 MB of weights"


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder instead of the user's own models, and a hash that our content has."""
    monkeypatch.setenv("AVATARIFY_MODELS", str(tmp_path / "user"))
    monkeypatch.setattr(landmark_file, "SHA256_BEGINS", hashlib.sha256(CONTENT).hexdigest()[:10])
    return tmp_path / "user"


def test_the_right_file_is_copied_under_its_own_name(tmp_path: Path, user: Path) -> None:
    assert installed_landmarks() is None
    file = tmp_path / "2DFAN4-11f355bf06 (1).pth.tar"
    file.write_bytes(CONTENT)
    assert is_landmark_file(file)
    where = import_landmarks(file)
    assert where == installed_landmarks() == user / "landmarks" / NAME
    assert where.read_bytes() == file.read_bytes() == CONTENT
    assert list(where.parent.iterdir()) == [where]


def test_another_file_is_refused_and_nothing_is_left(tmp_path: Path, user: Path) -> None:
    file = tmp_path / NAME
    file.write_bytes(CONTENT + b"!")
    with pytest.raises(CheckpointError, match="its sha256 begins with"):
        import_landmarks(file)
    assert not user.exists()


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="There is no file"):
        import_landmarks(tmp_path / NAME)


def test_the_folder_cannot_be_made(tmp_path: Path, user: Path) -> None:
    user.write_text("in the way")
    file = tmp_path / NAME
    file.write_bytes(CONTENT)
    with pytest.raises(CheckpointError, match="cannot be written"):
        import_landmarks(file)


def test_digits_of_the_hash_are_those_of_the_name() -> None:
    assert SHA256_BEGINS in NAME
    assert not is_landmark_file(Path("vox-adv-cpk.pth.tar"))

from __future__ import annotations

from pathlib import Path

import pytest

from avatarify.embed.replacement import NewFile, replace_together
from avatarify.errors import MediaError
from avatarify.media.part_file import PartFile


@pytest.fixture
def files(tmp_path: Path) -> list[NewFile]:
    """Two that are there and one that is not."""
    (tmp_path / "a").write_bytes(b"old a")
    (tmp_path / "c").write_bytes(b"old c")
    return [NewFile(tmp_path / name, f"new {name}".encode()) for name in "abc"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_change(files: list[NewFile], tmp_path: Path) -> None:
    replace_together(files)
    assert contents(tmp_path) == {"a": b"new a", "b": b"new b", "c": b"new c"}


def test_a_file_that_cannot_be_written_keeps_the_others(files: list[NewFile], tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="does not exist"):
        replace_together([*files, NewFile(tmp_path / "nowhere" / "d", b"new d")])
    assert contents(tmp_path) == {"a": b"old a", "c": b"old c"}


def test_a_rename_that_fails_takes_those_before_it_back(
    files: list[NewFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = PartFile.commit

    def commit_until_c(part: PartFile) -> None:
        if part.target.name == "c":
            raise MediaError("The disk is gone.")
        commit(part)

    monkeypatch.setattr(PartFile, "commit", commit_until_c)
    with pytest.raises(MediaError, match="gone"):
        replace_together(files)
    assert contents(tmp_path) == {"a": b"old a", "c": b"old c"}

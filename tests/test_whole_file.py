"""Files that are there whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from avatarify.whole_file import write_whole
from tests.fakes.disks import full_disk

__all__ = ["full_disk"]


@pytest.mark.parametrize("lasting", [True, False])
def test_the_parts_follow_each_other_and_nothing_lies_beside(tmp_path: Path, lasting: bool) -> None:
    path = tmp_path / "new" / "a.bin"
    write_whole(path, b"one ", memoryview(b"two"), lasting=lasting)
    assert path.read_bytes() == b"one two"
    write_whole(path, b"three", lasting=lasting)
    assert path.read_bytes() == b"three"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="rights are others there")
def test_only_this_user_may_read_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"")
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0


def test_a_full_disk_leaves_the_older_file_and_nothing_else(full_disk: Path) -> None:
    path = full_disk / "a"
    write_whole(path, b"old")
    with pytest.raises(OSError, match=r"space|large"):
        write_whole(path, b"x" * 1_000_000)
    assert path.read_bytes() == b"old"
    assert list(full_disk.iterdir()) == [path]


def test_a_place_that_is_taken_by_a_folder_stays_one(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises((IsADirectoryError, PermissionError)):
        write_whole(tmp_path / "a", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]

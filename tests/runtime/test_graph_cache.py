"""Graphs that are kept, and made anew where they cannot be used."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from avatarify.runtime.graph_cache import GraphCache, file_digest, source_digest


def test_what_was_written_is_read_by_who_knows_the_same_facts(tmp_path: Path) -> None:
    cache = GraphCache(tmp_path, ("model", "1"))
    assert cache.read("motion") is None
    cache.write("motion", b"graph")
    assert cache.read("motion") == b"graph"
    assert GraphCache(tmp_path, ("model", "1")).read("motion") == b"graph"
    assert GraphCache(tmp_path, ("model", "2")).read("motion") is None
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("damage", ["cut", "flip", "empty"])
def test_a_damaged_file_is_told_and_made_anew(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    cache = GraphCache(tmp_path, ("model",))
    cache.write("motion", b"graph")
    (path,) = tmp_path.rglob("*.graph")
    content = path.read_bytes()
    path.write_bytes({"cut": content[:-1], "flip": content[:-1] + b"?", "empty": b""}[damage])
    with caplog.at_level(logging.WARNING):
        assert cache.read("motion") is None
    assert "motion.graph cannot be used (it is damaged): it is made anew" in caplog.text
    assert not path.exists()
    cache.write("motion", b"graph")
    assert cache.read("motion") == b"graph"


def test_a_folder_that_cannot_be_made_costs_time_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = GraphCache(tmp_path / "file" / "cache", ("model",))
    with caplog.at_level(logging.WARNING):
        cache.write("motion", b"graph")
    assert "cannot be kept" in caplog.text


def test_old_folders_go(tmp_path: Path) -> None:
    for number in range(12):
        GraphCache(tmp_path, (str(number),)).write("motion", b"graph")
        assert GraphCache(tmp_path, ("0",)).read("motion") == b"graph", "what is used stays"
    assert len(list(tmp_path.iterdir())) == 8
    assert GraphCache(tmp_path, ("11",)).read("motion") == b"graph"
    assert GraphCache(tmp_path, ("1",)).read("motion") is None


def test_digests_change_with_their_files(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("one")
    before = file_digest(path), source_digest(tmp_path)
    path.write_text("two")
    assert file_digest(path) != before[0]
    assert source_digest(tmp_path) != before[1]

"""Quotas as Linux tells them, in folders that look like its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from avatarify.runtime import cores, openvino
from avatarify.runtime.cores import usable_cores


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sixteen cores; the process belongs to the group a/b."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    (tmp_path / "groups/a/b").mkdir(parents=True)
    (tmp_path / "own").write_text("12:cpu:/elsewhere\n0::/a/b\n")
    (tmp_path / "groups/cpu.max").write_text("max 100000\n")
    return tmp_path / "groups"


def found(groups: Path) -> int:
    return usable_cores(groups=groups, own=groups.parent / "own")


def test_without_a_quota_all_count(groups: Path) -> None:
    assert found(groups) == 16
    assert usable_cores(groups=groups, own=groups / "absent") == 16
    (groups / "a/b/cpu.max").write_text("max 100000\n")
    assert found(groups) == 16


@pytest.mark.parametrize(
    ("quota", "counted"), [("200000 100000", 2), ("350000 100000", 3), ("50000 100000", 1), ("9900000 100000", 16)]
)
def test_a_quota_counts_in_whole_cores(groups: Path, quota: str, counted: int) -> None:
    (groups / "a/b/cpu.max").write_text(quota)
    assert found(groups) == counted


@pytest.mark.parametrize(("quota", "counted"), [("250000", 2), ("-1", 16)])
def test_quotas_of_the_older_kind_count(groups: Path, quota: str, counted: int) -> None:
    (groups.parent / "own").write_text("9:memory:/x\n4:cpu,cpuacct:/docker/c\n0::/\n")
    folder = groups / "cpu/docker/c"
    folder.mkdir(parents=True)
    (folder / "cpu.cfs_quota_us").write_text(f"{quota}\n")
    (folder / "cpu.cfs_period_us").write_text("100000\n")
    assert found(groups) == counted


def test_in_a_container_of_the_older_kind_the_group_is_mounted_at_the_root(groups: Path) -> None:
    (groups.parent / "own").write_text("4:cpu,cpuacct:/docker/c\n")
    (groups / "cpu").mkdir()
    (groups / "cpu/cpu.cfs_quota_us").write_text("300000")
    (groups / "cpu/cpu.cfs_period_us").write_text("100000")
    assert found(groups) == 3


def test_a_quota_of_a_group_around_it_counts_too(groups: Path) -> None:
    (groups / "a/b/cpu.max").write_text("400000 100000")
    (groups / "a/cpu.max").write_text("300000 100000")
    assert found(groups) == 3
    (groups.parent / "cpu.max").write_text("100000 100000")
    assert found(groups) == 3, "what lies outside is no group"


def test_in_a_container_the_process_is_at_the_root(groups: Path) -> None:
    (groups.parent / "own").write_text("0::/\n")
    (groups / "cpu.max").write_text("200000 100000")
    assert found(groups) == 2


@pytest.mark.parametrize("text", ["", "some 100000", "100000", "100000 0"])
def test_what_cannot_be_read_is_no_quota(groups: Path, text: str) -> None:
    (groups / "a/b/cpu.max").write_text(text)
    assert found(groups) == 16


@pytest.mark.parametrize(("usable", "threads"), [(1, 1), (2, 2), (3, 2), (4, 3), (8, 7), (16, 8)])
def test_threads_of_the_engine(usable: int, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openvino, "usable_cores", lambda: usable)
    assert openvino._threads() == threads


def test_this_machine_has_cores() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
    assert cores._quota(Path("/absent"), Path("/absent")) is None

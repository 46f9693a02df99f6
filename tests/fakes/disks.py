"""Folders into which nothing, or hardly anything, can be written. Fixtures for the tests that write files."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.live import PATIENCE_S

TINY_DISK = 64 * 1024


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder in which no more than 64 kB fit: a tiny disk of its own where that may be mounted (errno ENOSPC), else
    this process may not write longer files (errno EFBIG).
    """
    folder = tmp_path / "full"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={TINY_DISK}", "tmpfs", str(folder)]
    if sys.platform == "linux" and os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0:
        try:
            yield folder
        finally:
            subprocess.run(["umount", str(folder)], check=True)
        return
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (TINY_DISK, limits[1]))
    try:
        yield folder
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture
def locked_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder into which nothing can be written."""
    folder = tmp_path / "locked"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "ro,size=4096", "tmpfs", str(folder)]
    if sys.platform == "linux" and os.geteuid() == 0:
        if subprocess.run(mount, capture_output=True).returncode != 0:
            pytest.skip("root may write everywhere, and nothing can be mounted here")
        try:
            yield folder
        finally:
            subprocess.run(["umount", str(folder)], check=True)
        return
    if sys.platform == "win32":
        pytest.skip("folders have no write bit on Windows")
    folder.chmod(0o555)
    try:
        yield folder
    finally:
        folder.chmod(0o755)


class HangingDisk:
    """Once it is `stuck` nothing lasts until the test lets go. hangs: somebody waits for it."""

    def __init__(self) -> None:
        self.stuck = False
        self.hangs = threading.Event()
        self.go_on = threading.Event()

    def fsync(self, _: int) -> None:
        if not self.stuck:
            return
        self.hangs.set()
        self.go_on.wait(2 * PATIENCE_S)  # longer than a test waits for what does not wait for the disk


@pytest.fixture
def hanging_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[HangingDisk]:
    """What is to be on the disk for good waits for it, as soon as the test says so."""
    disk = HangingDisk()
    monkeypatch.setattr(os, "fsync", disk.fsync)
    yield disk
    disk.go_on.set()

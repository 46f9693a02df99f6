"""Fixtures of the tests that write files."""

from __future__ import annotations

from tests.fakes.disks import full_disk, locked_folder

__all__ = ["full_disk", "locked_folder"]

"""Memory at its highest."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from avatarify.bench.footprint import peak_memory_mb
before = peak_memory_mb()
block = bytearray(b"x") * 60_000_000
del block
print(before, peak_memory_mb())
"""


def test_the_peak_stays_when_memory_is_given_back() -> None:
    """In a process of its own, which is also not told its parent's peak."""
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    before, after = map(float, ended.stdout.split())
    assert 5 < before < 60
    assert 55 < after - before < 75

"""Keeps a long call's memory flat."""

from __future__ import annotations

import ctypes
import platform

_M_ARENA_MAX = -8  # of glibc's malloc.h
_ARENAS = 2


def bound_arenas() -> None:
    """Let all threads share two heaps on Linux with glibc; elsewhere nothing.

    glibc gives every new thread a heap of its own, up to eight a core, and a freed frame stays with the heap that it came
    from. Each thread that a replugged camera brings raised the process by megabytes that never came back (measured by
    `python -m benchmarks.soak`); with two heaps they are used again.
    """
    if platform.system() == "Linux" and platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)

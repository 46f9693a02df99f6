"""In a process of its own: the number of heaps is for the whole process and for good."""

from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys

import pytest

from avatarify.live import allocator

GLIBC = platform.system() == "Linux" and platform.libc_ver()[0] == "glibc"

# Eight threads hold a piece of memory each, all at once; malloc_info then lists the heaps there are.
COUNT_HEAPS = """
import ctypes, os, sys, tempfile, threading
from avatarify.live.allocator import bound_arenas
if sys.argv[1] == "bounded":
    bound_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]
together = threading.Barrier(9)
def hold():
    piece = libc.malloc(4096)
    together.wait(20)
    together.wait(20)
    libc.free(piece)
threads = [threading.Thread(target=hold) for _ in range(8)]
for thread in threads:
    thread.start()
together.wait(20)
with tempfile.TemporaryFile() as file:
    stream = libc.fdopen(os.dup(file.fileno()), b"w")
    libc.malloc_info(0, stream)
    libc.fclose(stream)
    file.seek(0)
    print(file.read().count(b"<heap nr="))
together.wait(20)
for thread in threads:
    thread.join()
"""


def heaps(how: str) -> int:
    environment = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    done = subprocess.run(
        [sys.executable, "-c", COUNT_HEAPS, how],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=environment,
    )
    return int(done.stdout)


@pytest.mark.skipif(not GLIBC, reason="only glibc gives each thread a heap")
def test_all_threads_share_two_heaps() -> None:
    assert heaps("as it is") > 2, "else there is nothing to bound"
    assert heaps("bounded") <= 2


class NotGlibc:
    """A C library that must not be asked."""

    def __init__(self, name: str | None) -> None:
        raise AssertionError(f"the C library {name} was opened")


@pytest.mark.parametrize(("system", "library"), [("Windows", ""), ("Darwin", ""), ("Linux", "musl")])
def test_elsewhere_nothing_is_done(monkeypatch: pytest.MonkeyPatch, system: str, library: str) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "libc_ver", lambda: (library, ""))
    monkeypatch.setattr(ctypes, "CDLL", NotGlibc)
    allocator.bound_arenas()

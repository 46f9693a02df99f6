"""Which programs have a device open, by name: read from /proc, so Linux only and only programs of the same user (or all, as root)."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

_ACCESS_MODE, _WRITE_ONLY = 3, 1  # of the flags in /proc/PID/fdinfo


@dataclass(frozen=True)
class Holder:
    """A process that has the device open. only_writes: it opened it for writing only, as a producer of pictures does;
    programs that open it for both may do either.
    """

    process: int
    name: str
    only_writes: bool

    def __str__(self) -> str:
        return f"{self.name} (process {self.process})"


def find_holders(device: str | Path, *, proc: Path = Path("/proc"), besides: int | None = None) -> tuple[Holder, ...]:
    """Every process with an open handle on the device, by process number. besides: a process to leave out; None leaves
    out this one. proc: a folder like /proc. Costs milliseconds (it reads every process): not for the output thread.
    Empty also where nothing can be seen.
    """
    target = os.path.realpath(device)
    me = os.getpid() if besides is None else besides
    found = []
    with contextlib.suppress(OSError):
        for folder in sorted(proc.iterdir(), key=lambda path: (len(path.name), path.name)):
            if folder.name.isdigit() and int(folder.name) != me:
                modes = _open_modes(folder, target)
                if modes:
                    found.append(Holder(int(folder.name), _name(folder), all(mode == _WRITE_ONLY for mode in modes)))
    return tuple(found)


def _open_modes(folder: Path, target: str) -> list[int]:
    """Access modes of the process's handles on the target."""
    modes = []
    with contextlib.suppress(OSError):  # another user's process, or one that has just ended
        for link in (folder / "fd").iterdir():
            if _points_to(link, target):
                modes.append(_access_mode(folder / "fdinfo" / link.name))
    return modes


def _points_to(link: Path, target: str) -> bool:
    try:
        return str(link.readlink()) == target
    except OSError:
        return False


def _access_mode(file: Path) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in file.read_text().splitlines():
            if line.startswith("flags:"):
                return int(line.split()[1], 8) & _ACCESS_MODE
    return _ACCESS_MODE - 1  # read and write: the mode that says least


def _name(folder: Path) -> str:
    """The program's name; for a Python program that of its script."""
    try:
        name = (folder / "comm").read_text().strip()
        words = [word for word in (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0") if word]
    except OSError:
        return "a program"
    if name.startswith("python") and len(words) > 1 and not words[1].startswith("-"):
        return Path(words[1]).name
    return name

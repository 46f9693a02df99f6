"""Which programs have a device open, by name: read from /proc, so Linux only and only programs of the same user (or all, as root)."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_ACCESS_MODE, _WRITE_ONLY = 3, 1  # of the flags in /proc/PID/fdinfo
_FIRST_USER, _NOBODY = 1000, 65534  # user numbers: below are the system's


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


class HolderWatch:
    """Knows which other programs have a device open, without making anyone wait: a thread looks when it was asked and the
    answer has grown old. Any thread may ask.
    """

    def __init__(
        self,
        device: str | Path,
        *,
        every_s: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
        proc: Path = Path("/proc"),
    ) -> None:
        """every_s: how old an answer may grow. clock: seconds."""
        self._device, self._every_s, self._clock, self._proc = device, every_s, clock, proc
        self._lock = threading.Lock()
        self._answer: tuple[Holder, ...] | None = None
        self._looked_at = -float("inf")
        self._looking = False

    @property
    def any_holder(self) -> bool | None:
        """See `holders`."""
        holders = self.holders
        return bool(holders) if holders is not None else None

    @property
    def holders(self) -> tuple[Holder, ...] | None:
        """By process number. None: not known yet, or it cannot be known, because the device is no file or a program hides what it
        has open."""
        with self._lock:
            if not self._looking and self._clock() - self._looked_at >= self._every_s:
                self._looking = True
                self._looked_at = self._clock()
                threading.Thread(target=self._look, name="holder watch", daemon=True).start()
            return self._answer

    def _look(self) -> None:
        try:
            found: tuple[Holder, ...] | None = find_holders(self._device, proc=self._proc)
            if not found and (not Path(self._device).exists() or hides_something(self._proc)):
                found = None
        finally:
            with self._lock:
                self._looking = False
        with self._lock:
            self._answer = found


def hides_something(proc: Path = Path("/proc")) -> bool:
    """Some program of a user (not of the system) does not show what it has open, as browsers' inner processes do; or there is
    no /proc here.
    """
    try:
        folders = [folder for folder in proc.iterdir() if folder.name.isdigit()]
    except OSError:
        return True
    return not folders or any(_hides(folder) for folder in folders)


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


def _hides(folder: Path) -> bool:
    try:
        next((folder / "fd").iterdir(), None)
    except PermissionError:
        with contextlib.suppress(OSError, ValueError, IndexError):
            for line in (folder / "status").read_text().splitlines():
                if line.startswith("Uid:"):
                    user = int(line.split()[1])
                    return _FIRST_USER <= user < _NOBODY
        return False
    except OSError:  # it has just ended
        return False
    return False


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
    """The program's name; for a Python program that of its script or module."""
    try:
        name = (folder / "comm").read_text().strip()
        words = [word for word in (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0") if word]
    except OSError:
        return "a program"
    if name.startswith("python") and len(words) > 2 and words[1] == "-m":
        return words[2]
    if name.startswith("python") and len(words) > 1 and not words[1].startswith("-"):
        return Path(words[1]).name
    return name

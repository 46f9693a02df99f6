"""How many cores this process may keep busy: those it may run on, and no more than a container lets it pay for."""

from __future__ import annotations

import os
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def usable_cores(*, groups: Path = _GROUPS, own: Path = _OWN) -> int:
    """At least 1. groups, own: where Linux tells quotas (cgroup 2 and 1), and to which groups this process belongs.

    A container with a quota of two cores sees all of the machine's; more threads than it pays for are halted together.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(groups, own)
    return cores if quota is None else max(1, min(cores, int(quota)))


def _quota(groups: Path, own: Path) -> float | None:
    """The smallest of the process's group and those around it, in cores. None without one, and where there are no such groups."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return None
    found = []
    for line in lines:
        _, controllers, inside = line.split(":", 2)
        if controllers == "":  # cgroup 2
            found += [_quota_of(folder / "cpu.max") for folder in _around(groups, inside)]
        elif "cpu" in controllers.split(","):
            for folder in _around(groups / "cpu", inside):
                found.append(_quota_of(folder / "cpu.cfs_quota_us", folder / "cpu.cfs_period_us"))
    return min((quota for quota in found if quota is not None), default=None)


def _around(root: Path, inside: str) -> list[Path]:
    """The folder of a group and of those around it."""
    folder = root / inside.strip("/")
    return [each for each in (folder, *folder.parents) if each.is_relative_to(root)]


def _quota_of(*files: Path) -> float | None:
    """files: together "200000 100000", microseconds of work in each period of so many; "max 100000" or "-1 100000" is no quota."""
    try:
        work, period = (int(part) for file in files for part in file.read_text(encoding="ascii").split())
    except (OSError, ValueError):  # no such file, or no quota
        return None
    return work / period if period > 0 and work > 0 else None

"""The most memory that this process has held at a time."""

from __future__ import annotations

import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_memory_mb() -> float:
    """Megabytes (10**6 bytes) of resident memory, at its highest. Linux, macOS and Windows."""
    # Not getrusage on Linux: it hands a parent's peak down to its child.
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    if sys.platform == "win32":
        return _peak_on_windows()
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS counts bytes


def _peak_on_windows() -> float:
    import ctypes

    class Counters(ctypes.Structure):
        _fields_ = (
            ("cb", ctypes.c_uint32),
            ("page_faults", ctypes.c_uint32),
            ("peak_working_set", ctypes.c_size_t),
            ("others", ctypes.c_size_t * 7),
        )

    counters = Counters(cb=ctypes.sizeof(Counters))
    windows = ctypes.windll  # type: ignore[attr-defined,unused-ignore]
    process = ctypes.c_void_p(windows.kernel32.GetCurrentProcess())
    if not windows.psapi.GetProcessMemoryInfo(process, ctypes.byref(counters), counters.cb):
        raise OSError("GetProcessMemoryInfo failed")
    return float(counters.peak_working_set) / 1e6

"""Which pixel formats, sizes and rates a Linux camera offers, and which of them to take."""

from __future__ import annotations

import contextlib
import errno
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

_ENUM_FMT, _ENUM_FRAMESIZES, _ENUM_FRAMEINTERVALS = 0xC0405602, 0xC02C564A, 0xC034564B
_REQBUFS = 0xC0145608
_CAPTURE, _MEMORY_MMAP, _DISCRETE = 1, 1, 1
_MOST_ENTRIES = 64  # a driver that never says "end of list" must not hang us
_USUAL_SIZES = ((640, 480), (1280, 720), (1920, 1080))  # where a driver takes any size in a range
_PREFERRED = ("YUYV", "UYVY", "NV12", "YU12", "YV12", "NV21", "BGR3", "RGB3", "MJPG", "JPEG", "GREY")
"""What OpenCV can turn into a picture: uncompressed first, since it is sharper and costs no decoding."""
_REACHED = 0.95


class CameraMode(NamedTuple):
    """A combination that the driver promises. size in pixels; fps is the highest rate there."""

    pixel_format: str
    width: int
    height: int
    fps: float


def list_modes(path: str | Path) -> tuple[CameraMode, ...]:
    """All modes of a V4L2 camera in the driver's order; empty where it names none. Raises OSError where it cannot be
    opened.
    """
    with _opened(path) as handle:
        return tuple(
            CameraMode(
                pixel_format.decode("ascii", "replace"),
                width,
                height,
                _highest_fps(handle, pixel_format, width, height),
            )
            for pixel_format in _pixel_formats(handle)
            for width, height in _sizes(handle, pixel_format)
        )


def choose_mode(modes: Sequence[CameraMode], *, size: tuple[int, int], fps: float) -> CameraMode | None:
    """The mode that comes nearest to (width, height), and there the first of the preferred pixel formats that reaches
    `fps`; where none does, the fastest. MJPG is thus taken where it gives the rate. None where none can be decoded.
    """
    usable = [mode for mode in modes if mode.pixel_format in _PREFERRED]
    if not usable:
        return None
    wanted_width, wanted_height = size
    nearest = min(abs(mode.width - wanted_width) + abs(mode.height - wanted_height) for mode in usable)
    there = [mode for mode in usable if abs(mode.width - wanted_width) + abs(mode.height - wanted_height) == nearest]

    def rank(mode: CameraMode) -> tuple[float, int]:
        return -min(mode.fps, fps * _REACHED), _PREFERRED.index(mode.pixel_format)

    return min(there, key=rank)


def is_busy(path: str | Path) -> bool:
    """Whether another open handle has the camera to itself: its driver lets anybody open it, but not stream. Raises OSError
    where it cannot be opened.
    """
    with _opened(path) as handle:
        try:
            for count in (1, 0):
                _ioctl(handle, _REQBUFS, bytearray(struct.pack("IIIIi", count, _CAPTURE, _MEMORY_MMAP, 0, 0)))
        except OSError as error:
            return error.errno == errno.EBUSY
    return False


def _pixel_formats(handle: int) -> Iterator[bytes]:
    for entry in _entries(handle, _ENUM_FMT, 64, struct.pack("I", _CAPTURE)):
        yield bytes(entry[44:48])


def _sizes(handle: int, pixel_format: bytes) -> Iterator[tuple[int, int]]:
    for entry in _entries(handle, _ENUM_FRAMESIZES, 44, pixel_format):
        (kind,) = struct.unpack_from("I", entry, 8)
        if kind == _DISCRETE:
            width, height = struct.unpack_from("II", entry, 12)
            yield width, height
            continue
        least_width, most_width, _, least_height, most_height, _ = struct.unpack_from("6I", entry, 12)
        for width, height in _USUAL_SIZES:
            if least_width <= width <= most_width and least_height <= height <= most_height:
                yield width, height
        return  # a range is one entry


def _highest_fps(handle: int, pixel_format: bytes, width: int, height: int) -> float:
    """0 where the driver does not say."""
    highest = 0.0
    for entry in _entries(handle, _ENUM_FRAMEINTERVALS, 52, pixel_format + struct.pack("II", width, height)):
        # A list of intervals, or a range that begins with the shortest one.
        seconds, parts = struct.unpack_from("II", entry, 20)
        highest = max(highest, parts / seconds if seconds else 0.0)
    return highest


def _entries(handle: int, request: int, size: int, key: bytes) -> Iterator[bytearray]:
    """Entries 0, 1, ... of a list until the driver ends it."""
    for index in range(_MOST_ENTRIES):
        entry = bytearray((struct.pack("I", index) + key).ljust(size, b"\0"))
        try:
            _ioctl(handle, request, entry)
        except OSError:
            return
        yield entry


@contextlib.contextmanager
def _opened(path: str | Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        yield handle
    finally:
        os.close(handle)


def _ioctl(handle: int, request: int, argument: bytearray) -> None:
    import fcntl  # not on Windows

    fcntl.ioctl(handle, request, argument, True)

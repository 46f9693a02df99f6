"""Talks to Linux's v4l2loopback driver: what a device can do now, which size it carries, and the repair of driver 0.12.

Only ioctls, on file handles that are closed at once. Structures are those of <linux/videodev2.h> on 64-bit Linux.
"""

from __future__ import annotations

import contextlib
import os
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

DRIVER = "v4l2 loopback"
"""What the driver calls itself."""

_WATCHED_S, _ALIVE = 0.9, 2  # so many new frames in so many seconds: somebody sends
CAPTURE, OUTPUT = 1, 2  # v4l2_buf_type, and the same bits in the capability word
QUERYCAP, G_FMT, STREAMON = 0x80685600, 0xC0D05604, 0x40045612


@dataclass(frozen=True)
class Capability:
    """What a V4L2 device says of itself. With exclusive_caps=1 a loopback is an output until somebody writes to it, and a
    camera (capture) for everybody else from then on; driver 0.12 can lose both.
    """

    driver: str
    label: str
    bus: str
    capture: bool
    output: bool

    @property
    def is_loopback(self) -> bool:
        """The device belongs to v4l2loopback."""
        return self.driver == DRIVER

    @property
    def is_stuck(self) -> bool:
        """Driver 0.12 with exclusive_caps=1: a producer has closed the device, and no new one is let in."""
        return self.is_loopback and not self.capture and not self.output


def query(device: str | Path) -> Capability:
    """Asks the device (VIDIOC_QUERYCAP). Raises OSError: ENOENT or ENODEV where it has gone, EACCES without the right to
    open it, EBUSY where too many programs have it open, ENOTTY where it is no video device.
    """
    answer = bytearray(104)
    with _opened(device) as handle:
        _ioctl(handle, QUERYCAP, answer)
    driver, label, bus, _, capabilities, device_caps = struct.unpack_from("16s32s32sIII", answer)
    caps = device_caps or capabilities
    return Capability(_text(driver), _text(label), _text(bus), bool(caps & CAPTURE), bool(caps & OUTPUT))


def carried_size(device: str | Path) -> tuple[int, int]:
    """(width, height) of the frames that readers of a loopback get now. It differs from what a producer asked for where a
    reader stayed on from an earlier one: the driver then keeps the old size and the picture is garbled.

    Raises OSError, also EINVAL while nothing is sent.
    """
    answer = bytearray(208)
    struct.pack_into("I", answer, 0, CAPTURE)
    with _opened(device) as handle:
        _ioctl(handle, G_FMT, answer)
    width, height = struct.unpack_from("II", answer, 8)
    return int(width), int(height)


def repair(device: str | Path) -> None:
    """Gives a stuck device (see Capability.is_stuck) its output capability back; needs no rights beyond opening it.

    Driver 0.12 restores the capability when a handle is closed that had asked for STREAMON of an output; a producer that
    only writes never asks. The request itself is answered with EINVAL, which does not matter. Raises OSError where the
    device cannot be opened.
    """
    with _opened(device, os.O_RDWR) as handle, contextlib.suppress(OSError):
        _ioctl(handle, STREAMON, bytearray(struct.pack("i", OUTPUT)))


def has_producer(
    device: str | Path,
    *,
    within_s: float = _WATCHED_S,
    read: Callable[[int, int], bytes] = os.read,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """New frames keep coming into a device that is a camera now. Driver 0.12 goes on calling itself a camera after its producer
    was killed, as long as a reader stays; then, too, `repair` lets a new producer in.

    Takes up to `within_s`, in which the driver's own timeout picture comes once at most and a producer's frames more often.
    Raises OSError.
    """
    with _opened(device) as handle:
        fresh = -1  # the first to be read is an old one
        end = clock() + within_s
        while clock() < end:
            try:
                read(handle, 1)
            except BlockingIOError:
                sleep(0.02)
                continue
            fresh += 1
            if fresh >= _ALIVE:
                return True
    return False


@contextlib.contextmanager
def _opened(device: str | Path, flags: int = os.O_RDONLY) -> Iterator[int]:
    handle = os.open(device, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        yield handle
    finally:
        os.close(handle)


def _ioctl(handle: int, request: int, argument: bytearray) -> None:
    import fcntl  # not on Windows

    fcntl.ioctl(handle, request, argument, True)


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace")

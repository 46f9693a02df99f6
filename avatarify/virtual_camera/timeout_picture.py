"""The picture that v4l2loopback itself shows when its producer falls silent, so that a killed program leaves no frozen face.

The driver has two controls for it: `timeout` (milliseconds of silence; 0 switches it off) and `timeout_image_io` (the next
program that opens the device maps the timeout picture instead of the frames). Both drivers in use, 0.12 and 0.15, do this
only while a producer has the device open and has written its first frame; the picture is forgotten when the last program
closes the device, the time limit is not.

Run on the real 0.12.7: after SIGKILL a reader gets the picture within a second, then once a second. For 0.15 written after its
sources and not run.
"""

from __future__ import annotations

import contextlib
import errno
import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from avatarify.errors import VirtualCameraError
from avatarify.frame import Image

LIMIT_MS = 1000
"""A face stands still for no longer than this."""

CID_TIMEOUT, CID_TIMEOUT_IMAGE_IO = 0x0098F902, 0x0098F903  # V4L2_CID_USER_BASE | 0xf000, + 2 and + 3
G_CTRL, S_CTRL, REQBUFS, QUERYBUF = 0xC008561B, 0xC008561C, 0xC0145608, 0xC0585609
_OUTPUT, _MMAP = 2, 1  # v4l2_buf_type, v4l2_memory
_BUFFER_BYTES, _OFFSET_AT, _LENGTH_AT = 88, 64, 72  # struct v4l2_buffer: its size, m.offset, length
_LONGEST_LIMIT_MS = 100_000
_TRIES = 3


class Driver(Protocol):
    """The three calls into the kernel; tests have one of their own. Each raises OSError."""

    def open(self, device: str) -> int:
        """A handle for reading and writing."""

    def close(self, handle: int) -> None:
        """Closes the handle."""

    def ioctl(self, handle: int, request: int, argument: bytearray) -> None:
        """Answers in `argument`."""

    def write_mapped(self, handle: int, data: bytes, *, offset: int, length: int) -> None:
        """Maps `length` bytes at `offset` of the handle and puts `data` at their start."""


class KernelDriver:
    """The real one."""

    def open(self, device: str) -> int:
        """See Driver."""
        return os.open(device, os.O_RDWR | getattr(os, "O_CLOEXEC", 0))

    def close(self, handle: int) -> None:
        """See Driver."""
        os.close(handle)

    def ioctl(self, handle: int, request: int, argument: bytearray) -> None:
        """See Driver."""
        import fcntl  # not on Windows

        fcntl.ioctl(handle, request, argument, True)

    def write_mapped(self, handle: int, data: bytes, *, offset: int, length: int) -> None:
        """See Driver."""
        with mmap.mmap(handle, length, offset=offset) as mapped:
            mapped[: len(data)] = data


def set_timeout_picture(
    device: str | Path, picture: Image, *, limit_ms: int = LIMIT_MS, driver: Driver | None = None
) -> None:
    """Makes the driver show `picture` whenever nothing is sent for `limit_ms`, also after the producer was killed.

    picture: uint8 [H,W,3] RGB, of the size being sent; both sides even. Call it after the first frame was sent (as I420,
    what pyvirtualcam sends) and from any thread. Raises VirtualCameraError where the driver cannot do it.
    """
    calls = driver or KernelDriver()
    planes = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2YUV_I420).tobytes()
    try:
        # The picture first: a limit without one would show the driver's green.
        for _ in range(_TRIES):
            if _write_picture(calls, str(device), planes):
                break
        else:
            raise VirtualCameraError(
                f"Other programs kept opening {device} while its stand-by picture was set.",
                "It is set again at the next start.",
            )
        with _handle(calls, str(device)) as handle:
            _set_control(calls, handle, CID_TIMEOUT, limit_ms)
    except OSError as error:
        raise VirtualCameraError(
            f"The driver of {device} cannot show a stand-by picture by itself ({error.strerror or error}).",
            "If the program is killed, meeting apps may hold the last frame; v4l2loopback 0.12 or newer can do better.",
        ) from error


def clear_timeout(device: str | Path, *, driver: Driver | None = None) -> None:
    """Switches the limit off again, for the next program that sends. Raises OSError."""
    calls = driver or KernelDriver()
    with _handle(calls, str(device)) as handle:
        _set_control(calls, handle, CID_TIMEOUT, 0)


def _write_picture(calls: Driver, device: str, planes: bytes) -> bool:
    """False where another program opened the device in between and got the picture's handle instead of us."""
    with _handle(calls, device) as first:
        if not _get_control(calls, first, CID_TIMEOUT):  # a picture has room only where there is a limit
            _set_control(calls, first, CID_TIMEOUT, _LONGEST_LIMIT_MS)
        # 0.12 forgets the switch when a program opens the device, but the kernel's control framework still remembers 1
        # and would not pass on another 1. In 0.15 it is a button, pressed by any value.
        _set_control(calls, first, CID_TIMEOUT_IMAGE_IO, 0)
        _set_control(calls, first, CID_TIMEOUT_IMAGE_IO, 1)
        with _handle(calls, device) as handle:
            calls.ioctl(handle, REQBUFS, bytearray(struct.pack("III8x", 1, _OUTPUT, _MMAP)))
            answer = bytearray(_BUFFER_BYTES)
            struct.pack_into("II", answer, 0, 0, _OUTPUT)
            calls.ioctl(handle, QUERYBUF, answer)
            offset, length = (struct.unpack_from("I", answer, at)[0] for at in (_OFFSET_AT, _LENGTH_AT))
            if offset == 0:  # the first of the ordinary buffers: writing there would show in the call
                return False
            if len(planes) > length:
                raise OSError(errno.EINVAL, f"its picture has {length} bytes, ours {len(planes)}")
            calls.write_mapped(handle, planes, offset=offset, length=length)
            return True


@contextlib.contextmanager
def _handle(calls: Driver, device: str) -> Iterator[int]:
    handle = calls.open(device)
    try:
        yield handle
    finally:
        calls.close(handle)


def _get_control(calls: Driver, handle: int, control: int) -> int:
    argument = bytearray(struct.pack("Ii", control, 0))
    calls.ioctl(handle, G_CTRL, argument)
    return int(struct.unpack("Ii", argument)[1])


def _set_control(calls: Driver, handle: int, control: int, value: int) -> None:
    calls.ioctl(handle, S_CTRL, bytearray(struct.pack("Ii", control, value)))

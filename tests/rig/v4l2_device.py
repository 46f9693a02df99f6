"""What a fake V4L2 device answers to each ioctl, whatever kind of device it is.

Pure state, no FUSE and no threads: the server calls `Device.ioctl` under its lock. Structures are those of
<linux/videodev2.h> on 64-bit Linux.
"""

from __future__ import annotations

import collections
import errno
import os
import struct
from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple, TypeVar

CAPTURE, OUTPUT = 1, 2  # v4l2_buf_type, and the same bits in the capability word
_CAP_READWRITE, _CAP_STREAMING, _CAP_EXT_PIX, _CAP_DEVICE_CAPS = 0x01000000, 0x04000000, 0x00200000, 0x80000000
_MEMORY_MMAP, _FIELD_NONE, _COLORSPACE_SRGB, _DISCRETE = 1, 1, 8, 1
_FLAG_MAPPED, _FLAG_QUEUED, _FLAG_MONOTONIC = 1, 2, 0x2000
_OFFSET_START, _OFFSET_END, _PAGE, _MOST_BUFFERS = 1 << 20, 3 << 30, 4096, 8
_BYTES_PER_PIXEL = {"YUYV": 2, "UYVY": 2, "YU12": 1.5, "NV12": 1.5, "GREY": 1, "MJPG": 2, "BGR3": 3}
_BYTES_PER_LINE = {"YUYV": 2, "UYVY": 2, "BGR3": 3, "MJPG": 0}

T = TypeVar("T")


class Park(Exception):  # noqa: N818 - not an error: keep the request and answer it when a frame comes
    """A blocking DQBUF has nothing to give yet."""


class FormatRate(NamedTuple):
    """A pixel format and the frames a second that the driver claims for it."""

    fourcc: str
    fps: float


class Buffer:
    """One mmap buffer: where it lies in the file, and what it holds."""

    def __init__(self, offset: int, size: int) -> None:
        self.offset, self.size = offset, size
        self.data: bytes | None = None
        self.used = self.sequence = 0
        self.timestamp = 0.0
        self.queued = False


class Handle:
    """One open() of a device. parked: a FUSE request that waits in DQBUF; poll_handle: a FUSE poll that waits."""

    def __init__(self, device: Device, flags: int) -> None:
        self.device, self.flags = device, flags
        self.buffers: list[Buffer] = []
        self.queued: collections.deque[int] = collections.deque()
        self.done: collections.deque[int] = collections.deque()
        self.streaming = self.asked_streamon = False
        self.parked: tuple[int, bytes] | None = None
        self.poll_handle: int | None = None
        self.partial = b""


class Device:
    """State shared by all handles of one device. gone: unplugged. stalled: delivers nothing. spoilt: its next frame is
    damaged.
    """

    kind: ClassVar[str]
    driver: ClassVar[bytes]

    def __init__(
        self, name: str, *, label: str, formats: Sequence[FormatRate], sizes: Sequence[tuple[int, int]]
    ) -> None:
        self.name, self.label, self.formats, self.sizes = name, label, list(formats), list(sizes)
        self.handles: set[Handle] = set()
        self.next_offset = _OFFSET_START
        self.reset()

    def reset(self) -> None:
        """As new, but for the handles that are open."""
        self.format, (self.width, self.height) = self.formats[0], self.sizes[0]
        self.gone = self.stalled = self.spoilt = False
        self.sequence = self.writes = 0
        self.frame: bytes | None = None

    def capability(self, handle: Handle) -> int:
        """CAPTURE, OUTPUT or 0 as this handle sees it now."""
        raise NotImplementedError

    def choose(self, handle: Handle, *, width: int, height: int, fourcc: str) -> None:
        """Take the nearest format that the device can do."""
        raise NotImplementedError

    def released(self, handle: Handle) -> None:
        """A handle was closed."""

    def claim(self, handle: Handle) -> None:
        """Raises OSError EBUSY where another handle has the device to itself."""

    def visible_formats(self, handle: Handle) -> list[FormatRate]:
        """What this handle may choose from."""
        return self.formats

    def visible_sizes(self) -> list[tuple[int, int]]:
        """Width and height in pixels, for every format."""
        return self.sizes

    def streamon_output(self, handle: Handle) -> None:
        """STREAMON of an output queue."""
        raise OSError(errno.EINVAL, "no output here")

    @property
    def frame_bytes(self) -> int:
        """Of the present format; for MJPG the room a frame may take."""
        return int(self.width * self.height * _BYTES_PER_PIXEL[self.format.fourcc])

    def ioctl(self, handle: Handle, command: int, argument: bytearray) -> None:
        """Answer one VIDIOC_* in place. Raises OSError with the errno that the driver would give, or Park."""
        if self.gone:
            raise OSError(errno.ENODEV, "unplugged")
        number, kind = command & 0xFF, command >> 8 & 0xFF
        if kind != ord("V") or number not in _IOCTLS:
            raise OSError(errno.EINVAL if number in _CONTROLS else errno.ENOTTY, "unknown ioctl")
        place = _TYPE_AT.get(number)
        if place is not None and _u32(argument, place) != (self.capability(handle) or OUTPUT):
            raise OSError(errno.EINVAL, "wrong buffer type")
        _IOCTLS[number](self, handle, argument)

    def pack_buffer(self, handle: Handle, argument: bytearray, index: int) -> None:
        """Write struct v4l2_buffer of buffer `index`."""
        buffer = handle.buffers[index]
        flags = _FLAG_MONOTONIC | _FLAG_MAPPED | (_FLAG_QUEUED if buffer.queued else 0)
        seconds, micro = divmod(int(buffer.timestamp * 1e6), 1_000_000)
        head = (index, CAPTURE, buffer.used, flags, _FIELD_NONE, 0, seconds, micro)
        tail = (buffer.sequence, _MEMORY_MMAP, buffer.offset, buffer.size, 0, 0)
        struct.pack_into("IIIIIIqq16xIIQIIi", argument, 0, *head, *tail)

    def _querycap(self, handle: Handle, argument: bytearray) -> None:
        caps = self.capability(handle) | _CAP_READWRITE | _CAP_STREAMING | _CAP_EXT_PIX
        names = (self.driver, self.label.encode(), b"platform:" + self.name.encode())
        struct.pack_into("16s32s32sIII12x", argument, 0, *names, 0x060100, caps | _CAP_DEVICE_CAPS, caps)

    def _enum_fmt(self, handle: Handle, argument: bytearray) -> None:
        fourcc = _pick(self.visible_formats(handle), _u32(argument, 0)).fourcc
        struct.pack_into("I32s4s", argument, 8, fourcc == "MJPG", fourcc.encode(), fourcc.encode())

    def _g_fmt(self, handle: Handle, argument: bytearray) -> None:
        fourcc = self.format.fourcc
        line = self.width * _BYTES_PER_LINE.get(fourcc, 1)
        values = (self.width, self.height, fourcc.encode(), _FIELD_NONE, line, self.frame_bytes, _COLORSPACE_SRGB, 0)
        struct.pack_into("II4sIIIII", argument, 8, *values)

    def _s_fmt(self, handle: Handle, argument: bytearray) -> None:
        self.claim(handle)
        if handle.buffers:
            raise OSError(errno.EBUSY, "buffers are allocated")
        self._take_format(handle, argument)
        self._g_fmt(handle, argument)

    def _try_fmt(self, handle: Handle, argument: bytearray) -> None:
        saved = self.width, self.height, self.format
        self._take_format(handle, argument)
        self._g_fmt(handle, argument)
        self.width, self.height, self.format = saved

    def _take_format(self, handle: Handle, argument: bytearray) -> None:
        width, height, fourcc = struct.unpack_from("II4s", argument, 8)
        self.choose(handle, width=width, height=height, fourcc=fourcc.decode("latin1"))

    def _parm(self, handle: Handle, argument: bytearray) -> None:
        struct.pack_into("IIII", argument, 4, 0x1000, 0, 1, int(self.format.fps))

    def _enuminput(self, handle: Handle, argument: bytearray) -> None:
        _pick(["Camera 1"], _u32(argument, 0))
        struct.pack_into("I32sI", argument, 0, 0, b"Camera 1", 2)

    def _g_input(self, handle: Handle, argument: bytearray) -> None:
        struct.pack_into("I", argument, 0, 0)

    def _s_input(self, handle: Handle, argument: bytearray) -> None:
        _pick(["Camera 1"], _u32(argument, 0))

    def _enum_framesizes(self, handle: Handle, argument: bytearray) -> None:
        struct.pack_into("III", argument, 8, _DISCRETE, *_pick(self.visible_sizes(), _u32(argument, 0)))

    def _enum_frameintervals(self, handle: Handle, argument: bytearray) -> None:
        fourcc = bytes(argument[4:8]).decode("latin1")
        rates = [rate.fps for rate in self.visible_formats(handle) if rate.fourcc == fourcc]
        struct.pack_into("III", argument, 16, _DISCRETE, 1, int(_pick(rates, _u32(argument, 0))))

    def _reqbufs(self, handle: Handle, argument: bytearray) -> None:
        count, kind, memory = struct.unpack_from("III", argument, 0)
        if (kind, memory) != (CAPTURE, _MEMORY_MMAP):
            raise OSError(errno.EINVAL, "only mmap capture")
        self.claim(handle)
        self._stop(handle)
        handle.buffers = []
        size = (self.frame_bytes + _PAGE - 1) // _PAGE * _PAGE
        for _ in range(min(count, _MOST_BUFFERS)):
            handle.buffers.append(Buffer(self.next_offset, size))
            end = self.next_offset + size
            self.next_offset = end if end <= _OFFSET_END else _OFFSET_START
        struct.pack_into("III4xI", argument, 0, len(handle.buffers), kind, memory, _MEMORY_MMAP)

    def _querybuf(self, handle: Handle, argument: bytearray) -> None:
        index = _u32(argument, 0)
        _pick(handle.buffers, index)
        self.pack_buffer(handle, argument, index)

    def _qbuf(self, handle: Handle, argument: bytearray) -> None:
        index = _u32(argument, 0)
        _pick(handle.buffers, index).queued = True
        handle.queued.append(index)
        self.pack_buffer(handle, argument, index)

    def _dqbuf(self, handle: Handle, argument: bytearray) -> None:
        if not handle.streaming:
            raise OSError(errno.EINVAL, "not streaming")
        if not handle.done:
            if handle.flags & os.O_NONBLOCK:
                raise OSError(errno.EAGAIN, "no frame yet")
            raise Park
        self.pack_buffer(handle, argument, handle.done.popleft())

    def _streamon(self, handle: Handle, argument: bytearray) -> None:
        if _u32(argument, 0) == OUTPUT:
            self.streamon_output(handle)
        else:
            handle.streaming = True

    def _streamoff(self, handle: Handle, argument: bytearray) -> None:
        self._stop(handle)

    def _stop(self, handle: Handle) -> None:
        handle.streaming = False
        handle.queued.clear()
        handle.done.clear()


def _u32(argument: bytearray, offset: int) -> int:
    return int(struct.unpack_from("I", argument, offset)[0])


def _pick(items: Sequence[T], index: int) -> T:
    """items[index], or the EINVAL with which a driver ends an enumeration."""
    if index >= len(items):
        raise OSError(errno.EINVAL, "end of list")
    return items[index]


_IOCTLS: dict[int, Callable[[Device, Handle, bytearray], None]] = {
    0: Device._querycap,
    2: Device._enum_fmt,
    4: Device._g_fmt,
    5: Device._s_fmt,
    8: Device._reqbufs,
    9: Device._querybuf,
    15: Device._qbuf,
    17: Device._dqbuf,
    18: Device._streamon,
    19: Device._streamoff,
    21: Device._parm,
    22: Device._parm,
    26: Device._enuminput,
    38: Device._g_input,
    39: Device._s_input,
    64: Device._try_fmt,
    74: Device._enum_framesizes,
    75: Device._enum_frameintervals,
}
_TYPE_AT = {2: 4, 4: 0, 5: 0, 21: 0, 22: 0, 64: 0}  # where the buffer type stands, for the ioctls that check it
_CONTROLS = {27, 28, 36, 71, 72, 73}  # control ioctls: the device has none

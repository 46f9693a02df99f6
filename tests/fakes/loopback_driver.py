"""v4l2loopback's timeout picture in memory: what the driver's sources do for the calls of timeout_picture.Driver."""

from __future__ import annotations

import errno
import struct

from avatarify.virtual_camera.timeout_picture import (
    CID_TIMEOUT,
    CID_TIMEOUT_IMAGE_IO,
    G_CTRL,
    QUERYBUF,
    REQBUFS,
    S_CTRL,
)

_OUTPUT, _MMAP, _BUFFERS = 2, 1, 32
_LONGEST_MS = 100_000


class LoopbackDriver:
    """One device that a producer feeds with frames of `frame_bytes`.

    button: the newer driver, where timeout_image_io is a button and stays pressed until somebody asks for buffers. Otherwise
    0.12: a switch that the next open() clears, behind a control framework that passes on changed values only.
    intruders: how many times another program opens the device just before we do. controls: False plays a driver without any.
    """

    def __init__(
        self, *, frame_bytes: int, button: bool = False, intruders: int = 0, controls: bool = True, limit_ms: int = 0
    ) -> None:
        self._size = -(-frame_bytes // 4096) * 4096
        self._button, self._intruders, self._controls = button, intruders, controls
        self.limit_ms = limit_ms
        self.picture = b""
        self.live = b""
        self.open_handles: dict[int, bool] = {}  # handle -> it is the picture's
        self._pressed = False
        self._remembered = 0
        self._next = 3

    def open(self, device: str) -> int:
        """See Driver."""
        if self._pressed and self._intruders:
            self._intruders -= 1
            self._pressed = False
        handle, self._next = self._next, self._next + 1
        self.open_handles[handle] = self._pressed
        if not self._button:
            self._pressed = False
        return handle

    def close(self, handle: int) -> None:
        """See Driver."""
        del self.open_handles[handle]

    def ioctl(self, handle: int, request: int, argument: bytearray) -> None:
        """See Driver."""
        is_picture = self.open_handles[handle]
        if request in (G_CTRL, S_CTRL):
            self._control(request, argument)
        elif request == REQBUFS:
            count, kind, memory = struct.unpack_from("III", argument)
            if (count, kind, memory) != (1, _OUTPUT, _MMAP):
                raise OSError(errno.EINVAL, "Invalid argument")
            if is_picture:
                self._pressed = False
        elif request == QUERYBUF:
            struct.pack_into("I4xI", argument, 64, _BUFFERS * self._size if is_picture else 0, self._size)
        else:
            raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")

    def write_mapped(self, handle: int, data: bytes, *, offset: int, length: int) -> None:
        """See Driver."""
        assert length == self._size
        if offset == _BUFFERS * self._size and self.open_handles[handle]:
            self.picture = data
        else:
            self.live = data

    def _control(self, request: int, argument: bytearray) -> None:
        control, value = struct.unpack("Ii", argument)
        if not self._controls:
            raise OSError(errno.EINVAL, "Invalid argument")
        if request == G_CTRL:
            struct.pack_into("i", argument, 4, self.limit_ms)
        elif control == CID_TIMEOUT:
            if not 0 <= value <= _LONGEST_MS:
                raise OSError(errno.ERANGE, "Numerical result out of range")
            self.limit_ms = value
        elif control == CID_TIMEOUT_IMAGE_IO and self._button:
            self._pressed = True
        elif control == CID_TIMEOUT_IMAGE_IO and value != self._remembered:
            self._remembered, self._pressed = value, bool(value)

    @property
    def next_is_picture(self) -> bool:
        """The next program to open the device would get the picture instead of the frames."""
        return self._pressed

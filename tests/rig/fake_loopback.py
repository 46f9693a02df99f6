"""A virtual camera, as v4l2loopback shows it."""

from __future__ import annotations

import errno

from tests.rig.v4l2_device import CAPTURE, OUTPUT, Device, FormatRate, Handle

_FORMATS = ("YU12", "YUYV", "UYVY", "NV12", "GREY")


class Loopback(Device):
    """With exclusive_caps=1: an output until somebody writes, then a camera for everybody else.

    old: replays 0.12.x, where a producer that only write()s leaves the device with no capability at all, until some
    handle has asked for STREAMON of an output and is closed.
    """

    kind, driver = "loopback", b"v4l2 loopback"

    def __init__(self, name: str, *, label: str, old: bool = False) -> None:
        formats = [FormatRate(fourcc, 30) for fourcc in _FORMATS]
        super().__init__(name, label=label, formats=formats, sizes=[(640, 480)])
        self._old, self._stuck = old, False
        self._writer: Handle | None = None

    def capability(self, handle: Handle) -> int:
        if self._busy(handle):
            return CAPTURE
        return 0 if self._stuck else OUTPUT

    def choose(self, handle: Handle, *, width: int, height: int, fourcc: str) -> None:
        if not self._busy(handle):
            self.width, self.height = width, height
            self.format = next((rate for rate in self.formats if rate.fourcc == fourcc), self.formats[0])

    def write(self, handle: Handle, data: bytes) -> bytes | None:
        """Take written bytes; return a whole frame when one is complete."""
        handle.partial += data
        if len(handle.partial) < self.frame_bytes:
            return None
        self.frame, handle.partial = handle.partial[: self.frame_bytes], b""
        self.writes += 1
        self._writer, self._stuck = handle, self._old
        return self.frame

    def released(self, handle: Handle) -> None:
        if self._writer is handle:
            self._writer = None
        if handle.asked_streamon:
            self._stuck = False

    def _busy(self, handle: Handle) -> bool:
        return self._writer is not None and self._writer is not handle

    def visible_formats(self, handle: Handle) -> list[FormatRate]:
        return [self.format] if self._busy(handle) else self.formats

    def visible_sizes(self) -> list[tuple[int, int]]:
        return [(self.width, self.height)]

    def streamon_output(self, handle: Handle) -> None:
        handle.asked_streamon = True
        if self._old:
            raise OSError(errno.EINVAL, "no buffers queued")

"""A webcam, as the driver of USB cameras shows it."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

from tests.rig.v4l2_device import CAPTURE, Device, FormatRate, Handle

_EXTRA_SIZES = ((320, 240), (1280, 720))


class Webcam(Device):
    """Like uvcvideo it belongs to the handle that has buffers; formats claim their rates, and all deliver
    `delivered_fps` where it is set.
    """

    kind, driver = "camera", b"uvcvideo"

    def __init__(
        self,
        name: str,
        *,
        size: tuple[int, int],
        formats: Sequence[FormatRate],
        delivered_fps: float | None = None,
        clip: Path | None = None,
    ) -> None:
        sizes = [size, *(other for other in _EXTRA_SIZES if other != size)]
        super().__init__(name, label="Fake HD Webcam", formats=formats, sizes=sizes)
        self.clip = clip
        self._delivered_fps = delivered_fps

    @property
    def delivered_fps(self) -> float:
        """The rate of the pictures, whatever the driver claims."""
        return self._delivered_fps or self.format.fps

    def capability(self, handle: Handle) -> int:
        return CAPTURE

    def choose(self, handle: Handle, *, width: int, height: int, fourcc: str) -> None:
        self.width, self.height = min(self.sizes, key=lambda size: abs(size[0] - width) + abs(size[1] - height))
        self.format = next((rate for rate in self.formats if rate.fourcc == fourcc), self.formats[0])

    def claim(self, handle: Handle) -> None:
        if any(other.buffers for other in self.handles if other is not handle):
            raise OSError(errno.EBUSY, "in use")

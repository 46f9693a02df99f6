"""What a camera is to the rest of the house, whatever it is made of."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from avatarify.frame import Frame

_FEWEST_ARRIVALS = 3


@dataclass(frozen=True)
class CameraFormat:
    """What a camera really gives, read back after opening. width, height: pixels of its frames. fps_claimed: frames a
    second that its driver, file or server promises; 0 where it promises nothing. pixel_format: what comes over the wire
    ("YUYV", "MJPG", "H264"), or "RGB". backend: who delivers it ("V4L2", "DSHOW", "FFMPEG", "file", "drawn").
    """

    width: int
    height: int
    fps_claimed: float
    pixel_format: str
    backend: str

    def __str__(self) -> str:
        rate = f" at {self.fps_claimed:g} frames/s" if self.fps_claimed else ""
        return f"{self.width}x{self.height}{rate}, {self.pixel_format} ({self.backend})"


class Camera(Protocol):
    """An opened source of live frames. Opening is the constructor's business: it raises CameraError, within a limit,
    when no picture comes.

    One thread reads. A camera that has raised is finished: close it and open a new one, again and again until it is
    back; nothing of the old one hinders the new one for longer than its driver does.
    """

    @property
    def format(self) -> CameraFormat:
        """What is delivered, not what was asked for. Never changes. From any thread, also after `close`."""
        ...

    def read(self) -> Frame:
        """The newest frame that this method has not yet returned: when the caller was away, the frames of that time are
        dropped (a film goes on where it was).

        image: uint8 [H,W,3] RGB, a new array each time. index: counts the camera's frames from 0, so a gap shows how
        many were dropped. captured_at: time.monotonic() when the frame arrived.
        Blocks until there is a frame, at most a few seconds. Must raise CameraError, with the remedy: as soon as the
        device has gone, when nothing has come for the camera's own limit, and after `close`.
        """
        ...

    def close(self) -> None:
        """Let go of the device. From any thread, also while another one reads (its `read` then raises); twice is fine.
        Never raises. Returns within a second even if the driver hangs, which then gives the device back later.
        """
        ...

    def __enter__(self) -> Camera: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class RateMeter:
    """The rate at which frames arrive, over the last `frames` of them. Not thread-safe."""

    def __init__(self, *, frames: int = 60) -> None:
        self._arrivals: deque[float] = deque(maxlen=frames)

    def arrived(self, at: float) -> None:
        """A frame came at `at`, in seconds."""
        self._arrivals.append(at)

    @property
    def fps(self) -> float | None:
        """Frames a second; None before there is enough to tell."""
        if len(self._arrivals) < _FEWEST_ARRIVALS:
            return None
        span = self._arrivals[-1] - self._arrivals[0]
        return (len(self._arrivals) - 1) / span if span > 0 else None


def measure_fps(camera: Camera, *, seconds: float) -> float | None:
    """Frames a second that really arrive: reads for so long. Counts frames that were dropped on the way too. None for
    fewer than two frames. Raises what `read` raises.
    """
    first = last = camera.read()
    while last.captured_at - first.captured_at < seconds:
        last = camera.read()
    span = last.captured_at - first.captured_at
    return (last.index - first.index) / span if span > 0 else None

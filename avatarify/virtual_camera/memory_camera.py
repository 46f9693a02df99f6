"""A virtual camera that is none: for tests, and for runs without an output device."""

from __future__ import annotations

import threading
from types import TracebackType

import numpy as np

from avatarify.errors import VirtualCameraError
from avatarify.frame import Image
from avatarify.virtual_camera.virtual_camera import FPS, SIZES


class MemoryVirtualCamera:
    """Keeps what is sent to it: see VirtualCamera for the contract. The latest pictures can be read from any thread.

    Several may exist at once, of any size.
    """

    def __init__(
        self, device: str = "memory", *, size: tuple[int, int] = SIZES[0], fps: float = FPS, keep: int = 1
    ) -> None:
        """keep: how many of the latest pictures are kept, at least 1."""
        if keep < 1:
            raise ValueError(f"keep={keep} must be at least 1")
        self.size = size
        self.fps = fps
        self.name = "no output"
        self.device = device
        self.sent = 0
        self.closed = False
        self._keep = keep
        self._pictures: list[Image] = []
        self._failure: VirtualCameraError | None = None
        self._lock = threading.Lock()

    @property
    def notes(self) -> tuple[str, ...]:
        """See VirtualCamera: nothing."""
        return ()

    @property
    def in_use(self) -> bool | None:
        """See VirtualCamera: nobody reads a memory camera."""
        return False

    @property
    def pictures(self) -> tuple[Image, ...]:
        """The latest pictures sent, oldest first."""
        with self._lock:
            return tuple(self._pictures)

    def send(self, image: Image) -> None:
        """See VirtualCamera. The picture is copied."""
        if self.closed:
            raise VirtualCameraError("The memory camera is closed.", "Open a new one.")
        if self._failure is not None:
            raise self._failure
        width, height = self.size
        if image.shape != (height, width, 3) or image.dtype != np.uint8:
            raise ValueError(f"expected uint8 [{height}, {width}, 3], got {image.dtype} {list(image.shape)}")
        with self._lock:
            self._pictures = [*self._pictures, image.copy()][-self._keep :]
            self.sent += 1

    def vanish(self) -> None:
        """From now on `send` fails as if the device had been removed."""
        self._failure = VirtualCameraError(f"The virtual camera {self.device} has gone.", "Open a new one.")

    def close(self) -> None:
        """See VirtualCamera. What was kept stays readable."""
        self.closed = True

    def __enter__(self) -> MemoryVirtualCamera:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

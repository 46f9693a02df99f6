"""A video file as a camera: played at its own rate, in a loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from avatarify.camera.camera import CameraFormat
from avatarify.errors import CameraError, MediaError
from avatarify.frame import Frame, Image
from avatarify.media.video_reader import VideoReader

_LONGEST_LAG_S = 0.5


class _Shot(NamedTuple):
    """A picture and when it is due, in seconds since the first one; rising through all repetitions."""

    image: Image
    due: float


class VideoCamera:
    """See camera.Camera. After the last frame comes the first, one frame's time later. A single picture stands still.

    A reader that is a little late gets frames without pause until it has caught up; after a longer absence the film goes
    on where it was left. No frame is ever left out.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """clock and sleep: seconds; tests pass their own. Raises CameraError where the file gives no picture."""
        self.path = Path(path)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._closed = False
        self._reader = self._open()
        info = self._reader.info
        self._interval = 1 / info.fps
        self._format = CameraFormat(info.width, info.height, info.fps, "RGB", "file")
        self._latest: Image | None = None
        self._still: Image | None = None
        self._shots_this_round = 0
        self._round_began = self._last_due = 0.0
        self._index = 0
        self._started: float | None = None

    @property
    def format(self) -> CameraFormat:
        """See Camera.format."""
        return self._format

    def read(self) -> Frame:
        """See Camera.read. Also raises CameraError when the file has vanished or changed since the last repetition."""
        with self._lock:
            if self._closed:
                raise self._is_closed()
            shot = self._next_shot()
        now = self._clock()
        if self._started is None or now - (self._started + shot.due) > _LONGEST_LAG_S:
            self._started = now - shot.due
        wait = self._started + shot.due - now
        if wait > 0:
            self._sleep(wait)
        if self._closed:
            raise self._is_closed()
        frame = Frame(shot.image, self._index, self._clock())
        self._index += 1
        return frame

    def close(self) -> None:
        """See Camera.close."""
        with self._lock:
            self._closed = True
            self._reader.close()

    def __enter__(self) -> VideoCamera:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open(self) -> VideoReader:
        try:
            return VideoReader(self.path)
        except MediaError as error:
            raise CameraError(error.message, error.hint) from error

    def _next_shot(self) -> _Shot:
        if self._still is not None:
            self._last_due += self._interval
            return _Shot(self._still.copy(), self._last_due)
        frame = next(self._reader, None)
        if frame is None and self._shots_this_round == 1:
            self._still = self._latest
            return self._next_shot()
        if frame is None:
            frame = self._rewind()
        self._shots_this_round += 1
        self._latest = frame.image
        self._last_due = self._round_began + frame.captured_at
        return _Shot(frame.image, self._last_due)

    def _rewind(self) -> Frame:
        """The first frame again."""
        self._reader.close()
        self._reader = self._open()
        info = self._reader.info
        if (info.width, info.height) != (self._format.width, self._format.height):
            raise CameraError(f"{self.path} has become another video.", "Open it again.")
        self._round_began = self._last_due + self._interval
        self._shots_this_round = 0
        return next(self._reader)

    def _is_closed(self) -> CameraError:
        return CameraError(f"{self.path} is closed.", "Open it again.")

"""Records what the virtual camera shows, without slowing the call: in a thread of its own, and what is too much is dropped."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from avatarify.errors import AvatarifyError, MediaError
from avatarify.frame import Image
from avatarify.media.video_writer import UNFINISHED, VideoWriter

WAITING = 12
"""Pictures that may wait for the encoder: .4 s at 30 a second, 33 MB at 1280x720."""

STOP_WITHIN_S = 5.0

_START_WITHIN_S = 5.0
_LEAST_GAP_S = 0.001  # between two pictures, where the clock did not go on
_CRF = 20
_NICER = 5  # the call goes first

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RecorderStatus:
    """How a recording stands. path: the file when it is finished, else the unfinished one, which is playable too.
    frames: written. dropped: found no place because the encoder was behind. seconds: of the recording so far.
    recording: it goes on. error: why it ended by itself, None where it did not.
    """

    path: Path
    frames: int
    dropped: int
    seconds: float
    recording: bool
    error: AvatarifyError | None = None


class Recorder:
    """Writes pictures with the times at which they were shown. Opened, `put` to and stopped by one thread; `status` by any.

    Until it is finished the recording is NAME.unfinished.mp4 beside the target. It survives the end of the program and a full
    disk up to its last second or so.
    """

    def __init__(self, path: Path, *, size: tuple[int, int], fps: float = 30.0, waiting: int = WAITING) -> None:
        """path: an .mp4 in a folder that exists. size: (width, height) of every picture. fps: about how many come a second.
        waiting: how many may wait for the encoder.

        Raises MediaError: wrong suffix, folder missing or not writable, an unfinished recording of that name lies there.
        """
        if waiting < 1:
            raise ValueError(f"waiting={waiting} must be at least 1")
        self._path = Path(path)
        unfinished = self._path.with_name(f"{self._path.stem}{UNFINISHED}")
        if unfinished.exists():
            raise MediaError(
                f"{unfinished} is left over from a recording that was cut short.",
                "It can be played; rename it, or choose another name.",
            )
        width, height = size
        self._shape = (height, width, 3)
        self._size, self._fps = size, fps
        self._unfinished = unfinished
        self._free: queue.SimpleQueue[Image] = queue.SimpleQueue()
        for _ in range(waiting):
            self._free.put(np.empty(self._shape, np.uint8))
        self._full: queue.SimpleQueue[tuple[Image, float] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._status = RecorderStatus(unfinished, frames=0, dropped=0, seconds=0.0, recording=True)
        self._dropped = 0
        self._started_at: float | None = None
        self._stopping = False
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()
        if not self._ready.wait(_START_WITHIN_S):
            self._stopping = True
            self._full.put(None)  # the thread ends, and leaves no file, as soon as the disk answers
            raise MediaError(f"{path} could not be opened for {_START_WITHIN_S:.0f} s.", "Check the disk.")
        if self._status.error is not None:
            raise self._status.error

    @property
    def status(self) -> RecorderStatus:
        """See RecorderStatus."""
        with self._lock:
            return self._status

    def put(self, image: Image, at: float) -> bool:
        """Records a picture, uint8 [H,W,3] RGB, which is copied. at: when it was shown, in seconds on any clock that does
        not go back (time.monotonic()). Never waits. False where it was not taken: the encoder is behind (counted), or the
        recording has ended.
        """
        if image.shape != self._shape or image.dtype != np.uint8:
            raise ValueError(f"expected uint8 {list(self._shape)}, got {image.dtype} {list(image.shape)}")
        if self._stopping or not self._status.recording:
            return False
        try:
            copy = self._free.get_nowait()
        except queue.Empty:
            self._dropped += 1
            return False
        np.copyto(copy, image)
        if self._started_at is None:
            self._started_at = at
        self._full.put((copy, at - self._started_at))
        return True

    def stop(self, within_s: float = STOP_WITHIN_S) -> RecorderStatus:
        """Finishes the file and gives it its name; waits no longer than `within_s`. Twice is fine. Raises nothing: `error`
        says what went wrong; where the time was not enough, `recording` is still true and the unfinished file remains until
        the encoder is through.
        """
        if not self._stopping:
            self._stopping = True
            self._full.put(None)
        self._thread.join(within_s)
        return self.status

    def _run(self) -> None:
        _be_nice()
        try:
            writer = VideoWriter(self._path, size=self._size, fps=self._fps, crf=_CRF, live=True)
        except AvatarifyError as error:
            self._update(error=error, recording=False)
            self._ready.set()
            return
        self._ready.set()
        try:
            self._write_all(writer)
            if writer.frames:
                writer.close()
                self._update(path=self._path, recording=False)
            else:
                writer.discard()
                self._end(MediaError("Nothing was recorded: no picture came.", "Start the camera first."))
        except AvatarifyError as error:
            logger.warning("recording ended: %s", error)
            self._end(error)
        except Exception as error:  # whatever it is, the call goes on and the user is told
            logger.exception("recording ended")
            writer.discard()
            self._end(MediaError(f"The recording ended ({error!r}).", f"What was recorded is {self._unfinished}."))

    def _write_all(self, writer: VideoWriter) -> None:
        latest = -_LEAST_GAP_S
        while (item := self._full.get()) is not None:
            image, at = item
            latest = max(latest + _LEAST_GAP_S, at)
            writer.write(image, latest)
            self._free.put(image)
            self._update(frames=writer.frames, seconds=latest)

    def _end(self, error: AvatarifyError) -> None:
        self._update(error=error, recording=False)

    def _update(
        self,
        *,
        path: Path | None = None,
        frames: int | None = None,
        seconds: float | None = None,
        recording: bool = True,
        error: AvatarifyError | None = None,
    ) -> None:
        with self._lock:
            before = self._status
            self._status = RecorderStatus(
                path=before.path if path is None else path,
                frames=before.frames if frames is None else frames,
                dropped=self._dropped,
                seconds=before.seconds if seconds is None else seconds,
                recording=recording,
                error=error,
            )


def _be_nice() -> None:
    """Lets this thread, and the encoder's that it starts, go after the others; only Linux does so by thread."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICER)

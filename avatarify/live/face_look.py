"""The face thread of a live call: looks at the newest camera frame and tells the session. Waits for no frame to be animated."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from avatarify.errors import AvatarifyError
from avatarify.face.watcher import FaceState, FaceWatcher
from avatarify.frame import Frame
from avatarify.pipeline.slot import LatestSlot, SlotClosedError
from avatarify.pipeline.worker import Worker

_LOOK_UP_S = 0.25


class FaceLook:
    """Runs between `start` and `stop`; once."""

    def __init__(
        self,
        frames: LatestSlot[Frame],
        *,
        tell: Callable[[FaceState], object],
        looks_fps: Callable[[], float],
        watcher: Callable[[], FaceWatcher] = FaceWatcher,
    ) -> None:
        """tell: gets every look, in the face thread. looks_fps: asked before each look for how many a second there are to be;
        0: none for now. watcher: makes it, in the face thread, since it loads networks."""
        self.newest: FaceState | None = None
        self.trouble = ""
        """Why there are no looks: a sentence for the user, empty where all is well."""
        self._frames = frames
        self._tell = tell
        self._looks_fps = looks_fps
        self._make_watcher = watcher
        self._watcher: FaceWatcher | None = None
        self._stopping = threading.Event()
        self._worker = Worker("face", self._step, stopping=self._stopping)

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        """Ask for the end; returns at once."""
        self._worker.stop()
        self._frames.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end. False: it takes longer, and is left behind."""
        return self._worker.join(timeout_s)

    def _step(self) -> bool:
        try:
            frame = self._frames.take(_LOOK_UP_S)
        except SlotClosedError:
            return False
        fps = self._looks_fps()
        if frame is None or fps <= 0:
            return True
        began = time.monotonic()
        try:
            if self._watcher is None:
                self._watcher = self._make_watcher()
            state = self._watcher.observe(frame)
            self.trouble = ""
        except AvatarifyError as error:
            self.trouble = str(error)
        else:
            self.newest = state
            self._tell(state)
        self._stopping.wait(began + 1 / fps - time.monotonic())
        return True

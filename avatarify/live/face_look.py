"""The face thread of a live call: looks at the newest camera frame and tells the session. Waits for no frame to be animated."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from avatarify.errors import AvatarifyError
from avatarify.face.watcher import FaceState, FaceWatcher
from avatarify.frame import Frame
from avatarify.pipeline.slot import LatestSlot, SlotClosedError
from avatarify.pipeline.worker import Worker

_LOOK_UP_S = 0.25
_AGAIN_S = 1.0
_log = logging.getLogger(__name__)


class FaceLook:
    """Runs between `start` and `stop`; once."""

    def __init__(
        self,
        frames: LatestSlot[Frame],
        *,
        tell: Callable[[FaceState], object],
        looks_fps: Callable[[], float],
        watcher: Callable[[], FaceWatcher] = FaceWatcher,
        again_s: float = _AGAIN_S,
    ) -> None:
        """tell: gets every look, in the face thread. looks_fps: asked before each look for how many a second there are to be;
        0: none for now. watcher: makes it, in the face thread, since it loads networks. again_s: seconds after a look that went
        wrong, whatever it raised, until another watcher is made."""
        self.newest: FaceState | None = None
        self.trouble = ""
        """Why there are no looks: a sentence for the user, empty where all is well."""
        self._frames = frames
        self._tell = tell
        self._looks_fps = looks_fps
        self._make_watcher = watcher
        self._again_s = again_s
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
        began = time.monotonic()
        try:
            fps = self._looks_fps()
            if frame is None or fps <= 0:
                return True
            self._look(frame)
        except Exception as error:  # noqa: BLE001 - told, and tried again: without looks there is no face, and so no avatar
            self._tell_trouble(error)
            self._watcher = None  # what it holds may be what is wrong
            self._stopping.wait(self._again_s)
        else:
            self._stopping.wait(began + 1 / fps - time.monotonic())
        return True

    def _look(self, frame: Frame) -> None:
        if self._watcher is None:
            self._watcher = self._make_watcher()
        state = self._watcher.observe(frame)
        self.newest = state
        self._tell(state)
        self.trouble = ""

    def _tell_trouble(self, error: Exception) -> None:
        """The log gets it once, not each time it repeats itself."""
        known = isinstance(error, AvatarifyError)
        again = "It is tried again by itself."
        trouble = str(error) if known else f"Your face cannot be looked for ({type(error).__name__}: {error}). {again}"
        if trouble != self.trouble:
            _log.warning("face: %s", trouble, exc_info=None if known else error)
        self.trouble = trouble

"""How long a start takes, phase by phase: for the log, when it tells more."""

from __future__ import annotations

import logging
import time

from PySide6.QtCore import QObject

from avatarify.app.call import Call, CallState

_log = logging.getLogger(__name__)


class StartTimes(QObject):
    """Follows the first start of a call; each phase is told once, in seconds since this object was made. The Qt thread."""

    def __init__(self, call: Call, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._call = call
        self._began = time.perf_counter()
        self._told: set[str] = set()
        call.changed.connect(self._look)

    def window_shown(self) -> None:
        """The window has been painted."""
        self._tell("the window is there")

    def _look(self) -> None:
        status = self._call.status
        if self._call.state is not CallState.RUNNING or status is None:
            return
        self._tell("the call runs, its avatars are read")
        pipeline = status.pipeline
        if pipeline.measured.camera_frames:
            self._tell("the camera films")
        if status.runtime is not None:
            self._tell("the model is loaded")
        if status.session.calibrated:
            self._tell("the face is calibrated")
        if pipeline.showing is not None and pipeline.showing.value == "animated":
            self._tell("the avatar moves")
            self._call.changed.disconnect(self._look)

    def _tell(self, phase: str) -> None:
        if phase not in self._told:
            self._told.add(phase)
            _log.debug("Start: after %.2f s %s.", time.perf_counter() - self._began, phase)

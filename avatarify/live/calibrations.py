"""What the session of a call is calibrated from: kept for the avatar and the camera as it is taken, and recalled for them."""

from __future__ import annotations

import logging

from avatarify.avatars import Avatar
from avatarify.errors import AvatarifyError
from avatarify.face.calibration import Remembered
from avatarify.memory import CalibratedBy, CalibrationMemory, Occasion, Taken
from avatarify.session import Session
from avatarify.settings import FramingSettings

_log = logging.getLogger(__name__)


class Calibrations:
    """One engine's, in its thread. Writes no file: see CalibrationMemory.

    A reference is the user's own pose in front of one camera, so it means nothing to another camera. Which moment of it is
    best depends on the avatar's pose, so each avatar has its own; one that has none goes on with what is in use, or
    begins with the newest of any avatar. What the user did before this call never replaces what was taken in it: today she may
    sit otherwise.
    """

    def __init__(self, session: Session, memory: CalibrationMemory, *, camera: str, mark: str) -> None:
        """camera: as the user wrote it. mark: tells the model file, see memory.model_mark."""
        self._session = session
        self._memory = memory
        self._camera = camera
        self._mark = mark
        self._own: dict[str, Taken] = {}  # of this camera and model, during this call, by the avatar's name
        self._known: Taken | None = None
        self._framing: FramingSettings | None = None

    def keep(self, avatar: Avatar) -> None:
        """What was taken since the last time is the avatar's own. At once where nothing was."""
        taken, framing = self._session.taken, self._session.scene.framing
        if taken is None or (taken is self._known and framing is self._framing):
            return
        if taken is not self._known:
            self._own[avatar.name] = taken
        self._known, self._framing = taken, framing
        remembered = self._session.remember()
        if remembered is not None and self._own.get(avatar.name) is taken:
            self._memory.keep(self._occasion(avatar), remembered)

    def recall(self, avatar: Avatar) -> None:
        """The avatar is shown now: count from its own reference, if it has one."""
        own, present = self._own.get(avatar.name), self._session.taken
        of_this_call = present is not None and present.by is not CalibratedBy.MEMORY
        remembered = self._memory.recall(self._occasion(avatar))
        if own is not None:
            if own is not present:
                self._session.take_again(own)
        elif remembered is not None and not of_this_call:
            taken = self._restored(remembered)
            if taken is not None:
                self._own[avatar.name] = taken
        elif present is None:
            latest = self._memory.latest(self._camera, self._mark)
            if latest is not None:
                self._restored(latest)
        self._known, self._framing = self._session.taken, self._session.scene.framing

    def change_camera(self, camera: str, avatar: Avatar | None, *, at: float) -> None:
        """Another camera has been opened, and its frames are those captured from `at` on, in seconds."""
        if camera == self._camera:
            return
        self._session.forget_calibration(at=at)
        self._camera = camera
        self._forget()
        if avatar is not None:
            self.recall(avatar)

    def change_model(self, mark: str, avatar: Avatar) -> None:
        """The session has gone on with another model. Recalls where that has left it without a reference."""
        self._mark = mark
        self._forget()
        if self._session.taken is None:
            self.recall(avatar)

    def _forget(self) -> None:
        self._own.clear()
        self._known = self._framing = None

    def _restored(self, remembered: Remembered) -> Taken | None:
        try:
            self._session.restore(remembered)
        except AvatarifyError as error:
            _log.warning("A remembered calibration is not used: %s", error)
            return None
        return self._session.taken

    def _occasion(self, avatar: Avatar) -> Occasion:
        return Occasion(avatar.name, self._camera, self._mark)

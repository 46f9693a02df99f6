"""What the animate thread runs: the session, what is measured of it, and between frames one portrait at a time is encoded."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from enum import Enum

from avatarify.animator import Animator, Source
from avatarify.avatars import Avatar, Avatars
from avatarify.errors import AvatarifyError
from avatarify.face.crop import Crop
from avatarify.frame import Frame, Image
from avatarify.live.calibrations import Calibrations
from avatarify.live.governor import Level, levels
from avatarify.live.pace import Pace
from avatarify.live.request import LiveRequest
from avatarify.memory import CalibrationMemory
from avatarify.session import Session

_ALONE_S = 3.0  # that the other avatars wait for the first picture of the one to be shown
_log = logging.getLogger(__name__)


class Adoption(Enum):
    """What came of handing over another animator. OTHER_AVATAR: the user has chosen another one meanwhile. NO_MOMENT: there is
    nothing yet to calibrate it from. GIVEN_UP: nobody wants it any more."""

    DONE = "done"
    OTHER_AVATAR = "other avatar"
    NO_MOMENT = "no moment"
    GIVEN_UP = "given up"


class LiveEngine:
    """All methods belong to the animate thread; `animator`, `avatar` and `pace` may be read by any."""

    def __init__(
        self,
        animator: Animator,
        request: LiveRequest,
        avatars: Avatars,
        *,
        memory: CalibrationMemory,
        camera: str,
        mark: str,
        limit: Callable[[float | None], object],
    ) -> None:
        """memory, camera, mark: see Calibrations. limit: gets the most frames a second that are to be animated, None for
        all."""
        self.session = Session(animator, request.settings)
        self.animator = animator
        self.avatar: Avatar | None = None
        self._avatars = avatars
        self._request = request
        self._calibrations = Calibrations(self.session, memory, camera=camera, mark=mark)
        self._limit = limit
        self._encode_more = True
        self._first_at: float | None = None
        avatars.forget_encodings()
        self._governed, self._fps_cap = request.governor, request.fps_cap
        self.pace = self._new_pace()

    def step(self, frame: Frame) -> Frame:
        """See Session.step."""
        if self._encode_more and not self._hurries(frame):
            self._encode_more = self._avatars.encode_next(self.animator)
        began = time.monotonic()
        try:
            result = self.session.step(frame)
        finally:
            self._keep()
        before = self.pace.level
        level = self.pace.stepped(frame, began, time.monotonic())
        if level is not before:
            self._carry_out(level)
        return result

    def look_again(self) -> None:
        """There may be avatars that are not encoded yet."""
        self._encode_more = True

    def show(self, avatar: Avatar) -> None:
        """From the next frame on, with its own calibration; where it has none, with the present one."""
        source = self._source(avatar)
        self._keep()
        self.avatar = avatar
        self.session.set_source(source, avatar.target)
        self._calibrations.recall(avatar)

    def calibrate(self) -> None:
        """See Session.calibrate."""
        self.session.calibrate()
        self._keep()

    def change_camera(self, camera: str, *, at: float) -> None:
        """Another camera has been opened: what was calibrated in front of the former one is forgotten, and kept for it.
        at: see Calibrations."""
        self._keep()
        self._calibrations.change_camera(camera, self.avatar, at=at)

    def change_pace(self, *, governed: bool, fps_cap: float | None) -> None:
        """Begin with everything again."""
        self._governed, self._fps_cap = governed, fps_cap
        self._start_pace()

    def adopt(
        self,
        animator: Animator,
        source: Source,
        avatar: Avatar,
        *,
        mark: str,
        patient: bool,
        claim: Callable[[], bool],
    ) -> Adoption:
        """Go on with another model or runtime, and close the one before. Raises what the new one raises; then, and unless
        DONE is returned, nothing has changed.

        source: the avatar, encoded by it. mark: of its model file. patient: wait for a moment to calibrate it from rather than
        show nothing. claim: asked at last whether it is still wanted.
        """
        if self.avatar is not None and self.avatar.name != avatar.name:
            return Adoption.OTHER_AVATAR
        moment = self.session.moment_for(animator)
        if moment is None and patient and self.session.scene.reference is not None:
            return Adoption.NO_MOMENT
        if not claim():
            return Adoption.GIVEN_UP
        self._keep()
        self.session.change_animator(animator, source, moment)
        before, self.animator = self.animator, animator
        self._avatars.forget_encodings()
        self._encode_more = True
        self.avatar = avatar
        self._calibrations.change_model(mark, avatar)
        self._start_pace()
        try:
            before.runtime.close()
        except AvatarifyError as error:  # the call goes on
            _log.warning("The former engine was not closed cleanly: %s", error)
        return Adoption.DONE

    def close(self) -> None:
        """Let go of the runtime."""
        self.session.close()

    def _hurries(self, frame: Frame) -> bool:
        """The user waits for the first picture; while nobody sits there to be calibrated on, there is time for others."""
        if self._first_at is None:
            self._first_at = frame.captured_at
        return self.session.scene.reference is None and frame.captured_at - self._first_at < _ALONE_S

    def _keep(self) -> None:
        if self.avatar is not None:
            self._calibrations.keep(self.avatar)

    def _source(self, avatar: Avatar) -> Source:
        """The avatar at the size of the present level, encoded now unless it was ahead."""
        assert avatar.portrait is not None
        ahead = self._avatars.find(avatar.name).source
        size = self.pace.level.portrait_size
        if ahead is not None and ahead.image.shape[0] <= size:
            return ahead
        return self.animator.encode_source(reduced(avatar.portrait, size))

    def _new_pace(self) -> Pace:
        blends = self.animator.runtime.config.generator.any_size
        steps = levels(self._request.portrait_size, sizes=blends, fps_cap=self._fps_cap)
        self._limit(steps[0].engine_fps)
        return Pace(steps, on=self._governed)

    def _start_pace(self) -> None:
        size = self.pace.level.portrait_size
        self.pace = self._new_pace()
        if self.pace.level.portrait_size != size:
            self._resize()

    def _carry_out(self, level: Level) -> None:
        scene = self.session.scene
        self._limit(level.engine_fps)
        if scene.source is not None and scene.source.image.shape[0] != level.portrait_size:
            self._resize()

    def _resize(self) -> None:
        """The same avatar at the size of the level; the one that is shown goes on if that fails."""
        if self.avatar is None:
            return
        try:
            self.session.set_source(self._source(self.avatar), self.avatar.target)
        except AvatarifyError as error:
            _log.warning("The avatar keeps its size: %s", error)


def reduced(portrait: Image, size: int) -> Image:
    """uint8 [N,N,3], N at most `size`."""
    if portrait.shape[0] <= size:
        return portrait
    return Crop(0.0, 0.0, float(portrait.shape[0])).apply(portrait, size)

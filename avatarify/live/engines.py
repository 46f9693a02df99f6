"""The engine of a live call: made, made anew when it has failed, told what the user chooses, and changed for another one."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from avatarify.animator import Animator, load_runtime
from avatarify.face.watcher import FaceState
from avatarify.live.engine import LiveEngine
from avatarify.live.engine_change import Call, EngineChange
from avatarify.live.governor import GovernorStatus
from avatarify.live.request import EngineRequest, LiveRequest
from avatarify.live.wanted_avatar import WantedAvatar
from avatarify.memory import CalibrationMemory, model_mark
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.pipeline import Pipeline
from avatarify.pipeline.status import StageState
from avatarify.runtime.base import Runtime
from avatarify.settings import Settings

_log = logging.getLogger(__name__)


class Engines:
    """Keeps what the next engine has to be like, so that one that is made anew is as the one before. Any thread may call;
    `make` belongs to the animate thread.

    newest: None until the first has been loaded. in_use: its model and runtime, or those that are being loaded. settings: as
    they were chosen last.
    """

    def __init__(
        self,
        request: LiveRequest,
        pipeline: Pipeline[LiveEngine],
        wanted: WantedAvatar,
        *,
        memory: CalibrationMemory,
        camera: Callable[[], str],
        load: Callable[[EngineRequest], Runtime] | None = None,
    ) -> None:
        """camera: the one in use, as it was written. load: a stand-in for loading the model."""
        self.newest: LiveEngine | None = None
        self.in_use = request.engine
        self._choosing = threading.Lock()
        self._request = request  # with what was chosen since
        self._pipeline = pipeline
        self._wanted = wanted
        self._memory = memory
        self._camera = camera
        self._load = load if load is not None else _load_runtime
        self._under_way: EngineChange | None = None
        self._face_since: float | None = None  # that it is in sight, while there is no engine yet

    def make(self) -> LiveEngine:
        """As things are chosen now, and showing the avatar that is wanted. Raises what loading raises."""
        began = time.monotonic()
        mark = model_mark(self.in_use.model)
        animator = Animator(self._load(self.in_use))
        _log.debug("Start: the model was loaded in %.2f s.", time.monotonic() - began)
        self._wanted.wait()
        engine = LiveEngine(
            animator,
            self._request,
            self._wanted.avatars,
            memory=self._memory,
            camera=self._camera(),
            mark=mark,
            limit=self._limit,
        )
        if self._wanted.now is not None:
            engine.show(self._wanted.now)
        since, self._face_since = self._face_since, None
        if since is not None:
            engine.session.looked_before(time.monotonic() - since)
        self.newest = engine
        return engine

    def tell_face(self, state: FaceState) -> None:
        """A new look at the user's face. That it was in sight while the model was loaded counts for the first calibration."""
        engine = self.newest
        if engine is not None:
            engine.session.update_face(state)
        elif state.lost:
            self._face_since = None
        elif self._face_since is None:
            self._face_since = state.at

    @property
    def settings(self) -> Settings:
        return self._request.settings

    @property
    def governor(self) -> GovernorStatus:
        """What is done to keep up."""
        engine = self.newest
        return engine.pace.status if engine is not None else GovernorStatus(on=self._request.governor)

    def change_settings(self, settings: Settings) -> Future[None]:
        """See Live.change."""
        with self._choosing:
            self._request = replace(self._request, settings=settings)

        def apply(engine: LiveEngine) -> None:
            engine.session.set_motion(settings.motion)
            engine.session.set_comfort(settings.comfort)
            engine.session.set_framing(settings.framing)
            engine.session.set_calibration(settings.calibration)

        return self._pipeline.submit(apply)

    def change_pace(self, *, governor: bool, fps_cap: float | None) -> Future[None]:
        """See Live.change_pace."""
        with self._choosing:
            self._request = replace(self._request, governor=governor, fps_cap=fps_cap)
        return self._pipeline.submit(lambda engine: engine.change_pace(governed=governor, fps_cap=fps_cap))

    def change(self, wanted: EngineRequest) -> Future[None]:
        """See Live.change_engine."""
        self._pipeline.passthrough.switch_off()
        self.cancel_change()
        if self._pipeline.status().animate.state is StageState.FAILED:  # there is none that could go on
            self.in_use = wanted
            self._pipeline.restart_engine()
            return self._pipeline.submit(_nothing)
        call = Call(
            submit=self._pipeline.submit,
            avatar=lambda: self._wanted.now,
            shows_avatar=self._shows_avatar,
            changed=self._changed,
            portrait_size=self._request.portrait_size,
        )
        self._under_way = EngineChange(wanted, self._load, call)
        self._under_way.start()
        return self._under_way.future

    def cancel_change(self) -> None:
        """Give up the change that is under way, if one is."""
        if self._under_way is not None:
            self._under_way.future.cancel()

    def _shows_avatar(self) -> bool:
        return self._pipeline.status().showing in (Showing.ANIMATED, Showing.HELD)

    def _changed(self, request: EngineRequest) -> None:
        """In the animate thread."""
        self.in_use = request
        self._pipeline.passthrough.switch_off()

    def _limit(self, fps: float | None) -> None:
        self._pipeline.engine_fps = fps if fps is not None else self._request.pipeline.engine_fps


def _load_runtime(wanted: EngineRequest) -> Runtime:
    return load_runtime(wanted.runtime, model=wanted.model, device=wanted.device, precision=wanted.precision)


def _nothing(_: LiveEngine) -> None:
    pass

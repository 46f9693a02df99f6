"""A live call for windows that want one to look at: no threads, no camera, no model; the test says what is true."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from avatarify.app.call import Call, CallState
from avatarify.app.tasks import Tasks
from avatarify.avatars import Avatar
from avatarify.errors import AvatarifyError
from avatarify.face.calibration import FaceTarget
from avatarify.frame import Frame, Image
from avatarify.live.request import LiveRequest, LiveStatus
from avatarify.pipeline.fan_out import FanOut
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.output import Shown
from avatarify.pipeline.status import Measured, PipelineStatus, StageState, StageStatus
from avatarify.runtime.base import RuntimeDescription
from avatarify.session import SessionStatus

RUNNING = StageStatus(StageState.RUNNING)
MODEL = Path("/models/lite.safetensors")
ENGINE = RuntimeDescription("eager", "cpu", "a processor", "float32")


def pipeline_status(**changes: Any) -> PipelineStatus:  # noqa: ANN401 - fields of a dataclass
    """A call that runs and is only previewed, but for the changes."""
    quiet = PipelineStatus(
        running=True,
        paused=False,
        passthrough=False,
        resting=False,
        showing=Showing.ANIMATED,
        capture=RUNNING,
        animate=RUNNING,
        output=StageStatus(StageState.STOPPED),
        measured=Measured(camera_fps=30.0),
    )
    return replace(quiet, **changes)


def live_status(*, virtual_camera: str | None = None, **changes: Any) -> LiveStatus:  # noqa: ANN401
    """changes: of the pipeline. A virtual camera that is there is open and running."""
    if virtual_camera is not None:
        changes = {"output": RUNNING} | changes
    return LiveStatus(
        pipeline=pipeline_status(**changes),
        session=SessionStatus(),
        avatar="ada",
        runtime=ENGINE,
        virtual_camera=virtual_camera,
        recording=None,
        notes=(),
        camera="0",
        model=MODEL,
    )


def avatar(name: str, number: int | None, *, shade: int = 120, usable: bool = True) -> Avatar:
    """One of a single colour."""
    portrait = np.full((64, 64, 3), (shade, 140, 200), np.uint8) if usable else None
    return Avatar(name, Path(f"/avatars/{name}.png"), number, portrait, FaceTarget(), (), False)


class QuietPipeline:
    """Two places where pictures can be put in, and nothing else."""

    def __init__(self) -> None:
        self.camera: FanOut[Frame] = FanOut()
        self.shown: FanOut[Shown] = FanOut()
        self.preview = self.shown.subscribe()

    def film(self, image: Image) -> None:
        self.camera.put(Frame(image, 0, 0.0))

    def show(self, image: Image) -> None:
        self.shown.put(Shown(image, Showing.ANIMATED, 0, 0.0))


class QuietAvatars:
    """As many as the test puts in."""

    def __init__(self) -> None:
        self.all: tuple[Avatar, ...] = (avatar("ada", 1), avatar("bo", 2, shade=40), avatar("broken", 3, usable=False))


class QuietLive:
    """Notes what it was told, in `told`. status_now: what `status` says. failure: what the next command raises in its Future."""

    def __init__(self, status: LiveStatus) -> None:
        self.pipeline = QuietPipeline()
        self.avatars = QuietAvatars()
        self.request = LiveRequest(model=MODEL, output=False)
        self.status_now = status
        self.told: list[tuple[object, ...]] = []
        self.failure: AvatarifyError | None = None

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def watch(self, watching: bool) -> None: ...

    def status(self) -> LiveStatus:
        return self.status_now

    def show_avatar(self, key: str | int) -> Future[None]:
        return self._done("show_avatar", key)

    def next_avatar(self, step: int = 1) -> Future[None]:
        return self._done("next_avatar", step)

    def calibrate(self) -> Future[None]:
        return self._done("calibrate")

    def change_camera(self, camera: str) -> Future[None]:
        return self._done("change_camera", camera)

    def change_engine(
        self, model: Path, *, runtime: str = "auto", device: str = "auto", precision: str = "auto"
    ) -> Future[None]:
        return self._done("change_engine", model)

    def open_output(self) -> Future[None]:
        return self._done("open_output")

    def close_output(self) -> Future[None]:
        return self._done("close_output")

    def _done(self, *what: object) -> Future[None]:
        self.told.append(what)
        future: Future[None] = Future()
        if self.failure is not None:
            future.set_exception(self.failure)
        else:
            future.set_result(None)
        return future


def quiet_call(tasks: Tasks) -> Call:
    """A call that was never started; `tasks` are the test's."""
    return Call(lambda _request, _told: None, tasks=tasks)  # type: ignore[arg-type, return-value]


def running_call(tasks: Tasks, status: LiveStatus | None = None) -> tuple[Call, QuietLive]:
    """A call that has begun, as far as windows can see. `Call.look` takes a new snapshot."""
    live = QuietLive(status if status is not None else live_status())
    call = quiet_call(tasks)
    call.live, call.request, call.state = live, live.request, CallState.RUNNING  # type: ignore[assignment]
    call.look()
    return call, live

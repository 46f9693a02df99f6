"""A live call for windows that want one to look at: no threads, no camera, no model; the test says what is true."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

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
from avatarify.virtual_camera.composition import Look
from tests.fakes.live_status import MODEL, live_status


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

    def show(self, image: Image, showing: Showing = Showing.ANIMATED) -> None:
        self.shown.put(Shown(image, showing, 0, 0.0))


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
        self.look = Look()
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

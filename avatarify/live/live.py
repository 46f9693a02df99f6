"""A live call, wired in this one place: camera -> session -> virtual camera, the face watcher beside them, avatars, memory.

Windows and the command line hold a `Live`, give it commands, and render its `status()`; they wire nothing themselves.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from avatarify.avatars import Avatar, Avatars
from avatarify.camera.open_camera import open_camera
from avatarify.errors import AvatarifyError, NotReadyError, SettingsError
from avatarify.face.watcher import FaceState
from avatarify.frame import Image
from avatarify.live.allocator import bound_arenas
from avatarify.live.engine import LiveEngine
from avatarify.live.engines import Engines
from avatarify.live.face_look import FaceLook
from avatarify.live.output import Newest, OpenCamera, Output
from avatarify.live.request import EngineRequest, LiveRequest, LiveStatus
from avatarify.live.shelf import open_avatars
from avatarify.live.wanted_avatar import WantedAvatar
from avatarify.memory import CalibrationMemory
from avatarify.paths import user_calibrations
from avatarify.pipeline.pipeline import Pipeline
from avatarify.pipeline.protocols import FrameSource
from avatarify.runtime.base import Runtime
from avatarify.session import SessionStatus
from avatarify.settings import Settings
from avatarify.virtual_camera.composition import Look

if TYPE_CHECKING:  # see live/output.py
    from avatarify.virtual_camera.recorder import RecorderStatus

_RESTING_LOOKS_FPS = 2.0
_FIRST_LOOKS_FPS = 8.0  # while the model is loaded, so that the face is found by then
_log = logging.getLogger(__name__)


class Live:
    """One live call. Commands may come from any thread; those that touch the session or a device return a Future.

    Fails closed: see pipeline/gate.py. Nothing is opened before `start`.
    """

    def __init__(
        self,
        request: LiveRequest,
        *,
        open_source: Callable[[], FrameSource] | None = None,
        open_output: OpenCamera | None = None,
        load: Callable[[EngineRequest], Runtime] | None = None,
        avatars: Avatars | None = None,
        on_preview: Callable[[], None] | None = None,
    ) -> None:
        """open_source, open_output, load: stand-ins for the camera, the virtual camera and the model, for tests and for windows
        that bring their own. avatars: those that a window shows already; None: those of the request's folders. on_preview: see
        Pipeline; who gives it is taken to look, see `watch`."""
        self.request = request
        self._output = Output(request, open_output)
        self.avatars = avatars if avatars is not None else open_avatars(request.folders, size=request.portrait_size)
        self._memory = CalibrationMemory(user_calibrations())
        self._wanted = WantedAvatar(self.avatars)
        self._camera = request.camera
        self._retries_output = request.output
        self._face_look: FaceLook | None = None
        self.ended_recording: RecorderStatus | None = None
        """What became of the recording that went on when the call ended; None where none did."""
        self.pipeline: Pipeline[LiveEngine] = Pipeline(
            open_source if open_source is not None else partial(open_camera, request.camera),
            lambda: self._engines.make(),
            self._output.open if request.output else self._output.open_none,
            standby=self._output.standby.image,
            pause=self._output.pause.image,
            options=request.pipeline,
            on_preview=on_preview,
        )
        self._engines = Engines(
            request, self.pipeline, self._wanted, memory=self._memory, camera=lambda: self._camera, load=load
        )
        self.pipeline.watched = on_preview is not None
        self.pipeline.rest_unread = False  # before the first calibration the engine is needed
        self._newest = Newest(self.pipeline.shown.subscribe(), self._output.standby.image)

    def start(self) -> None:
        """Start every thread, and read the avatars while camera and model are being opened. Raises MediaError for an avatar
        that is not there or cannot be used; then everything has ended again."""
        bound_arenas()
        self._wanted.announce()
        self._face_look = FaceLook(
            self.pipeline.camera.subscribe(), tell=self._engines.tell_face, looks_fps=self._looks_fps
        )
        self.pipeline.start()
        self._face_look.start()
        try:
            self._wanted.read(self.request.avatar, self.request.folders)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End every thread, finish the recording, write down the calibrations. Twice is fine."""
        self._engines.cancel_change()
        face_look, self._face_look = self._face_look, None
        if face_look is not None:
            face_look.stop()
        recorder = self._output.end_recording()
        self.pipeline.stop()
        self._remember()  # not before: a slow disk keeps nobody's camera open
        if recorder is not None:
            self.ended_recording = recorder.stop()
        if face_look is not None:
            face_look.join(0.5)

    def __enter__(self) -> Live:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def status(self) -> LiveStatus:
        """A snapshot; cheap."""
        engine, avatar, face_look = self._engines.newest, self._wanted.now, self._face_look
        notes = [self._memory.trouble, face_look.trouble if face_look is not None else ""]
        if engine is not None:
            notes += [f"not {reason}" for reason in engine.animator.runtime.description.passed_over]
        return LiveStatus(
            pipeline=self.pipeline.status(),
            session=engine.session.status() if engine is not None else SessionStatus(),
            avatar=avatar.name if avatar is not None else None,
            runtime=engine.animator.runtime.description if engine is not None else None,
            virtual_camera=self._output.virtual_camera,
            recording=self._output.recording,
            notes=tuple(note for note in (*notes, *self._output.notes) if note),
            camera=self._camera,
            model=self._engines.in_use.model,
            governor=self._engines.governor,
            in_use=self._output.in_use,
            reader=self._output.reader,
            retries_output=self._retries_output,
        )

    def face(self) -> FaceState | None:
        """The newest look at the user's face, with its mesh; None before the first."""
        return self._face_look.newest if self._face_look is not None else None

    def still(self) -> Image:
        """What the virtual camera shows now, or would: uint8 [H,W,3] RGB of its size, the caller's own."""
        return self._output.composed(self._newest.image)

    def watch(self, watching: bool) -> None:
        """Whether somebody sees the preview. False, as when the window is hidden: the engine may rest while nobody reads the
        virtual camera either."""
        self._output.hidden = not watching
        self.pipeline.watched = watching

    def show_avatar(self, key: str | int) -> Future[None]:
        """By name or number, from the next frame on. Raises MediaError, naming those there are, or why it cannot be used. Where
        the Future fails or is cancelled the one before stays; without an engine the next one begins with it."""
        avatar = self._wanted.choose(key)

        def show(engine: LiveEngine) -> None:
            try:
                engine.show(avatar)
            except BaseException:
                self._show_no_longer(avatar)
                raise

        future = self.pipeline.submit(show)
        future.add_done_callback(lambda ended: self._show_no_longer(avatar) if ended.cancelled() else None)
        return future

    def next_avatar(self, step: int = 1) -> Future[None]:
        """The next usable one, or the one before (-1)."""
        return self.show_avatar(self._wanted.name_after(step))

    def reload_avatars(self) -> tuple[Avatar, ...]:
        """Look into the folders again; new pictures are encoded between the next frames."""
        avatars = self.avatars.reload()
        self.pipeline.submit(LiveEngine.look_again)
        return avatars

    def calibrate(self) -> Future[None]:
        """Take the newest frame as the reference. Fails with NotReadyError while no frames are looked at."""
        if self.pipeline.paused or self.pipeline.resting:
            why = "paused" if self.pipeline.paused else "at rest, since nobody looks"
            return _failed(NotReadyError(f"The call is {why}.", "Go on, or open the preview, then calibrate."))
        return self.pipeline.submit(LiveEngine.calibrate)

    def undo_calibration(self) -> Future[bool]:
        """Back to the one before; False when there is none."""
        return self.pipeline.submit(lambda engine: engine.session.undo_calibration())

    def change(self, settings: Settings) -> Future[None]:
        """Take other settings from the next frame on."""
        return self._engines.change_settings(settings)

    @property
    def settings(self) -> Settings:
        """Those that hold now."""
        return self._engines.settings

    @property
    def look(self) -> Look:
        """How the picture lies in the frame."""
        return self._output.look

    def change_look(self, look: Look) -> None:
        """Ground, mirror, badge: from the next picture on, and for the next virtual camera."""
        self._output.look = look

    def change_pace(self, *, governor: bool, fps_cap: float | None) -> Future[None]:
        """See LiveRequest. Begins with everything again. Raises SettingsError."""
        return self._engines.change_pace(governor=governor, fps_cap=fps_cap)

    def change_camera(self, camera: str) -> Future[None]:
        """Open another camera; the present one goes on until that has worked. Switches pass-through off."""
        future = self.pipeline.change_camera(partial(open_camera, camera))
        future.add_done_callback(partial(self._camera_changed, camera))
        return future

    def open_output(self) -> Future[None]:
        """Show the call to others: open the virtual camera, repairing one that its driver has left stuck. It is there when
        the Future is done; when that fails all is as before, and `status().pipeline.output` tells why. Switches
        pass-through off. One that is open stays."""
        future = self.pipeline.change_sink(self._output.open)
        future.add_done_callback(partial(self._output_changed, True))
        return future

    def close_output(self) -> Future[None]:
        """Show the stand-by picture, then let the virtual camera go; the call goes on and is previewed. Switches
        pass-through off. Without one: ends the attempts to open it."""
        future = self.pipeline.change_sink(self._output.open_none)
        future.add_done_callback(partial(self._output_changed, False))
        return future

    def change_engine(
        self, model: Path, *, runtime: str = "auto", device: str = "auto", precision: str = "auto"
    ) -> Future[None]:
        """Another model or runtime: see EngineChange. The present one goes on until the other is ready, and for good if the
        Future fails or is cancelled. A change that is under way is cancelled. Switches pass-through off."""
        return self._engines.change(EngineRequest(model, runtime, device, precision))

    def record(self, path: Path) -> None:
        """Begin to record what the virtual camera shows, or would. Raises MediaError; NotReadyError before the first picture."""
        self._output.record(path)

    def stop_recording(self) -> RecorderStatus | None:
        """Finish the file. None when nothing was recorded."""
        return self._output.stop_recording()

    def _camera_changed(self, camera: str, ended: Future[None]) -> None:
        """Not when it is opened: one for which nobody waits any more may open late, and is not used."""
        if not ended.cancelled() and ended.exception() is None:
            self._camera, at = camera, time.monotonic()  # in the capture thread: nothing has been read from it yet
            self.pipeline.submit(lambda engine: engine.change_camera(camera, at=at))

    def _output_changed(self, retried: bool, ended: Future[None]) -> None:
        """What was opened is opened again when it is lost; what never could be opened is not."""
        if not ended.cancelled() and ended.exception() is None:
            self._retries_output = retried

    def _show_no_longer(self, refused: Avatar) -> None:
        engine = self._engines.newest
        self._wanted.give_up(refused, engine.avatar if engine is not None else None)

    def _looks_fps(self) -> float:
        """Asked by the face thread before each look."""
        engine = self._engines.newest
        if engine is None:
            return _FIRST_LOOKS_FPS
        self.pipeline.rest_unread = self.request.pipeline.rest_unread and engine.session.status().calibrated
        return _RESTING_LOOKS_FPS if self.pipeline.resting else engine.pace.level.looks_fps

    def _remember(self) -> None:
        try:
            self._memory.write()
        except SettingsError as error:
            _log.warning("The calibrations are not remembered: %s", error)


def _failed(error: AvatarifyError) -> Future[None]:
    future: Future[None] = Future()
    future.set_exception(error)
    return future

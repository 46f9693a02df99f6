"""A live call, wired in this one place: camera -> session -> virtual camera, the face watcher beside them, avatars, memory.

Windows and the command line hold a `Live`, give it commands, and render its `status()`; they wire nothing themselves.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from avatarify.animator import Animator, load_runtime
from avatarify.avatars import Avatar, Avatars
from avatarify.camera.open_camera import open_camera
from avatarify.errors import AvatarifyError, MediaError, NotReadyError
from avatarify.face.calibration import Remembered
from avatarify.face.watcher import FaceState
from avatarify.frame import Image
from avatarify.live.allocator import bound_arenas
from avatarify.live.engine import LiveEngine
from avatarify.live.engine_change import Call, EngineChange
from avatarify.live.face_look import FaceLook
from avatarify.live.governor import GovernorStatus
from avatarify.live.output import Newest, Output
from avatarify.live.request import EngineRequest, LiveRequest, LiveStatus
from avatarify.live.shelf import open_avatars
from avatarify.memory import CalibrationMemory, Occasion
from avatarify.paths import user_calibrations
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.pipeline import Pipeline
from avatarify.pipeline.protocols import FrameSource
from avatarify.pipeline.status import StageState
from avatarify.runtime.base import Runtime
from avatarify.session import SessionStatus
from avatarify.settings import Settings
from avatarify.virtual_camera.composition import Look
from avatarify.virtual_camera.virtual_camera import VirtualCamera

if TYPE_CHECKING:  # see live/output.py
    from avatarify.virtual_camera.recorder import RecorderStatus

_REMEMBER_S = 0.2  # the end of a call must not wait for an engine that hangs
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
        open_output: Callable[[Image], VirtualCamera] | None = None,
        load: Callable[[EngineRequest], Runtime] | None = None,
        avatars: Avatars | None = None,
        on_preview: Callable[[], None] | None = None,
    ) -> None:
        """open_source, open_output (gets the stand-by picture), load: stand-ins for the camera, the virtual camera and the
        model, for tests and for windows that bring their own. avatars: those that a window shows already; None: those of the
        request's folders. on_preview: see Pipeline; who gives it is taken to look, see
        `watch`."""
        self.request = request
        self._load = load if load is not None else _load_runtime
        self._output = Output(request, open_output)
        self.avatars = avatars if avatars is not None else open_avatars(request.folders, size=request.portrait_size)
        self._memory = CalibrationMemory(user_calibrations())
        self._avatar: Avatar | None = None
        self._camera = request.camera
        self._retries_output = request.output
        self._engine_request = request.engine
        self._engine: LiveEngine | None = None
        self._change: EngineChange | None = None
        self._settings = request.settings
        self._governed, self._fps_cap = request.governor, request.fps_cap
        self._face_look: FaceLook | None = None
        self._face_since: float | None = None  # that it is in sight, while there is no engine yet
        self._avatars_read = threading.Event()
        self._avatars_read.set()
        self.ended_recording: RecorderStatus | None = None
        """What became of the recording that went on when the call ended; None where none did."""
        self.pipeline: Pipeline[LiveEngine] = Pipeline(
            open_source if open_source is not None else partial(open_camera, request.camera),
            self._make_engine,
            self._output.open if request.output else self._output.open_none,
            standby=self._output.standby.image,
            pause=self._output.pause.image,
            options=request.pipeline,
            on_preview=on_preview,
        )
        self.pipeline.watched = on_preview is not None
        self.pipeline.rest_unread = False  # before the first calibration the engine is needed
        self._newest = Newest(self.pipeline.shown.subscribe(), self._output.standby.image)

    def start(self) -> None:
        """Start every thread, and read the avatars while camera and model are being opened. Raises MediaError for an avatar
        that is not there or cannot be used; then everything has ended again."""
        bound_arenas()
        self._avatars_read.clear()
        self._face_look = FaceLook(self.pipeline.camera.subscribe(), tell=self._tell_face, looks_fps=self._looks_fps)
        self.pipeline.start()
        self._face_look.start()
        try:
            self._read_avatars()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Remember the calibration, end every thread, finish the recording. Twice is fine."""
        if self._change is not None:
            self._change.future.cancel()
        self._remember()
        face_look, self._face_look = self._face_look, None
        if face_look is not None:
            face_look.stop()
        recorder = self._output.end_recording()
        self.pipeline.stop()
        if recorder is not None:  # last: a slow disk keeps nobody's camera open
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
        engine, face_look = self._engine, self._face_look
        notes = [self._memory.trouble, face_look.trouble if face_look is not None else ""]
        if engine is not None:
            notes += [f"not {reason}" for reason in engine.animator.runtime.description.passed_over]
        return LiveStatus(
            pipeline=self.pipeline.status(),
            session=engine.session.status() if engine is not None else SessionStatus(),
            avatar=self._avatar.name if self._avatar is not None else None,
            runtime=engine.animator.runtime.description if engine is not None else None,
            virtual_camera=self._output.virtual_camera,
            recording=self._output.recording,
            notes=tuple(note for note in (*notes, *self._output.notes) if note),
            camera=self._camera,
            model=self._engine_request.model,
            governor=engine.pace.status if engine is not None else GovernorStatus(on=self._governed),
            in_use=self._output.in_use,
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
        avatar = _usable(self.avatars.find(key))
        self._avatar = avatar

        def show(engine: LiveEngine) -> None:
            try:
                engine.show(avatar)
            except BaseException:
                self._stay(avatar)
                raise

        future = self.pipeline.submit(show)
        future.add_done_callback(lambda ended: self._stay(avatar) if ended.cancelled() else None)
        return future

    def next_avatar(self, step: int = 1) -> Future[None]:
        """The next usable one, or the one before (-1)."""
        usable = [avatar.name for avatar in self.avatars.all if avatar.usable]
        if not usable:
            raise MediaError("There is no avatar to show.", "Add a portrait.")
        here = usable.index(self._avatar.name) if self._avatar is not None and self._avatar.name in usable else -step
        return self.show_avatar(usable[(here + step) % len(usable)])

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
        return self.pipeline.submit(lambda engine: engine.session.calibrate())

    def undo_calibration(self) -> Future[bool]:
        """Back to the one before; False when there is none."""
        return self.pipeline.submit(lambda engine: engine.session.undo_calibration())

    def change(self, settings: Settings) -> Future[None]:
        """Take other settings from the next frame on."""
        self._settings = settings

        def apply(engine: LiveEngine) -> None:
            engine.session.set_motion(settings.motion)
            engine.session.set_comfort(settings.comfort)
            engine.session.set_framing(settings.framing)
            engine.session.set_calibration(settings.calibration)

        return self.pipeline.submit(apply)

    @property
    def look(self) -> Look:
        """How the picture lies in the frame."""
        return self._output.look

    def change_look(self, look: Look) -> None:
        """Ground, mirror, badge: from the next picture on, and for the next virtual camera."""
        self._output.look = look

    def change_pace(self, *, governor: bool, fps_cap: float | None) -> Future[None]:
        """See LiveRequest. Begins with everything again. Raises SettingsError."""
        wanted = replace(self.request, governor=governor, fps_cap=fps_cap)
        self._governed, self._fps_cap = wanted.governor, wanted.fps_cap
        return self.pipeline.submit(lambda engine: engine.change_pace(governed=governor, fps_cap=fps_cap))

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
        wanted = EngineRequest(model, runtime, device, precision)
        self.pipeline.passthrough.switch_off()
        if self._change is not None:
            self._change.future.cancel()
        if self.pipeline.status().animate.state is StageState.FAILED:  # there is none that could go on
            self._engine_request = wanted
            self.pipeline.restart_engine()
            return self.pipeline.submit(_nothing)
        call = Call(
            submit=self.pipeline.submit,
            avatar=lambda: self._avatar,
            shows_avatar=self._shows_avatar,
            changed=self._engine_changed,
            portrait_size=self.request.portrait_size,
        )
        self._change = EngineChange(wanted, self._load, call)
        self._change.start()
        return self._change.future

    def record(self, path: Path) -> None:
        """Begin to record what the virtual camera shows, or would. Raises MediaError; NotReadyError before the first picture."""
        self._output.record(path)

    def stop_recording(self) -> RecorderStatus | None:
        """Finish the file. None when nothing was recorded."""
        return self._output.stop_recording()

    def _read_avatars(self) -> None:
        began = time.monotonic()
        try:
            found = self.avatars.reload()
            self._avatar = self._first_avatar()
            _log.debug("Start: %d avatars were read in %.2f s.", len(found), time.monotonic() - began)
        finally:
            self._avatars_read.set()

    def _camera_changed(self, camera: str, ended: Future[None]) -> None:
        """Not when it is opened: one for which nobody waits any more may open late, and is not used."""
        if not ended.cancelled() and ended.exception() is None:
            self._camera = camera

    def _output_changed(self, retried: bool, ended: Future[None]) -> None:
        """What was opened is opened again when it is lost; what never could be opened is not."""
        if not ended.cancelled() and ended.exception() is None:
            self._retries_output = retried

    def _make_engine(self) -> LiveEngine:
        """In the animate thread."""
        began = time.monotonic()
        animator = Animator(self._load(self._engine_request))
        _log.debug("Start: the model was loaded in %.2f s.", time.monotonic() - began)
        self._avatars_read.wait()
        now = replace(self.request, settings=self._settings, governor=self._governed, fps_cap=self._fps_cap)
        engine = LiveEngine(animator, now, self.avatars, recall=self._recall, limit=self._limit)
        if self._avatar is not None:
            engine.show(self._avatar)
        since, self._face_since = self._face_since, None
        if since is not None:
            engine.session.looked_before(time.monotonic() - since)
        self._engine = engine
        return engine

    def _stay(self, refused: Avatar) -> None:
        """The one that was wanted is not shown: that of the engine is, unless yet another is wanted by now."""
        engine = self._engine
        if self._avatar is refused and engine is not None and engine.avatar is not None:
            self._avatar = engine.avatar

    def _shows_avatar(self) -> bool:
        return self.pipeline.status().showing in (Showing.ANIMATED, Showing.HELD)

    def _engine_changed(self, request: EngineRequest) -> None:
        """In the animate thread."""
        self._engine_request = request
        self.pipeline.passthrough.switch_off()

    def _limit(self, fps: float | None) -> None:
        self.pipeline.engine_fps = fps if fps is not None else self.request.pipeline.engine_fps

    def _tell_face(self, state: FaceState) -> None:
        engine = self._engine
        if engine is not None:
            engine.session.update_face(state)
        elif state.lost:
            self._face_since = None
        elif self._face_since is None:
            self._face_since = state.at

    def _looks_fps(self) -> float:
        """Asked by the face thread before each look."""
        engine = self._engine
        if engine is None:
            return _FIRST_LOOKS_FPS
        self.pipeline.rest_unread = self.request.pipeline.rest_unread and engine.session.status().calibrated
        return _RESTING_LOOKS_FPS if self.pipeline.resting else engine.pace.level.looks_fps

    def _recall(self, avatar: Avatar) -> Remembered | None:
        return self._memory.recall(self._occasion(avatar))

    def _occasion(self, avatar: Avatar) -> Occasion:
        return Occasion(avatar.name, self._camera, self._engine_request.model.name)

    def _remember(self) -> None:
        if self._avatar is None or self._engine is None:
            return
        avatar = self._avatar
        try:
            remembered = self.pipeline.submit(lambda engine: engine.session.remember()).result(timeout=_REMEMBER_S)
            if remembered is not None:
                self._memory.keep(self._occasion(avatar), remembered)
        except Exception as error:  # noqa: BLE001 - whatever an engine raises, the call ends and lets the devices go
            _log.warning("The calibration is not remembered: %r", error)

    def _first_avatar(self) -> Avatar:
        if self.request.avatar is not None:
            return _usable(self.avatars.find(self.request.avatar))
        for avatar in self.avatars.all:
            if avatar.usable:
                return avatar
        folders = ", ".join(str(folder) for folder in self.request.folders)
        raise MediaError(f"There is no usable avatar in {folders}.", "Put a portrait there.")


def _load_runtime(wanted: EngineRequest) -> Runtime:
    return load_runtime(wanted.runtime, model=wanted.model, device=wanted.device, precision=wanted.precision)


def _failed(error: AvatarifyError) -> Future[None]:
    future: Future[None] = Future()
    future.set_exception(error)
    return future


def _nothing(_: LiveEngine) -> None:
    pass


def _usable(avatar: Avatar) -> Avatar:
    if not avatar.usable:
        raise MediaError(f"The avatar {avatar.name!r} cannot be used.", " ".join(avatar.problems))
    return avatar

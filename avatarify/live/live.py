"""A live call, wired in this one place: camera -> session -> virtual camera, the face watcher beside them, avatars, memory.

Windows and the command line hold a `Live`, give it commands, and render its `status()`; they wire nothing themselves.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from types import TracebackType

from avatarify.animator import Animator, load_runtime
from avatarify.avatars import Avatar, Avatars, FaceTools
from avatarify.camera.open_camera import open_camera
from avatarify.errors import AvatarifyError, MediaError, NotReadyError
from avatarify.face.mesh import FaceMesh
from avatarify.face.search import FaceSearch
from avatarify.face.watcher import FaceWatcher
from avatarify.frame import Frame, Image
from avatarify.live.allocator import bound_arenas
from avatarify.live.engine import LiveEngine
from avatarify.live.request import LiveRequest, LiveStatus
from avatarify.media.images import read_image
from avatarify.memory import CalibrationMemory, Occasion
from avatarify.paths import user_calibrations
from avatarify.pipeline.pipeline import Pipeline
from avatarify.pipeline.protocols import FrameSource
from avatarify.pipeline.slot import LatestSlot, SlotClosedError
from avatarify.pipeline.worker import Worker
from avatarify.runtime.base import Runtime
from avatarify.session import Session, SessionStatus
from avatarify.settings import Settings
from avatarify.virtual_camera.composition import Look
from avatarify.virtual_camera.framed_camera import FramedCamera
from avatarify.virtual_camera.memory_camera import MemoryVirtualCamera
from avatarify.virtual_camera.recorder import Recorder, RecorderStatus
from avatarify.virtual_camera.standby import Standby, load_standby
from avatarify.virtual_camera.virtual_camera import PyVirtualCamera, VirtualCamera

_LOOK_UP_S = 0.25
_REMEMBER_S = 0.2  # the end of a call must not wait for an engine that hangs
_LOOK_EVERY_S = (
    1 / 15
)  # a look costs some 8 ms of a core, which the engine needs more than a crop needs 30 looks a second
_log = logging.getLogger(__name__)


class Live:
    """One live call. Commands may come from any thread; those that touch the session return a Future.

    Fails closed: see pipeline/gate.py. Nothing is opened before `start`.
    """

    def __init__(
        self,
        request: LiveRequest,
        *,
        open_source: Callable[[], FrameSource] | None = None,
        open_output: Callable[[Image], VirtualCamera] | None = None,
        load: Callable[[], Runtime] | None = None,
        on_preview: Callable[[], None] | None = None,
    ) -> None:
        """open_source, open_output (gets the stand-by picture), load: stand-ins for the camera, the virtual camera and the
        model, for tests and for windows that bring their own. on_preview: see Pipeline."""
        self.request = request
        self._load = load if load is not None else self._load_runtime
        self._open_output = open_output if open_output is not None else self._real_output
        self._standby: Standby = load_standby(request.size)
        self.avatars = Avatars(
            request.folders, read_image, FaceTools(FaceSearch(), FaceMesh()), size=request.portrait_size
        )
        self._memory = CalibrationMemory(user_calibrations())
        self._lock = threading.Lock()
        self._avatar: Avatar | None = None
        self._engine: LiveEngine | None = None
        self._sink: FramedCamera | None = None
        self._recorder: Recorder | None = None
        self._look = request.look
        self._face_trouble = ""
        self._watcher: Worker | None = None
        self._seen: LatestSlot[Frame] | None = None
        self.pipeline: Pipeline[LiveEngine] = Pipeline(
            open_source if open_source is not None else self._real_camera,
            self._make_engine,
            self._open_sink,
            standby=self._standby.image,
            options=request.pipeline,
            on_preview=on_preview,
        )

    def start(self) -> None:
        """Read the avatars, then start every thread. Raises MediaError for an avatar that is not there or cannot be used."""
        bound_arenas()
        self.avatars.reload()
        self._avatar = self._first_avatar()
        self._seen = self.pipeline.camera.subscribe()
        stopping = threading.Event()
        self._watcher = Worker("face", self._face_step(self._seen, stopping), stopping=stopping)
        self.pipeline.start()
        self._watcher.start()

    def stop(self) -> None:
        """Remember the calibration, end every thread, finish the recording. Twice is fine."""
        self._remember()
        if self._watcher is not None:
            self._watcher.stop()
        if self._seen is not None:
            self._seen.close()
        self.stop_recording()
        self.pipeline.stop()
        if self._watcher is not None:
            self._watcher.join(0.5)
        self._watcher = self._seen = None

    def __enter__(self) -> Live:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def status(self) -> LiveStatus:
        """A snapshot; cheap."""
        engine, sink, recorder = self._engine, self._sink, self._recorder
        notes = [self._standby.note, self._memory.trouble, self._face_trouble]
        if engine is not None:
            notes += [f"not {reason}" for reason in engine.animator.runtime.description.passed_over]
        if sink is not None:
            notes += sink.camera.notes
        return LiveStatus(
            pipeline=self.pipeline.status(),
            session=engine.session.status() if engine is not None else SessionStatus(),
            avatar=self._avatar.name if self._avatar is not None else None,
            runtime=engine.animator.runtime.description if engine is not None else None,
            virtual_camera=sink.camera.name if sink is not None else None,
            recording=recorder.status if recorder is not None else None,
            notes=tuple(note for note in notes if note),
        )

    def show_avatar(self, key: str | int) -> Future[None]:
        """By name or number, from the next frame on. Raises MediaError, naming those there are, or why it cannot be used."""
        avatar = _usable(self.avatars.find(key))
        self._avatar = avatar
        return self.pipeline.submit(lambda engine: self._show(engine, avatar))

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
        """Take the newest frame as the reference."""
        return self.pipeline.submit(lambda engine: engine.session.calibrate())

    def undo_calibration(self) -> Future[bool]:
        """Back to the one before; False when there is none."""
        return self.pipeline.submit(lambda engine: engine.session.undo_calibration())

    def change(self, settings: Settings) -> Future[None]:
        """Take other settings from the next frame on."""

        def apply(engine: LiveEngine) -> None:
            engine.session.set_motion(settings.motion)
            engine.session.set_comfort(settings.comfort)
            engine.session.set_framing(settings.framing)
            engine.session.set_calibration(settings.calibration)

        return self.pipeline.submit(apply)

    @property
    def look(self) -> Look:
        """How the picture lies in the frame."""
        return self._look

    def change_look(self, look: Look) -> None:
        """Ground, mirror, badge: from the next picture on, and for the next virtual camera."""
        self._look = look
        if self._sink is not None:
            self._sink.look = look

    def change_camera(self, camera: str) -> Future[None]:
        """Open another camera; the present one goes on until that has worked."""
        return self.pipeline.change_camera(lambda: open_camera(camera))

    def record(self, path: Path) -> None:
        """Begin to record what the virtual camera shows. Raises MediaError; NotReadyError while there is no virtual camera."""
        with self._lock:
            sink = self._sink
            if sink is None:
                raise NotReadyError("There is nothing to record yet.", "Wait until the virtual camera is open.")
            if self._recorder is not None:
                raise MediaError("A recording is going on.", "Stop it first.")
            self._recorder = Recorder(path, size=self.request.size, fps=self.request.fps)
            sink.tap = self._recorder.put

    def stop_recording(self) -> RecorderStatus | None:
        """Finish the file. None when nothing was recorded."""
        with self._lock:
            recorder, self._recorder = self._recorder, None
            if self._sink is not None:
                self._sink.tap = None
        return recorder.stop() if recorder is not None else None

    def _real_camera(self) -> FrameSource:
        return open_camera(self.request.camera)

    def _real_output(self, standby: Image) -> VirtualCamera:
        if not self.request.output:
            return MemoryVirtualCamera(size=self.request.size, fps=self.request.fps, keep=1)
        return PyVirtualCamera(self.request.device, size=self.request.size, fps=self.request.fps, standby=standby)

    def _load_runtime(self) -> Runtime:
        wanted = self.request
        return load_runtime(
            wanted.runtime, model=wanted.model, device=wanted.runtime_device, precision=wanted.precision
        )

    def _open_sink(self) -> FramedCamera:
        """In the output thread."""
        sink = FramedCamera(self._open_output(self._standby.image), self._look)
        with self._lock:
            self._sink = sink
            if self._recorder is not None:
                sink.tap = self._recorder.put
        return sink

    def _make_engine(self) -> LiveEngine:
        """In the animate thread."""
        animator = Animator(self._load())
        session = Session(animator, self.request.settings)
        engine = LiveEngine(session, animator, self.avatars)
        self.avatars.forget_encodings()
        if self._avatar is not None:
            self._show(engine, self._avatar)
        self._engine = engine
        return engine

    def _show(self, engine: LiveEngine, avatar: Avatar) -> None:
        """In the animate thread."""
        assert avatar.portrait is not None
        source = self.avatars.find(avatar.name).source
        engine.session.set_source(source or engine.animator.encode_source(avatar.portrait), avatar.target)
        if engine.session.scene.reference is None:
            remembered = self._memory.recall(self._occasion(avatar))
            if remembered is not None:
                try:
                    engine.session.restore(remembered)
                except AvatarifyError as error:
                    _log.warning("A remembered calibration is not used: %s", error)

    def _occasion(self, avatar: Avatar) -> Occasion:
        return Occasion(avatar.name, self.request.camera, self.request.model.name)

    def _remember(self) -> None:
        if self._avatar is None or self._engine is None:
            return
        avatar = self._avatar
        try:
            remembered = self.pipeline.submit(lambda engine: engine.session.remember()).result(timeout=_REMEMBER_S)
            if remembered is not None:
                self._memory.keep(self._occasion(avatar), remembered)
        except (AvatarifyError, FutureTimeoutError, CancelledError) as error:
            _log.warning("The calibration is not remembered: %s", error)

    def _first_avatar(self) -> Avatar:
        if self.request.avatar is not None:
            return _usable(self.avatars.find(self.request.avatar))
        for avatar in self.avatars.all:
            if avatar.usable:
                return avatar
        folders = ", ".join(str(folder) for folder in self.request.folders)
        raise MediaError(f"There is no usable avatar in {folders}.", "Put a portrait there.")

    def _face_step(self, seen: LatestSlot[Frame], stopping: threading.Event) -> Callable[[], bool]:
        """The face thread: look at the newest camera frame, tell the session. It never waits for a frame to be animated."""
        watcher: FaceWatcher | None = None

        def step() -> bool:
            nonlocal watcher
            try:
                frame = seen.take(_LOOK_UP_S)
            except SlotClosedError:
                return False
            engine = self._engine
            if frame is not None and engine is not None:
                began = time.monotonic()
                try:
                    watcher = watcher if watcher is not None else FaceWatcher()
                    engine.session.update_face(watcher.observe(frame))
                    self._face_trouble = ""
                except AvatarifyError as error:
                    self._face_trouble = str(error)
                stopping.wait(began + _LOOK_EVERY_S - time.monotonic())
            return True

        return step


def _usable(avatar: Avatar) -> Avatar:
    if not avatar.usable:
        raise MediaError(f"The avatar {avatar.name!r} cannot be used.", " ".join(avatar.problems))
    return avatar

"""The live call as windows see it: commands that return at once, signals on the Qt thread, a snapshot four times a second."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from avatarify.app.call_start import CallStart
from avatarify.app.tasks import Task, Tasks
from avatarify.errors import AvatarifyError, NotReadyError

if TYPE_CHECKING:  # each of these imports torch or OpenCV, for which the window does not wait
    from avatarify.face.watcher import FaceState
    from avatarify.frame import Frame
    from avatarify.live.live import Live
    from avatarify.live.request import LiveRequest, LiveStatus
    from avatarify.pipeline.output import Shown
    from avatarify.pipeline.slot import LatestSlot
    from avatarify.settings import Settings
    from avatarify.virtual_camera.composition import Look

T = TypeVar("T")
LOOK_EVERY_MS = 250
_AVATARS = "avatars"  # the lane of what changes their files: in the order in which the user wanted it
_CALL = "call"  # the lane of starts: the next one waits until one that was given up has let camera and avatars go


class CallState(Enum):
    """STARTING: the model and the avatars are being read. STOPPING: threads are ending."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


class Call(QObject):
    """Holds the one `Live` there is. All methods belong to the Qt thread and return at once; what fails comes as `failed`.

        STOPPED --start--> STARTING --> RUNNING --stop--> STOPPING --> STOPPED
                              +--- failed, or stop --------------------^

    changed: state, status or busy is another. preview_ready, camera_ready: a picture lies in `preview`, in `camera`; not
    said again before it was taken. avatars_changed: the list, or what is known of one. failed: an AvatarifyError.
    """

    changed = Signal()
    preview_ready = Signal()
    camera_ready = Signal()
    avatars_changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        make_live: Callable[[LiveRequest, Callable[[], None]], Live],
        *,
        tasks: Tasks | None = None,
        parent: QObject | None = None,
    ) -> None:
        """make_live: gets what to run and whom to tell of a new preview picture; called in a thread of its own."""
        super().__init__(parent)
        self.tasks = tasks if tasks is not None else Tasks(self)
        self.live: Live | None = None
        self.state = CallState.STOPPED
        self.status: LiveStatus | None = None
        """The newest snapshot; None while there is no call."""
        self.request: LiveRequest | None = None
        """What runs, or ran last."""
        self.camera: LatestSlot[Frame] | None = None
        """The camera's own pictures, for the user's eyes only."""
        self._make_live = make_live
        self._make_request: Callable[[], LiveRequest] | None = None
        self._start = CallStart()
        self._leaving: Live | None = None  # its threads are ending
        self._watchers: frozenset[Hashable] = frozenset()
        self._under_way: list[_UnderWay] = []
        self._closed = False
        self._run = 0  # tells a call from one that was given up while it was starting
        self._avatars: tuple[object, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    @property
    def busy(self) -> tuple[str, ...]:
        """Text keys of what is under way, oldest first."""
        own = {CallState.STARTING: ("shell.busy_starting",), CallState.STOPPING: ("shell.busy_stopping",)}
        loading = self.state is CallState.RUNNING and self.status is not None and self.status.runtime is None
        model = ("shell.busy_model",) if loading and not self._engine_failed else ()
        return (*own.get(self.state, ()), *model, *(item.key for item in self._under_way))

    @property
    def preview(self) -> LatestSlot[Shown] | None:
        """What the virtual camera gets, or would get."""
        return self.live.pipeline.preview if self.live is not None else None

    def start(self, request: LiveRequest) -> None:
        """Begin a call. While one runs or starts: nothing."""
        self.begin(lambda: request)

    def begin(self, make_request: Callable[[], LiveRequest]) -> None:
        """The same, where making the request takes time: it is called in the call's own thread, and may raise."""
        if self._closed or self.state is not CallState.STOPPED:
            return
        self._make_request = make_request
        self._run += 1
        run, preview_ready = self._run, self.preview_ready
        self._become(CallState.STARTING)

        start = self._start = CallStart()

        def begin() -> None:
            live = self._make_live(make_request(), preview_ready.emit)
            live.start()
            if not start.arrived(live):  # here, because by now there may be nobody left to be told
                live.stop()
                raise AvatarifyError("The start was given up.", "Start again.")

        self.tasks.run(
            begin,
            done=lambda _: self._started(start),
            failed=lambda error: self._not_started(error, run),
            lane=_CALL,
        )

    def stop(self) -> None:
        """End the call, or give up its start. When stopped: nothing."""
        if self.state is CallState.STARTING:
            self._run += 1
            live = self._start.give_up()
            if live is not None:
                self.tasks.run(live.stop, done=_nothing, failed=self.failed.emit, lane=_CALL)
            self._become(CallState.STOPPED)
        elif self.state is CallState.RUNNING and self.live is not None:
            live = self._leaving = self.live
            self._forget()
            self._become(CallState.STOPPING)
            self.tasks.run(live.stop, done=self._stopped, failed=self._stopped_badly)

    def close(self, limit_s: float) -> bool:
        """End the call here and now, because the program ends. Takes at most so long; False: it hangs."""
        self._closed = True  # what was about to begin a call finds nobody
        live, self._run = self._start.give_up() or self.live or self._leaving, self._run + 1
        if live is None:
            return True
        self._forget()
        thread = threading.Thread(target=live.stop, name="avatarify end", daemon=True)
        thread.start()
        thread.join(limit_s)
        return not thread.is_alive()

    def restart(self) -> None:
        """Try again what failed: the engine of a running call, else the whole call as it was asked for last."""
        if self.live is not None:
            self._in_thread("shell.busy_model", lambda live: live.pipeline.restart_engine())
        elif self._make_request is not None:
            self.begin(self._make_request)

    def show_avatar(self, key: str | int) -> None:
        """By name or number."""
        self._command("shell.busy_avatar", lambda live: live.show_avatar(key))

    def next_avatar(self, step: int = 1) -> None:
        """The next usable one, or the one before (-1)."""
        self._command("shell.busy_avatar", lambda live: live.next_avatar(step))

    def reload_avatars(self, then: Callable[[], None] | None = None) -> None:
        """Look into the folders again, then call `then`."""
        self._in_thread("shell.busy_avatars", lambda live: live.reload_avatars(), lane=_AVATARS, then=then)

    def change_avatars(self, change: Callable[[Live], object], then: Callable[[], None] | None = None) -> None:
        """Call `change` in the one thread to which `live.avatars` belongs: adding, removing, ordering pictures."""
        self._in_thread("shell.busy_avatars", change, lane=_AVATARS, then=then)

    def calibrate(self) -> None:
        """Take the newest frame as the reference."""
        self._command("shell.busy_calibrating", lambda live: live.calibrate())

    def accept_offer(self) -> None:
        """Take the better moment that is offered."""
        self._command(
            "shell.busy_calibrating", lambda live: live.pipeline.submit(lambda engine: engine.session.accept_offer())
        )

    def undo_calibration(self) -> None:
        """Back to the one before."""
        self._command("shell.busy_calibrating", lambda live: live.undo_calibration())

    def change_settings(self, settings: Settings) -> None:
        """From the next frame on."""
        self._command("shell.busy_settings", lambda live: live.change(settings))

    def reset_framing(self) -> None:
        """Straight to the face, without zoom, shift or lock."""
        self._command(
            "shell.busy_settings", lambda live: live.pipeline.submit(lambda engine: engine.session.reset_framing())
        )

    def change_look(self, look: Look) -> None:
        """Ground, mirror, badge. In a thread: a film that is just being opened may hold it up."""
        self._in_thread("shell.busy_settings", lambda live: live.change_look(look), lane="look")

    def change_pace(self, *, governor: bool, fps_cap: float | None) -> None:
        """Whether to do less on a slow machine, and how many frames a second to animate at most."""
        self._command("shell.busy_settings", lambda live: live.change_pace(governor=governor, fps_cap=fps_cap))

    def change_camera(self, camera: str) -> None:
        """Open another camera; the present one goes on until that has worked."""
        self._command("shell.busy_camera", lambda live: live.change_camera(camera))

    def change_engine(
        self, model: Path, *, runtime: str = "auto", device: str = "auto", precision: str = "auto"
    ) -> None:
        """Another model or runtime; the present one goes on until that has worked."""
        self._command(
            "shell.busy_engine",
            lambda live: live.change_engine(model, runtime=runtime, device=device, precision=precision),
        )

    def open_output(self) -> None:
        """Start the virtual camera."""
        self._command("shell.busy_output", lambda live: live.open_output())

    def close_output(self) -> None:
        """Stop it; the preview goes on."""
        self._command("shell.busy_output_off", lambda live: live.close_output())

    def toggle_pause(self) -> None:
        """Show everybody the pause picture, or end that."""
        if self.live is None:
            self._not_ready()
        elif self.live.pipeline.status().paused:
            self.live.pipeline.resume()
        else:
            self.live.pipeline.pause()
        self.look()

    def set_passthrough(self, on: bool) -> None:
        """DANGER: on shows everybody the real camera picture. Ask the user first."""
        if self.live is None:
            self._not_ready()
        elif on:
            self.live.pipeline.passthrough.switch_on()
        else:
            self.live.pipeline.passthrough.switch_off()
        self.look()

    def watch(self, watched: bool, *, by: Hashable = None) -> None:
        """Somebody looks at the call's pictures: without, and without a reader of the virtual camera, the engine rests. by:
        which window says so; each speaks for itself alone."""
        self._watchers = self._watchers | {by} if watched else self._watchers - {by}
        if self.live is not None:
            self.live.watch(bool(self._watchers))

    def face(self) -> FaceState | None:
        """The newest look at the user's face."""
        return self.live.face() if self.live is not None else None

    def cancel(self) -> None:
        """Give up what is under way; the call goes on as it was. A call that is starting is stopped."""
        for item in self._under_way:
            item.task.cancel()
            if item.future is not None:
                item.future.cancel()
        self._under_way.clear()
        if self.state is CallState.STARTING:
            self.stop()
        else:
            self.look()

    def look(self) -> None:
        """Take a new snapshot now."""
        if self.live is not None:
            self.status = self.live.status()
            avatars = tuple(
                (avatar.path, avatar.number, avatar.problems, avatar.source is not None)
                for avatar in self.live.avatars.all
            )
            if avatars != self._avatars:
                self._avatars = avatars
                self.avatars_changed.emit()
        self.changed.emit()

    @property
    def _engine_failed(self) -> bool:
        return self.status is not None and self.status.pipeline.animate.state.value == "failed"

    def _become(self, state: CallState) -> None:
        self.state = state
        self.changed.emit()

    def _started(self, start: CallStart) -> None:
        live = start.take()
        if live is None:  # given up meanwhile
            return
        self.live, self.request = live, live.request
        live.watch(bool(self._watchers))
        self.camera = live.pipeline.camera.subscribe(self.camera_ready.emit)
        self.state = CallState.RUNNING
        self._timer.start()
        self.look()
        self.preview_ready.emit()  # the first picture may have come while nobody could take it

    def _not_started(self, error: AvatarifyError, run: int) -> None:
        if run == self._run:
            self._become(CallState.STOPPED)
            self.failed.emit(error)

    def _forget(self) -> None:
        self._timer.stop()
        if self.camera is not None:
            self.camera.close()
        for item in self._under_way:
            item.task.cancel()
        self._under_way.clear()
        self.live, self.camera, self.status = None, None, None

    def _stopped(self, _: object = None) -> None:
        self._leaving = None
        self._become(CallState.STOPPED)

    def _stopped_badly(self, error: AvatarifyError) -> None:
        self._stopped()
        self.failed.emit(error)

    def _not_ready(self) -> None:
        self.failed.emit(NotReadyError("The camera is not running yet.", "Wait a moment, or start it again."))

    def _command(self, key: str, command: Callable[[Live], Future[T]]) -> None:
        """Something that Live does in a thread of its own."""
        if self.live is None:
            self._not_ready()
            return
        try:
            future = command(self.live)
        except AvatarifyError as error:
            self.failed.emit(error)
            return
        item = _UnderWay(key, future)
        item.task = self.tasks.watch(
            future, done=lambda _: self._ended(item, None), failed=lambda error: self._ended(item, error)
        )
        self._begun(item)

    def _in_thread(
        self, key: str, command: Callable[[Live], object], *, lane: str = "", then: Callable[[], None] | None = None
    ) -> None:
        """Something that Live does in the caller's thread."""
        if self.live is None:
            self._not_ready()
            return
        live, item = self.live, _UnderWay(key)
        item.task = self.tasks.run(
            lambda: command(live),
            done=lambda _: self._ended(item, None, then),
            failed=lambda error: self._ended(item, error),
            lane=lane,
        )
        self._begun(item)

    def _begun(self, item: _UnderWay) -> None:
        self._under_way.append(item)
        self.changed.emit()

    def _ended(self, item: _UnderWay, error: AvatarifyError | None, then: Callable[[], None] | None = None) -> None:
        with contextlib.suppress(ValueError):
            self._under_way.remove(item)
        self.look()
        if error is not None:
            self.failed.emit(error)
        elif then is not None:
            then()


class _UnderWay:
    """A command that has not ended. key: of the text that tells it."""

    def __init__(self, key: str, future: Future[Any] | None = None) -> None:
        self.key = key
        self.future = future
        self.task = Task()


def _nothing(_: object) -> None:
    pass

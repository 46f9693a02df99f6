"""The live call as windows see it: its start and its end, signals on the Qt thread, a snapshot four times a second."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from avatarify.app.call_commands import CallCommands
from avatarify.app.call_start import CallStart
from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError

if TYPE_CHECKING:  # each of these imports torch or OpenCV, for which the window does not wait
    from avatarify.face.watcher import FaceState
    from avatarify.frame import Frame
    from avatarify.live.live import Live
    from avatarify.live.request import LiveRequest
    from avatarify.pipeline.output import Shown
    from avatarify.pipeline.slot import LatestSlot

LOOK_EVERY_MS = 250
_CALL = "call"  # the lane of starts: the next one waits until one that was given up has let camera and avatars go


class CallState(Enum):
    """STARTING: the model and the avatars are being read. STOPPING: threads are ending."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


class Call(CallCommands):
    """Makes the `Live` that its commands are for, and ends it. Of its methods, too, all belong to the Qt thread and return at
    once, and what fails comes as `failed`.

        STOPPED --start--> STARTING --> RUNNING --stop--> STOPPING --> STOPPED
                              +--- failed, or stop --------------------^

    changed: also when the state is another. preview_ready, camera_ready: a picture lies in `preview`, in `camera`; not said
    again before it was taken.
    """

    preview_ready = Signal()
    camera_ready = Signal()

    def __init__(
        self,
        make_live: Callable[[LiveRequest, Callable[[], None]], Live],
        *,
        tasks: Tasks | None = None,
        parent: QObject | None = None,
    ) -> None:
        """make_live: gets what to run and whom to tell of a new preview picture; called in a thread of its own."""
        super().__init__(tasks, parent)
        self.state = CallState.STOPPED
        self.request: LiveRequest | None = None
        """What runs, or ran last."""
        self.camera: LatestSlot[Frame] | None = None
        """The camera's own pictures, for the user's eyes only."""
        self._make_live = make_live
        self._make_request: Callable[[], LiveRequest] | None = None
        self._start = CallStart()
        self._leaving: Live | None = None  # its threads are ending
        self._watchers: frozenset[Hashable] = frozenset()
        self._closed = False
        self._run = 0  # tells a call from one that was given up while it was starting
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    @property
    def busy(self) -> tuple[str, ...]:
        """Text keys of what is under way, oldest first."""
        own = {CallState.STARTING: ("shell.busy_starting",), CallState.STOPPING: ("shell.busy_stopping",)}
        loading = self.state is CallState.RUNNING and self.status is not None and self.status.runtime is None
        model = ("shell.busy_model",) if loading and not self._engine_failed else ()
        return (*own.get(self.state, ()), *model, *self._under_way.keys)

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
        self._under_way.cancel()
        if self.state is CallState.STARTING:
            self.stop()
        else:
            self.look()

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
        self._under_way.forget()
        self.live, self.camera, self.status = None, None, None

    def _stopped(self, _: object = None) -> None:
        self._leaving = None
        self._become(CallState.STOPPED)

    def _stopped_badly(self, error: AvatarifyError) -> None:
        self._stopped()
        self.failed.emit(error)


def _nothing(_: object) -> None:
    pass

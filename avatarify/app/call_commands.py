"""What a running call can be told by windows: commands that return at once, and the snapshot that shows what they did."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from avatarify.app.tasks import Tasks
from avatarify.app.under_way import UnderWay
from avatarify.errors import AvatarifyError, NotReadyError

if TYPE_CHECKING:  # each of these imports torch or OpenCV, for which the window does not wait
    from avatarify.live.live import Live
    from avatarify.live.request import LiveStatus
    from avatarify.settings import Settings
    from avatarify.virtual_camera.composition import Look

_AVATARS = "avatars"  # the lane of what changes their files: in the order in which the user wanted it


class CallCommands(QObject):
    """To the one `Live` there is. All methods belong to the Qt thread and return at once; what fails, or comes while no call
    runs, is told by `failed`.

    changed: status or what is under way is another. avatars_changed: the list, or what is known of one. failed: an
    AvatarifyError.
    """

    changed = Signal()
    avatars_changed = Signal()
    failed = Signal(object)

    def __init__(self, tasks: Tasks | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tasks = tasks if tasks is not None else Tasks(self)
        self.live: Live | None = None
        self.status: LiveStatus | None = None
        """The newest snapshot; None while there is no call."""
        self._under_way = UnderWay(self.tasks)
        self._under_way.begun.connect(self.changed)
        self._under_way.ended.connect(self._ended)
        self._avatars: tuple[object, ...] = ()

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

    def _command(self, key: str, command: Callable[[Live], Future[Any]]) -> None:
        """Something that Live does in a thread of its own. key: of the text that tells it."""
        if self.live is None:
            self._not_ready()
            return
        try:
            future = command(self.live)
        except AvatarifyError as error:
            self.failed.emit(error)
        else:
            self._under_way.watch(key, future)

    def _in_thread(
        self, key: str, command: Callable[[Live], object], *, lane: str = "", then: Callable[[], None] | None = None
    ) -> None:
        """Something that Live does in the caller's thread."""
        if self.live is None:
            self._not_ready()
        else:
            self._under_way.run(key, partial(command, self.live), lane=lane, then=then)

    def _ended(self, error: AvatarifyError | None) -> None:
        self.look()
        if error is not None:
            self.failed.emit(error)

    def _not_ready(self) -> None:
        self.failed.emit(NotReadyError("The camera is not running yet.", "Wait a moment, or start it again."))

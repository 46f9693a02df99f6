"""Carries out what the user chooses: tells the running call, and dresses the app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from avatarify.app.call import Call, CallState
from avatarify.app.choices import Choices
from avatarify.app.text.qt_words import speak_qt
from avatarify.app.text.text import set_language
from avatarify.app.theme.theme import apply_theme, set_reduced_motion
from avatarify.preferences.preferences import Preferences

if TYPE_CHECKING:
    from avatarify.live.live import Live

_ENGINE = ("motion.", "comfort.", "framing.", "calibration.")
_LOOK = ("output.ground", "output.mirror", "output.badge")
_RUNTIME = ("engine.model", "engine.runtime", "engine.device", "engine.precision")
_AT_START = ("output.size", "output.device", "engine.portrait_size")


class Follower(QObject):
    """Listens to `choices` and to `call`.

    words_changed: every window has to be made anew, in another language. keys_changed: other keys. waits: a key of a
    setting that holds from the next start of the call.
    """

    words_changed = Signal()
    keys_changed = Signal()
    waits = Signal(str)

    def __init__(
        self,
        call: Call,
        choices: Choices,
        *,
        restart: Callable[[], None],
        typed: Callable[[Preferences], Preferences] = lambda chosen: chosen,
        parent: QObject | None = None,
    ) -> None:
        """restart: end the call and begin it anew as it is chosen now. typed: puts what the program was started with over
        what is chosen."""
        super().__init__(parent)
        self._call, self._choices, self._restart, self._typed = call, choices, restart, typed
        self._live: Live | None = None
        self._missed: set[str] = set()  # chosen while the call was starting, which had been asked for by then
        choices.changed.connect(self._chosen)
        call.changed.connect(self._follow_call)

    def dress(self) -> None:
        """Language, colours and motion of the app as they are chosen."""
        chosen = self._choices.preferences
        set_language(chosen.text("window.language"))
        set_reduced_motion(chosen.switch("window.reduced_motion"))
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        speak_qt(app)
        apply_theme(app, chosen.text("window.theme"))

    def renew_engine(self, model: Path) -> None:
        """The same engine anew, if the call still runs this model and the precision is left to us: a better one is there now."""
        chosen = self._typed(self._choices.preferences)
        runs = self._call.status is not None and self._call.status.model == model
        if runs and chosen.text("engine.precision") == "auto":
            self._change_engine(chosen)

    def _chosen(self, keys: tuple[str, ...]) -> None:
        chosen = self._choices.preferences
        if "window.theme" in keys or "window.reduced_motion" in keys:
            self.dress()
        if "window.language" in keys:
            self.dress()
            self.words_changed.emit()
        if any(key.startswith("keys.") for key in keys):
            self.keys_changed.emit()
        if self._call.live is not None:
            self._tell_call(self._typed(chosen), keys)
        elif "camera.device" in keys and self._call.state is CallState.STOPPED:
            self._restart()  # the one before did not work
        elif self._call.state is CallState.STARTING:
            self._missed.update(keys)

    def _tell_call(self, chosen: Preferences, keys: tuple[str, ...]) -> None:
        """What a running call can be told."""
        if any(key.startswith(_ENGINE) for key in keys):
            self._call.change_settings(chosen.settings())
        if set(keys) & set(_LOOK):
            from avatarify.live.preferred import preferred_look

            self._call.change_look(preferred_look(chosen))
        if "camera.device" in keys:
            self._change_camera(chosen.text("camera.device"))
        if set(keys) & set(_RUNTIME):
            self._change_engine(chosen)
        if set(keys) & {"engine.governor", "engine.fps_cap"}:
            from avatarify.live.preferred import preferred_fps

            self._call.change_pace(governor=chosen.switch("engine.governor"), fps_cap=preferred_fps(chosen))
        if set(keys) & set(_AT_START):
            if self._call.status is not None and self._call.status.virtual_camera is not None:
                self.waits.emit(next(key for key in _AT_START if key in keys))
            else:
                self._restart()

    def _change_camera(self, camera: str) -> None:
        """ "": the first that works."""

        def found() -> str:
            from avatarify.camera.devices import first_camera

            return camera or first_camera()

        self._call.tasks.run(found, done=self._call.change_camera, failed=self._call.failed.emit, lane="camera")

    def _change_engine(self, chosen: Preferences) -> None:
        name = chosen.text("engine.model")

        def resolved() -> Path:
            from avatarify.catalog.store import open_store

            return open_store().resolve(name)

        runtime, device, precision = (chosen.text(f"engine.{part}") for part in ("runtime", "device", "precision"))
        self._call.tasks.run(
            resolved,
            done=lambda model: self._call.change_engine(model, runtime=runtime, device=device, precision=precision),
            failed=self._call.failed.emit,
            lane="engine",
        )

    def _follow_call(self) -> None:
        """The next start begins with the avatar that was shown last. A call that has just begun was asked for some seconds
        ago: what was chosen since then is told now."""
        live, status = self._call.live, self._call.status
        if self._call.state is CallState.STOPPED:
            self._missed.clear()  # the next call is asked for as it is chosen then
        if live is not self._live:
            self._live = live
            missed, self._missed = tuple(self._missed), set()
            if live is not None and missed:
                self._tell_call(self._typed(self._choices.preferences), missed)
        if self._call.state is CallState.RUNNING and status is not None and status.avatar is not None:
            self._choices.set("avatars.last", status.avatar)

"""All parts of the app, made and joined in this one place: call, choices, window, tray, keys, avatars."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from avatarify.app.app_request import AppRequest
from avatarify.app.avatar_choices import AvatarChoices
from avatarify.app.call import Call, CallState
from avatarify.app.choices import Choices
from avatarify.app.commands.chosen_keys import chosen_global_keys, chosen_keys, notes_on_keys
from avatarify.app.commands.rules import Scope
from avatarify.app.commands.table import COMMANDS
from avatarify.app.control_server import ControlServer
from avatarify.app.follower import Follower
from avatarify.app.gallery.gallery import Gallery
from avatarify.app.garbage import Garbage
from avatarify.app.hotkeys.choose import choose
from avatarify.app.hotkeys.hotkeys import HotKeys
from avatarify.app.main_window import MainWindow
from avatarify.app.places import Places
from avatarify.app.quantising import quantising_of
from avatarify.app.recording import Recording
from avatarify.app.setting_texts import label_of
from avatarify.app.start_times import StartTimes
from avatarify.app.tasks import Tasks, unexpected
from avatarify.app.text.text import tr
from avatarify.app.tray import Tray
from avatarify.errors import AvatarifyError
from avatarify.paths import AVATARS, user_avatar_settings, user_avatars, user_places, user_preferences
from avatarify.preferences.avatar_memory import AvatarMemory
from avatarify.preferences.file import load
from avatarify.preferences.schema import find_setting

if TYPE_CHECKING:
    from avatarify.avatars import Avatars
    from avatarify.live.live import Live
    from avatarify.live.request import LiveRequest
    from avatarify.preferences.preferences import Preferences

MakeLive = Callable[["LiveRequest", Callable[[], None]], "Live"]
_MAIN = "main"
_AFTER_PAINT_MS = 30
"""The window paints itself first: importing torch takes the interpreter away from it now and then."""
_log = logging.getLogger(__name__)


class Application(QObject):
    """closed: the window has been closed; the program is to end. Raises SettingsError for overrides that cannot be."""

    closed = Signal()
    _defects = Signal(object)

    def __init__(
        self, request: AppRequest, *, make_live: MakeLive | None = None, parent: QObject | None = None
    ) -> None:
        """make_live: a stand-in for the real one, for tests; called in a thread."""
        super().__init__(parent)
        self._garbage = Garbage(self)
        self._request = request
        self._avatars: tuple[int, Avatars] | None = None  # and the size of their portraits
        self._avatars_lock = threading.Lock()
        loaded = load(user_preferences())
        request.over(loaded.preferences)
        self.tasks = Tasks(self)
        self.choices = Choices(loaded.preferences, user_preferences(), tasks=self.tasks, parent=self)
        self.choices.changed.connect(self._forget_typed)  # before anybody else hears of it
        self.call = Call(make_live if make_live is not None else self._real_live, tasks=self.tasks, parent=self)
        self._times = StartTimes(self.call, self)
        self.recording = Recording(self.call, parent=self)
        self.hotkeys = HotKeys(choose(), self.tasks, self)
        self.follower = Follower(
            self.call, self.choices, restart=self.restart_call, typed=self._with_typed, parent=self
        )
        quantising_of(self.call).ready.connect(self.follower.renew_engine)
        memory = AvatarMemory(user_avatar_settings())
        self.avatar_choices = AvatarChoices(self.call, self.choices, memory, tasks=self.tasks, parent=self)
        self._notes = (*loaded.notes, *memory.notes, *notes_on_keys(loaded.preferences))
        self.places = Places(user_places())
        self.control = ControlServer(
            self.call,
            {entry.id: partial(self.press, entry.id) for entry in COMMANDS},
            recording=self.recording,
            parent=self,
        )
        self.control.raised.connect(self.raise_window)
        self.follower.dress()
        self._again = False
        self._settled_for: object = None  # the engine for which there is nothing more to import
        self.tray: Tray | None = None
        self.window = self._make_window()
        self.places.restore(self.window, _MAIN)
        self.follower.words_changed.connect(self._speak_anew)
        self.follower.keys_changed.connect(self._rebind)
        self.follower.waits.connect(self._tell_waiting)
        self.choices.changed.connect(lambda keys: self._show_tray() if "window.tray" in keys else None)
        self.hotkeys.pressed.connect(self.press)
        self.avatar_choices.failed.connect(lambda error: self.window.tell(error, source="preferences"))
        self.call.changed.connect(self._follow_call)
        self._defects.connect(lambda error: self.window.tell(error, source="defect"))

    def show(self) -> None:
        """Open the window, and begin the call as soon as it has been painted."""
        self.window.show()
        self._show_tray()
        self._rebind()
        for note in self._notes:
            self.window.tell(AvatarifyError(note), source="preferences")
        QTimer.singleShot(_AFTER_PAINT_MS, self._begin)

    def begin_call(self) -> None:
        """As it is chosen now. While one runs: nothing."""
        chosen, avatar = self._request.over(self.choices.preferences), self._request.avatar
        self._request = replace(self._request, avatar=None)

        def make_request() -> LiveRequest:
            from avatarify.app.what_to_run import make_request

            return make_request(chosen, avatar=avatar)

        self.call.begin(make_request)

    def restart_call(self) -> None:
        """End the call and begin it anew as it is chosen now."""
        self._again = True
        if self.call.state is CallState.STOPPED:
            self._follow_call()
        else:
            self.call.stop()

    def press(self, id_: str) -> None:
        """Do a command, as its key in the window would."""
        self.window.commands.press(id_)

    def raise_window(self) -> None:
        """Somebody looks for it."""
        self.window.raise_up()

    def defect(self, error: BaseException) -> None:
        """Something went wrong that nobody caught. From any thread."""
        self._defects.emit(unexpected(error))

    def close(self, limit_s: float) -> bool:
        """End the call, then keep what was chosen: a slow disk keeps nobody's camera open. limit_s: for the call to end; False:
        something hangs."""
        self.control.close()
        self.places.remember(self.window, _MAIN)
        self.window.pages.close()
        self.window.gallery.close_down()
        self.window.hide()
        if self.tray is not None:
            self.tray.show(False)
        ended = self.call.close(limit_s)
        self.hotkeys.close()
        for kept in (self.choices, self.avatar_choices):
            try:
                kept.flush()
            except AvatarifyError as error:
                _log.error("%s", error)
        self.places.write()
        self._garbage.close()
        return self.tasks.close(0.05) and ended

    def open_avatars(self) -> Avatars:
        """The one collection that gallery and call share, for the size of portraits that is chosen. In any thread."""
        return self._avatars_of(self._request.over(self.choices.preferences).whole("engine.portrait_size"))

    def _avatars_of(self, size: int) -> Avatars:
        """In any thread."""
        with self._avatars_lock:
            if self._avatars is None or self._avatars[0] != size:
                from avatarify.live.shelf import open_avatars

                self._avatars = (size, open_avatars((AVATARS, user_avatars()), size=size))
            return self._avatars[1]

    def _real_live(self, request: LiveRequest, on_preview: Callable[[], None]) -> Live:
        """In a thread: this is where torch is imported."""
        from avatarify.live.live import Live

        return Live(request, avatars=self._avatars_of(request.portrait_size), on_preview=on_preview)

    def _with_typed(self, chosen: Preferences) -> Preferences:
        """What was typed at the start holds for this run, up to another choice in the window."""
        return self._request.over(chosen)

    def _forget_typed(self, keys: tuple[str, ...]) -> None:
        kept = tuple((key, value) for key, value in self._request.overrides if key not in keys)
        self._request = replace(self._request, overrides=kept)

    def _begin(self) -> None:
        self._times.window_shown()
        self.begin_call()
        if not self.choices.preferences.switch("first_run.done"):
            self.window.open_first_run()

    def _make_window(self) -> MainWindow:
        window = MainWindow(
            self.call,
            self.choices,
            self.recording,
            keymap=chosen_keys(self.choices.preferences, Scope.WINDOW).keymap,
            gallery=Gallery(self.call, self.open_avatars),
            hotkeys=self.hotkeys,
        )
        window.closed.connect(self.closed)
        window.gallery.chosen.connect(self._keep_choice)
        window.gallery.removed.connect(self.avatar_choices.forget)
        window.gallery.restored.connect(self.avatar_choices.bring_back)
        window.gallery.renamed.connect(self.avatar_choices.rename)
        window.pages.places = self.places
        window.pages.window_wanted.connect(self.raise_window)
        self.tray = Tray(self.call, window.commands, self)
        self.tray.window_wanted.connect(self.raise_window)
        return window

    def _keep_choice(self, avatar: str) -> None:
        """Where no call runs, the next one begins with it."""
        if self.call.live is None:
            self.choices.set("avatars.last", avatar)

    def _speak_anew(self) -> None:
        """The same window in another language, at the same place."""
        old, geometry = self.window, self.window.saveGeometry()
        old.closed.disconnect(self.closed)
        old.pages.close()
        if self.tray is not None:
            self.tray.show(False)
            self.tray.deleteLater()
        self.window = self._make_window()
        self.window.restoreGeometry(geometry)
        self.window.show()
        self._show_tray()
        old.hide()
        old.deleteLater()
        self.window.activateWindow()

    def _rebind(self) -> None:
        read = chosen_keys(self.choices.preferences, Scope.WINDOW)
        self.window.commands.rebind(read.keymap)
        self.hotkeys.apply(chosen_global_keys(self.choices.preferences))

    def _show_tray(self) -> None:
        if self.tray is not None:
            self.tray.show(self.choices.preferences.switch("window.tray"))

    def _tell_waiting(self, key: str) -> None:
        self.window.status_line.tell(tr("shell.waits", label_of(find_setting(key))))

    def _follow_call(self) -> None:
        runtime = self.call.status.runtime if self.call.status is not None else None
        if runtime is not None and runtime != self._settled_for:
            self._settled_for = runtime
            self._garbage.spare()
        if self._again and self.call.state is CallState.STOPPED:
            self._again = False
            self.window.gallery.reload()  # portraits may have another size now
            self.begin_call()

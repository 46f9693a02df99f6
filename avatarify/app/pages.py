"""The windows beside the main one: each is made when it is first asked for, and there is never a second one of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from avatarify.app.call import Call
from avatarify.app.choices import Choices
from avatarify.app.commands.actions import Actions
from avatarify.app.commands.chosen_keys import chosen_global_keys
from avatarify.app.commands.help_overlay import HelpOverlay

if TYPE_CHECKING:
    from avatarify.app.hotkeys.hotkeys import HotKeys
    from avatarify.app.mini_window import MiniWindow
    from avatarify.app.places import Places
    from avatarify.app.settings_dialog import SettingsDialog
    from avatarify.app.suggestions import Suggestions

W = TypeVar("W", bound=QWidget)
_MINI = "mini"


class Pages(QObject):
    """Settings, models, keys, first steps, mini window, help. mini_shown: it is open, or closed. camera_chosen: a camera's id.
    import_wanted: the user wants to add an avatar. window_wanted: the main window."""

    mini_shown = Signal(bool)
    import_wanted = Signal()
    window_wanted = Signal()

    def __init__(self, window: QWidget, call: Call, choices: Choices, *, commands: Actions, hotkeys: HotKeys) -> None:
        super().__init__(window)
        self._window, self._call, self._choices = window, call, choices
        self._commands, self._hotkeys = commands, hotkeys
        self._help = HelpOverlay(window)
        self._open: dict[str, QWidget] = {}
        self.mini: MiniWindow | None = None
        self.places: Places | None = None
        """Where the small window was; None puts it into a corner."""

    def open_settings(self) -> None:
        """All settings in one dialog."""
        from avatarify.app.settings_dialog import SettingsDialog

        dialog = self._shown(SettingsDialog)
        if dialog is None:
            dialog = self._show(SettingsDialog(self._choices, self._window))
            dialog.keys_wanted.connect(self.open_keys)
            dialog.models_wanted.connect(self.open_models)
            self._suggest(dialog)

    def _suggest(self, dialog: SettingsDialog) -> None:
        """The cameras and models of this computer, as soon as they are known."""

        def found() -> Suggestions:
            from avatarify.app.suggestions import suggestions

            return suggestions()

        def tell(known: Suggestions) -> None:
            if self._open.get(type(dialog).__name__) is dialog:
                dialog.suggest("camera.device", known.cameras)
                dialog.suggest("engine.model", known.models)

        self._call.tasks.run(found, done=tell, failed=self._call.failed.emit)

    def open_models(self) -> None:
        """What is installed, what can be downloaded."""
        from avatarify.app.models_page import ModelsDialog

        if self._shown(ModelsDialog) is None:
            dialog = self._show(ModelsDialog(self._call, self._window))
            dialog.page.chosen.connect(lambda name: self._choices.set("engine.model", name))

    def open_keys(self) -> None:
        """Which key does what, to be changed."""
        from avatarify.app.commands.keys_page import KeysDialog

        if self._shown(KeysDialog) is None:
            self._show(KeysDialog(self._choices, self._hotkeys, self._window))

    def open_first_run(self, step: int = 0) -> None:
        """Camera, avatar, virtual camera. step: 0..2, where to begin."""
        from avatarify.app.first_run.first_run import FirstRun

        dialog = self._shown(FirstRun)
        if dialog is None:
            dialog = FirstRun(self._call, self._window)
            dialog.done_with.connect(lambda: self._choices.set("first_run.done", True))
            dialog.camera_chosen.connect(lambda camera: self._choices.set("camera.device", camera))
            dialog.import_wanted.connect(self.import_wanted)
            self._show(dialog)
        if step:
            dialog.go_to(step)

    def open_output_help(self) -> None:
        """How to come by a virtual camera."""
        self.open_first_run(2)

    def toggle_help(self) -> None:
        """The sheet of keys over the window."""
        self._help.toggle(self._commands.keymap, chosen_global_keys(self._choices.preferences))

    def toggle_mini(self) -> None:
        """The small window on top of all others."""
        from avatarify.app.mini_window import MiniWindow

        if self.mini is None:
            self.mini = MiniWindow(self._call)
            self.mini.pause_wanted.connect(self._commands.action("call.pause").trigger)
            self.mini.next_wanted.connect(self._commands.action("avatar.next").trigger)
            self.mini.window_wanted.connect(self.window_wanted)
            self.mini.moved.connect(lambda _place: self._remember_mini())
            self.mini.closed.connect(self._mini_closed)
        if self.mini.isVisible():
            self.mini.close()
        else:
            if self.places is None or not self.places.restore(self.mini, _MINI):
                self.mini.place_at(None)
            self.mini.show()
            self.mini_shown.emit(True)

    def close(self) -> None:
        """All of them."""
        if self.mini is not None:
            self.mini.close()
            self.mini.deleteLater()
            self.mini = None
        for widget in list(self._open.values()):
            widget.close()

    def _mini_closed(self) -> None:
        self._remember_mini()
        self.mini_shown.emit(False)

    def _remember_mini(self) -> None:
        if self.places is not None and self.mini is not None:
            self.places.remember(self.mini, _MINI)

    def _shown(self, kind: type[W]) -> W | None:
        """The one of this kind that is open, raised."""
        widget = self._open.get(kind.__name__)
        if not isinstance(widget, kind):
            return None
        widget.raise_()
        widget.activateWindow()
        return widget

    def _show(self, dialog: W) -> W:
        name = type(dialog).__name__
        self._open[name] = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def gone() -> None:
            if self._open.get(name) is dialog:  # it is deleted a little later, and there may be another one by then
                del self._open[name]

        dialog.destroyed.connect(gone)
        if isinstance(dialog, QDialog):
            dialog.finished.connect(gone)
        dialog.show()
        return dialog

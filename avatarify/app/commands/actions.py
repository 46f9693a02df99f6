"""The commands as Qt's actions: what menus, buttons and keys of the window share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from avatarify.app.commands.keymap import KeyMap
from avatarify.app.commands.sequences import native, to_sequence
from avatarify.app.commands.table import COMMANDS, Command
from avatarify.app.theme.icons import icon
from avatarify.errors import KeysError


class Actions(QObject):
    """One action for each command, with its key. They belong to `parent`: keys work while its window has the focus.

    A checkable action only asks: the handler does it, and whoever knows the true state says so with `show_checked`.
    """

    def __init__(self, parent: QWidget, handlers: Mapping[str, Callable[[], None]], keymap: KeyMap) -> None:
        """handlers: command id -> what it does, on the Qt thread. Raises KeysError unless there is one for each command."""
        super().__init__(parent)
        _check(handlers)
        self._handlers = handlers
        self._actions = {entry.id: self._made(entry, parent) for entry in COMMANDS}
        self._keymap = keymap
        self.rebind(keymap)

    @property
    def keymap(self) -> KeyMap:
        """The keys that hold now."""
        return self._keymap

    def action(self, id_: str) -> QAction:
        """Raises KeyError for an id that no command has."""
        return self._actions[id_]

    def rebind(self, keymap: KeyMap) -> None:
        """Other keys from now on; tool tips follow. The language is taken anew, too."""
        self._keymap = keymap
        for entry in COMMANDS:
            chord = keymap.chord(entry.id)
            action = self._actions[entry.id]
            action.setText(entry.label)
            action.setShortcut(to_sequence(chord))
            action.setToolTip(f"{entry.label} ({native(chord)})" if chord is not None else entry.label)

    def show_checked(self, id_: str, checked: bool) -> None:
        """What is true now; nothing is done by it."""
        self._actions[id_].setChecked(checked)

    def press(self, id_: str) -> None:
        """Do it, as a key would. Raises KeyError for an id that no command has."""
        if self._actions[id_].isEnabled():
            self._handlers[id_]()

    def _made(self, entry: Command, parent: QWidget) -> QAction:
        action = QAction(parent)
        action.setObjectName(entry.id)
        if entry.icon:
            action.setIcon(icon(entry.icon))
        action.setCheckable(entry.checkable)
        action.setAutoRepeat(entry.repeats)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda _checked=False: self._triggered(entry))
        parent.addAction(action)
        return action

    def _triggered(self, entry: Command) -> None:
        if entry.checkable:  # Qt has checked it already; until the handler has done it that is not so
            action = self._actions[entry.id]
            action.setChecked(not action.isChecked())
        self._handlers[entry.id]()


def _check(handlers: Mapping[str, Callable[[], None]]) -> None:
    ids = {entry.id for entry in COMMANDS}
    missing, unknown = sorted(ids - set(handlers)), sorted(set(handlers) - ids)
    if missing or unknown:
        raise KeysError(
            f"Commands and handlers differ: no handler for {', '.join(missing) or 'none'}; no command for "
            f"{', '.join(unknown) or 'none'}.",
            "Change app/commands/table.py and app/handlers.py together.",
        )

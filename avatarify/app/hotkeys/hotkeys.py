"""Global keys as windows see them: switched on and off at once, signals on the Qt thread, the true state of each key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from avatarify.app.commands.keymap import KeyMap
from avatarify.app.commands.table import COMMANDS
from avatarify.app.hotkeys.base import STOP_WITHIN_S, Binding, GlobalKeys, Grant, GrantState, Wanted, unavailable
from avatarify.app.hotkeys.choose import Choice
from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError

_LANE = "global keys"
_log = logging.getLogger(__name__)


class HotKeys(QObject):
    """pressed: the id of a command whose key was pressed anywhere. changed: `grants`, `asking` or `problem` is another.

    One change of the keys follows the other: the former ones are given back before the next are taken.
    """

    pressed = Signal(str)
    changed = Signal()
    _heard = Signal(object, str)
    _lost = Signal(object, object)

    def __init__(self, choice: Choice, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        self.grants: tuple[Grant, ...] = ()
        """Of the keys that were asked for last; none while they are off."""
        self.asking = False
        """The desktop has not answered yet."""
        self.problem: AvatarifyError | None = None
        """Why there are none, although they are on."""
        self._tasks = tasks
        self._keys: GlobalKeys | None = None
        self._bindings: tuple[Binding, ...] = ()
        self._diverted: Callable[[str], None] | None = None
        self._heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self._lost.connect(self._lose, Qt.ConnectionType.QueuedConnection)

    def apply(self, keymap: KeyMap | None) -> None:
        """These keys from now on; None gives all back. The same keys again are not asked for again, unless they were lost."""
        bindings = bindings_of(keymap) if keymap is not None else ()
        if self._keys is not None and bindings == self._bindings and self.problem is None:
            return
        former, self._keys = self._keys, None
        if former is not None:
            former.stop(0.0)
        self.problem = None
        self.grants = ()
        keys = self.choice.make() if self.choice.make is not None and bindings else None
        if keys is None and keymap is not None:
            self.grants = unavailable(bindings)
        self._keys, self._bindings = keys, bindings
        self.asking = keys is not None
        if former is not None or keys is not None:
            self._tasks.run(
                partial(_exchange, former, keys, bindings, self),
                done=partial(self._granted, keys),
                failed=partial(self._lose, keys),
                lane=_LANE,
            )
        self.changed.emit()

    def grant(self, command: str) -> Grant | None:
        """What became of a command's key; None while it has none or they are off."""
        return next((grant for grant in self.grants if grant.command == command), None)

    def close(self) -> None:
        """Give all back now. Takes less than half a second; twice is fine."""
        keys, self._keys = self._keys, None
        if keys is not None:
            keys.stop(STOP_WITHIN_S)

    def divert(self, listener: Callable[[str], None] | None) -> None:
        """While there is a listener it gets the commands instead of `pressed`: for a page on which keys are being chosen."""
        self._diverted = listener

    def _granted(self, keys: GlobalKeys | None, grants: tuple[Grant, ...]) -> None:
        if keys is self._keys and keys is not None and self.problem is None:
            held = sum(grant.state is GrantState.HELD for grant in grants)
            _log.info("Global keys through %s: %d of %d are held.", keys.name, held, len(grants))
            self.asking = False
            self.grants = grants
            self.changed.emit()

    def _lose(self, keys: GlobalKeys | None, error: AvatarifyError) -> None:
        if keys is self._keys and keys is not None:
            _log.warning("No global keys: %s", error)
            self.asking = False
            self.problem = error
            self.grants = unavailable(self._bindings, str(error))
            self.changed.emit()

    def _hear(self, keys: GlobalKeys, command: str) -> None:
        if keys is not self._keys:
            return
        if self._diverted is not None:
            self._diverted(command)
        else:
            self.pressed.emit(command)

    def hear(self, keys: GlobalKeys, command: str) -> None:
        """A key was pressed. From any thread."""
        self._heard.emit(keys, command)

    def lose(self, keys: GlobalKeys, error: AvatarifyError) -> None:
        """No key will come any more. From any thread."""
        self._lost.emit(keys, error)


def bindings_of(keymap: KeyMap) -> tuple[Binding, ...]:
    """What is to be asked for."""
    chords = ((entry, keymap.chord(entry.id)) for entry in COMMANDS if not entry.window_only)
    return tuple(Binding(entry.id, chord, entry.label) for entry, chord in chords if chord is not None)


def _exchange(
    former: GlobalKeys | None, keys: GlobalKeys | None, bindings: tuple[Binding, ...], hotkeys: HotKeys
) -> tuple[Grant, ...]:
    """In a thread: give the former ones back, then take the new."""
    if former is not None:
        former.stop()
    if keys is None:
        return ()
    return keys.start(Wanted(bindings, pressed=partial(hotkeys.hear, keys), lost=partial(hotkeys.lose, keys)))

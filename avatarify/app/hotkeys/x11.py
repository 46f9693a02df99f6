"""Global keys on X11: a passive grab for each. The key comes to us alone, and a clash is told by the server."""

from __future__ import annotations

import logging
import select
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING, Any

from avatarify.app.commands.chord import Chord
from avatarify.app.hotkeys.base import STOP_WITHIN_S, Binding, Grant, GrantState, Wanted, unavailable
from avatarify.app.hotkeys.keysyms import keysym_name
from avatarify.errors import KeysError

if TYPE_CHECKING:
    from Xlib.display import Display

_ANSWER_WITHIN_S = 5.0
_SHIFT, _LOCK, _CONTROL, _ALT, _NUM_LOCK, _SUPER = 1, 2, 4, 8, 16, 64
_MASKS = {"Shift": _SHIFT, "Ctrl": _CONTROL, "Alt": _ALT, "Meta": _SUPER}
_ALL = _SHIFT | _CONTROL | _ALT | _SUPER
_LOCKS = (
    0,
    _NUM_LOCK,
    _LOCK,
    _NUM_LOCK | _LOCK,
)  # a grab holds for exactly these modifiers, and locks count among them
_log = logging.getLogger(__name__)


class X11Keys:
    """See base.GlobalKeys. The connection to the server belongs to a thread of its own: Qt has another one."""

    name = "X11"

    def __init__(self, display: str | None = None) -> None:
        """display: None for the one that DISPLAY names."""
        self._name = display
        self._wake: socket.socket | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._grabbed: dict[tuple[int, int], str] = {}
        self._released = (0, -1)  # keycode and server time

    def start(self, wanted: Wanted) -> tuple[Grant, ...]:
        answer: Future[tuple[Grant, ...]] = Future()
        with self._lock:
            if self._stopping.is_set():
                return unavailable(wanted.bindings)
            awake, self._wake = socket.socketpair()
            self._thread = threading.Thread(
                target=self._run, args=(wanted, answer, awake), name="global keys", daemon=True
            )
            self._thread.start()
        try:
            return answer.result(timeout=_ANSWER_WITHIN_S)
        except KeysError:
            self.stop(0.0)
            raise
        except FutureTimeoutError as error:
            self.stop(0.0)
            raise KeysError(
                f"The X server did not answer within {_ANSWER_WITHIN_S:g} s.", "Try again, or use `run.py control`."
            ) from error

    def stop(self, wait_s: float = STOP_WITHIN_S) -> None:
        with self._lock:
            thread = self._thread
            self._stopping.set()
            if self._wake is not None:
                self._wake.close()  # the other end becomes readable
        if thread is not None and wait_s > 0:
            thread.join(wait_s)

    def _run(self, wanted: Wanted, answer: Future[tuple[Grant, ...]], awake: socket.socket) -> None:
        from Xlib import error

        display: Display | None = None
        try:
            display = _connect(self._name)
            answer.set_result(self._grab(display, wanted.bindings))
            while not self._stopping.is_set():
                if self._take_events(display, wanted.pressed):
                    self._regrab(display, wanted.bindings)
                select.select([display.fileno(), awake], [], [])
        except KeysError as problem:
            answer.set_exception(problem)
        except (error.ConnectionClosedError, OSError, ValueError) as problem:
            gone = KeysError(f"The X server has gone ({problem}).", "Global keys come back with the next start.")
            if answer.done():
                wanted.lost(gone)
            else:
                answer.set_exception(gone)
        finally:
            if not answer.done():
                answer.set_exception(KeysError("Grabbing keys ended in a defect.", "The log has the details."))
            awake.close()
            if display is not None:
                _close(display)

    def _take_events(self, display: Display, pressed: Callable[[str], None]) -> bool:
        """Everything that has come. True: the keyboard is another one now."""
        from Xlib import X

        changed = False
        while display.pending_events():
            event = display.next_event()
            if event.type == X.KeyPress:
                command = self._grabbed.get((event.detail, event.state & _ALL))
                # A held key repeats itself as a release and a press at the very same time.
                if command is not None and self._released != (event.detail, event.time):
                    pressed(command)
            elif event.type == X.KeyRelease:
                self._released = (event.detail, event.time)
            elif event.type == X.MappingNotify:
                display.refresh_keyboard_mapping(event)
                changed = True
        return changed

    def _grab(self, display: Display, bindings: tuple[Binding, ...]) -> tuple[Grant, ...]:
        return tuple(self._grab_one(display, binding) for binding in bindings)

    def _grab_one(self, display: Display, binding: Binding) -> Grant:
        from Xlib import X, error

        keycode = _keycode(display, binding.chord)
        if keycode is None:
            return Grant(binding.command, GrantState.NO_KEY, f"No key here types {binding.chord.key}.")
        mask = sum(_MASKS[name] for name in binding.chord.modifiers)
        root = display.screen().root
        trouble = error.CatchError(error.BadAccess)
        for lock in _LOCKS:
            root.grab_key(keycode, mask | lock, True, X.GrabModeAsync, X.GrabModeAsync, onerror=trouble)
        display.sync()
        if trouble.get_error() is not None:
            for lock in _LOCKS:
                root.ungrab_key(keycode, mask | lock)
            display.sync()
            return Grant(binding.command, GrantState.TAKEN, f"Another program has {binding.chord}.")
        self._grabbed[keycode, mask] = binding.command
        return Grant(binding.command, GrantState.HELD)

    def _regrab(self, display: Display, bindings: tuple[Binding, ...]) -> None:
        """Another layout may have the same letters on other keys."""
        root = display.screen().root
        for keycode, mask in self._grabbed:
            for lock in _LOCKS:
                root.ungrab_key(keycode, mask | lock)
        self._grabbed.clear()
        for grant in self._grab(display, bindings):
            if grant.state is not GrantState.HELD:
                _log.warning("The keyboard has changed; %s: %s", grant.command, grant.detail)


def _connect(name: str | None) -> Display:
    from Xlib import error
    from Xlib.display import Display

    try:
        display = Display(name)
    except (error.DisplayError, error.XauthError, error.ConnectionClosedError, OSError) as problem:
        reason = str(problem)
    else:
        display.set_error_handler(lambda trouble, _request: _log.warning("The X server complains: %s", trouble))
        return display
    # Not from the problem itself: its traceback would keep the sockets that Xlib has left open.
    raise KeysError(f"The X server does not answer ({reason}).", "Use `run.py control` instead.")


def _close(display: Display) -> None:
    """The server gives the keys back by itself."""
    from Xlib import error

    try:
        display.close()
    except (error.ConnectionClosedError, OSError) as problem:
        _log.debug("The X server was gone already: %s", problem)


def _keycode(display: Display, chord: Chord) -> int | None:
    """The key that types it, without Shift where there is a choice. None: there is none on this keyboard."""
    keysym = _keysym(chord)
    places: list[tuple[int, int]] = [
        (index, keycode) for keycode, index in display.keysym_to_keycodes(keysym) if keysym
    ]
    return min(places)[1] if places else None


def _keysym(chord: Chord) -> int:
    """0 for a name that X11 does not have."""
    from Xlib import XK

    name = keysym_name(chord)
    if len(chord.key) == 1 and not chord.key.isascii():
        code = ord(chord.key.lower())
        return code if code < 0x100 else 0x1000000 | code
    known: Any = XK.string_to_keysym(name)
    return int(known)

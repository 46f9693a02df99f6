"""The keys of `live` in a terminal, which are those of the window's classic preset, and the reading of single keys."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from avatarify.settings import SHIFT_STEP, ZOOM_STEP

if TYPE_CHECKING:
    from avatarify.live.live import Live
    from avatarify.settings import FramingSettings, Settings

ESCAPE = "\x1b"


@dataclass(frozen=True)
class Key:
    """key: what is typed. press: does it; may raise AvatarifyError, and may return a Future that ends so."""

    key: str
    label: str
    press: Callable[[Live], Future[object] | object]


def keys_of(settings: Settings) -> tuple[Key, ...]:
    """All keys but the one that ends. settings: those that the call begins with; zoom and shift are changed from there."""
    chosen = [settings]

    def framing(change: Callable[[FramingSettings], FramingSettings]) -> Callable[[Live], object]:
        def press(live: Live) -> object:
            chosen[0] = replace(chosen[0], framing=change(chosen[0].framing))
            return live.change(chosen[0])

        return press

    def zoomed(factor: float) -> Callable[[Live], object]:
        return framing(lambda old: replace(old, zoom=_within("framing.zoom", old.zoom * factor)))

    def shifted(x: float, y: float) -> Callable[[Live], object]:
        return framing(
            lambda old: replace(
                old,
                shift_x=_within("framing.shift_x", old.shift_x + x),
                shift_y=_within("framing.shift_y", old.shift_y + y),
            )
        )

    presses: dict[str, Callable[[Live], object]] = {
        **{f"avatar.{number}": _avatar(number) for number in range(1, 10)},
        "avatar.previous": lambda live: live.next_avatar(-1),
        "avatar.next": lambda live: live.next_avatar(),
        "avatar.reload": lambda live: live.reload_avatars(),
        "calibration.take": lambda live: live.calibrate(),
        "calibration.undo": lambda live: live.undo_calibration(),
        "framing.zoom_in": zoomed(ZOOM_STEP),
        "framing.zoom_out": zoomed(1 / ZOOM_STEP),
        "framing.up": shifted(0.0, -SHIFT_STEP),
        "framing.down": shifted(0.0, SHIFT_STEP),
        "framing.left": shifted(-SHIFT_STEP, 0.0),
        "framing.right": shifted(SHIFT_STEP, 0.0),
        "framing.reset": framing(lambda old: replace(old, zoom=1.0, shift_x=0.0, shift_y=0.0)),
        "call.pause": _pause,
        "output.mirror": _mirror,
    }
    return tuple(_named(id_, press) for id_, press in presses.items())


@contextmanager
def typed_keys() -> Iterator[Callable[[float], str]]:
    """A function that waits some seconds for one key and gives it, "" for none. Where there is no terminal it only waits."""
    if not sys.stdin.isatty():
        yield _no_key
    elif sys.platform == "win32":
        yield _windows_key
    else:
        import termios
        import tty

        before = termios.tcgetattr(sys.stdin)
        try:
            tty.setcbreak(sys.stdin)
            yield _posix_key
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _named(id_: str, press: Callable[[Live], object]) -> Key:
    """With the key and the name that the window's classic keys have, so that fingers need not learn twice."""
    from avatarify.app.commands.chord import Chord
    from avatarify.app.commands.table import command

    entry = command(id_)
    assert entry.classic is not None
    chord = Chord.parse(entry.classic)
    typed = chord.key if chord.modifiers == ("Shift",) else chord.key.lower()
    return Key(typed, entry.label.lower(), press)


def _within(key: str, number: float) -> float:
    """As near as the range of the setting allows."""
    from avatarify.preferences.schema import find_setting

    return find_setting(key).nearest(number)


def _avatar(number: int) -> Callable[[Live], object]:
    return lambda live: live.show_avatar(number)


def _pause(live: Live) -> None:
    if live.pipeline.status().paused:
        live.pipeline.resume()
    else:
        live.pipeline.pause()


def _mirror(live: Live) -> None:
    live.change_look(replace(live.look, mirror=not live.look.mirror))


def _no_key(seconds: float) -> str:
    import threading

    threading.Event().wait(seconds)
    return ""


def _posix_key(seconds: float) -> str:
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return os.read(sys.stdin.fileno(), 1).decode("latin-1") if ready else ""


def _windows_key(seconds: float) -> str:
    import msvcrt
    import time

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
            return str(msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]
        time.sleep(0.02)
    return ""

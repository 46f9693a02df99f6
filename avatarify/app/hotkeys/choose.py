"""Which way to global keys there is on this desktop, and why not another."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from avatarify.app.hotkeys.base import GlobalKeys
from avatarify.app.hotkeys.portal import PortalKeys
from avatarify.app.hotkeys.pynput_keys import PynputKeys
from avatarify.app.hotkeys.x11 import X11Keys
from avatarify.app.text.text import tr


@dataclass(frozen=True)
class Reason:
    """text: the key of a sentence, with `values` in it."""

    text: str
    values: tuple[str, ...] = ()

    def told(self) -> str:
        """In the language that is spoken now."""
        return tr(self.text, *self.values)


INSTEAD = Reason("keys.way_instead", ("run.py control",))


@dataclass(frozen=True)
class Choice:
    """make: a new one for each start; None where there is no way. reasons: on this way, or why there is none."""

    make: Callable[[], GlobalKeys] | None
    reasons: tuple[Reason, ...]


def choose(
    *,
    platform: str = sys.platform,
    environment: Mapping[str, str] = os.environ,
    has_package: Callable[[str], bool] | None = None,
) -> Choice:
    """The arguments are stand-ins for this machine's own."""
    installed = has_package if has_package is not None else _installed
    if platform in ("win32", "darwin"):
        if not installed("pynput"):
            return _missing("pynput")
        return Choice(PynputKeys, (Reason("keys.way_pynput"),))
    if environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland":
        if not installed("dbus_fast"):
            return _missing("dbus-fast")
        return Choice(PortalKeys, (Reason("keys.way_portal"), Reason("keys.way_not_x11")))
    if environment.get("DISPLAY"):
        if not installed("Xlib"):
            return _missing("python-xlib")
        return Choice(X11Keys, (Reason("keys.way_x11"),))
    return Choice(None, (Reason("keys.way_none"), INSTEAD))


def _missing(package: str) -> Choice:
    return Choice(None, (Reason("keys.way_missing", (package,)), INSTEAD))


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None

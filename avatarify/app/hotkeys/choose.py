"""Which way to global keys this session has, and why not another."""

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

INSTEAD = "A key in the desktop's own settings can run `run.py control`."


@dataclass(frozen=True)
class Choice:
    """name: as in "Through {name}", "" where there is no way. make: a new one for each start. reasons: sentences on this way,
    or why there is none."""

    name: str
    make: Callable[[], GlobalKeys] | None
    reasons: tuple[str, ...]


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
            return Choice("", None, ("The package pynput is missing: `run.py` installs it.", INSTEAD))
        return Choice(PynputKeys.name, PynputKeys, ("The program that has the focus gets these keys as well.",))
    if environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland":
        if not installed("dbus_fast"):
            return Choice("", None, ("The package dbus-fast is missing: `run.py` installs it.", INSTEAD))
        return Choice(
            PortalKeys.name,
            PortalKeys,
            ("On Wayland only the desktop gives global keys: it may ask you, and choose other keys than these.",),
        )
    if environment.get("DISPLAY"):
        if not installed("Xlib"):
            return Choice("", None, ("The package python-xlib is missing: `run.py` installs it.", INSTEAD))
        return Choice(X11Keys.name, X11Keys, ("No other program gets these keys while Avatarify runs.",))
    return Choice("", None, ("There is neither a Wayland nor an X11 session.", INSTEAD))


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None

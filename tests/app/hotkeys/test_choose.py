"""Which way to global keys each desktop has."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from avatarify.app.hotkeys.choose import choose
from avatarify.app.hotkeys.portal import PortalKeys
from avatarify.app.hotkeys.pynput_keys import PynputKeys
from avatarify.app.hotkeys.x11 import X11Keys


@pytest.mark.parametrize(
    ("platform", "environment", "make", "told"),
    [
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, X11Keys, "Through X11"),
        ("linux", {"DISPLAY": ":0"}, X11Keys, "Through X11"),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, PortalKeys, "Through the desktop's portal"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, PortalKeys, "Through the desktop's portal"),
        ("linux", {}, None, "There is neither"),
        ("win32", {}, PynputKeys, "Through pynput"),
        ("darwin", {}, PynputKeys, "Through pynput"),
    ],
)
def test_each_session_has_its_way(platform: str, environment: Mapping[str, str], make: object, told: str) -> None:
    choice = choose(platform=platform, environment=environment, has_package=lambda package: True)
    assert choice.make is make
    assert choice.reasons[0].told().startswith(told)


@pytest.mark.parametrize(
    ("platform", "environment", "package"),
    [
        ("linux", {"DISPLAY": ":0"}, "python-xlib"),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, "dbus-fast"),
        ("darwin", {}, "pynput"),
    ],
)
def test_a_missing_package_is_named(platform: str, environment: Mapping[str, str], package: str) -> None:
    choice = choose(platform=platform, environment=environment, has_package=lambda package: False)
    assert choice.make is None
    assert package in choice.reasons[0].told()
    assert "run.py control" in choice.reasons[1].told()


def test_this_machine_has_an_answer() -> None:
    assert choose().reasons

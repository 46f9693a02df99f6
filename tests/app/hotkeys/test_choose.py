from __future__ import annotations

from collections.abc import Mapping

import pytest

from avatarify.app.hotkeys.choose import choose


@pytest.mark.parametrize(
    ("platform", "environment", "name"),
    [
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, "X11"),
        ("linux", {"DISPLAY": ":0"}, "X11"),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "the desktop's portal"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "the desktop's portal"),
        ("linux", {}, ""),
        ("win32", {}, "pynput"),
        ("darwin", {}, "pynput"),
    ],
)
def test_each_session_has_its_way(platform: str, environment: Mapping[str, str], name: str) -> None:
    choice = choose(platform=platform, environment=environment, has_package=lambda package: True)
    assert choice.name == name
    assert choice.reasons
    assert (choice.make is None) == (name == "")


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
    assert package in choice.reasons[0]
    assert "`run.py control`" in choice.reasons[1]


def test_this_machine_has_an_answer() -> None:
    assert choose().reasons

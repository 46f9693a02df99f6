"""The verb `app`: options hold for this run only."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import Type

if TYPE_CHECKING:
    from avatarify.app.app_request import AppRequest


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[AppRequest]:
    """Requests that reached the window, which does not open."""
    requests: list[AppRequest] = []
    window = ModuleType("avatarify.app.main")
    window.run_process = lambda request: requests.append(request) or 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "avatarify.app.main", window)
    return requests


def test_options_hold_for_this_run_only(type_: Type, opened: list[AppRequest]) -> None:
    ended = type_("app", "--camera", "synthetic", "--portrait-size", 256, "--mirror", "--avatar", 3)
    assert ended.code == 0
    assert dict(opened[0].overrides) == {
        "camera.device": "synthetic",
        "engine.portrait_size": 256,
        "output.mirror": True,
    }
    assert opened[0].avatar == 3


def test_without_options_everything_is_as_it_was_chosen(type_: Type, opened: list[AppRequest]) -> None:
    type_("app", "--avatar", "ilse")
    assert opened[0].overrides == ()
    assert opened[0].avatar == "ilse"
    assert not opened[0].debug


def test_a_value_that_cannot_be_is_told_before_anything_opens(type_: Type, opened: list[AppRequest]) -> None:
    ended = type_("app", "--portrait-size", 9)
    assert ended.code == 2
    assert "--portrait-size is 9" in ended.err
    assert not opened


def test_without_qt_the_other_ways_are_named(
    type_: Type, opened: list[AppRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    ended = type_("app")
    assert ended.code == 1
    assert "PySide6" in ended.err
    assert "run.py live" in ended.err


def test_without_a_screen_the_other_ways_are_named(type_: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    ended = type_("app")
    assert ended.code == 1
    assert "no screen" in ended.err
    assert "run.py live" in ended.err
    assert "run.py demo" in ended.err

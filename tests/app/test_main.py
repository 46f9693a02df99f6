"""The app from its start to its end."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from avatarify.app import main, what_to_run
from avatarify.app.app_request import AppRequest
from avatarify.app.main import check_screen, raised_other, run_app, run_process
from avatarify.app.main_window import MainWindow
from avatarify.control.client import send
from avatarify.control.messages import Message
from avatarify.errors import AvatarifyError
from tests.app.waiting import wait_for
from tests.fakes.stage import Stage


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Stage:
    stage = Stage(tmp_path)
    monkeypatch.setattr(what_to_run, "make_request", lambda chosen, *, avatar=None: stage.request)
    return stage


def window() -> MainWindow:
    found = [
        widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow) and widget.isVisible()
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("environment", [{}, {"DISPLAY": "", "HOME": "/root"}])
def test_without_a_screen_the_other_ways_are_named(environment: dict[str, str]) -> None:
    with pytest.raises(AvatarifyError, match="no screen") as told:
        check_screen("linux", environment)
    assert "`run.py live`" in told.value.hint
    assert "`run.py demo`" in told.value.hint


@pytest.mark.parametrize(
    ("platform", "environment"),
    [
        ("linux", {"DISPLAY": ":0"}),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}),
        ("linux", {"QT_QPA_PLATFORM": "offscreen"}),
        ("win32", {}),
        ("darwin", {}),
    ],
)
def test_with_a_screen_nothing_is_said(platform: str, environment: dict[str, str]) -> None:
    check_screen(platform, environment)


def test_it_opens_answers_to_control_writes_a_log_and_ends(stage: Stage, home: Path) -> None:
    seen: list[str] = []
    before = signal.getsignal(signal.SIGINT)

    def look() -> None:
        seen.append(window().windowTitle())
        window().close()

    QTimer.singleShot(300, look)
    assert run_app(AppRequest(), make_live=stage.make_live) == 0
    assert seen == ["Avatarify"]
    assert signal.getsignal(signal.SIGINT) is before, "Ctrl-C is as before"
    log = (home / "log" / "avatarify.log").read_text()
    assert "starts." in log
    assert "ends." in log
    assert not raised_other(), "nobody listens any more"


def test_a_second_start_raises_the_first_window_and_ends(stage: Stage, qtbot: QtBot) -> None:
    from avatarify.app.application import Application

    first = Application(AppRequest(), make_live=stage.make_live)
    first.choices.set("first_run.done", True)
    first.control.listen()
    first.show()
    first.window.hide()
    answered: list[bool] = []
    first.tasks.run(raised_other, done=answered.append, failed=lambda error: None)
    wait_for(qtbot, lambda: bool(answered))
    assert answered == [True]
    assert first.window.isVisible()
    replies: list[bool] = []
    first.tasks.run(lambda: send(Message("status")).ok, done=replies.append, failed=lambda error: None)
    wait_for(qtbot, lambda: bool(replies))
    assert replies == [True]
    first.close(5.0)
    first.window.deleteLater()


class ExitedError(BaseException):
    """Instead of the end of this process."""


@pytest.mark.parametrize("hangs", [False, True])
def test_threads_that_hang_do_not_keep_the_process(hangs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def exit_(code: int) -> None:
        raise ExitedError(code)

    monkeypatch.setattr(main, "run_app", lambda request: 0)
    monkeypatch.setattr(os, "_exit", exit_)
    monkeypatch.setattr(threading, "active_count", lambda: 2 if hangs else 1)
    if hangs:
        with pytest.raises(ExitedError):
            run_process(AppRequest())
    else:
        assert run_process(AppRequest()) == 0

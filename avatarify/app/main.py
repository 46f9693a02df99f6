"""Opens the app: one window for each user, a log, and an end that comes within two seconds whatever hangs."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from avatarify import __version__
from avatarify.app.app_request import AppRequest
from avatarify.app.application import Application, MakeLive
from avatarify.app.desktop_entry import APP_ID
from avatarify.app.log_file import close_log, forget_defects, open_log, tell_defects
from avatarify.app.theme.icons import application_icon
from avatarify.control.client import send
from avatarify.control.messages import Message
from avatarify.errors import AvatarifyError, ControlError
from avatarify.paths import user_log

END_WITHIN_S = 1.8
_ANSWERS_WITHIN_S = 1.0
_LEFT_BEHIND: list[Application] = []
"""Threads that hang may still speak to these: they must not be taken apart before the process ends."""
_log = logging.getLogger(__name__)


def run_app(request: AppRequest, *, make_live: MakeLive | None = None) -> int:
    """Open the window and stay until it is closed. A second start raises the window of the first and returns at once.

    Returns the exit code. Raises AvatarifyError where there is no screen, SettingsError for overrides that cannot be.
    make_live: see Application.
    """
    check_screen(sys.platform, os.environ)
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("avatarify")
    app.setApplicationDisplayName("Avatarify")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(APP_ID)
    app.setWindowIcon(application_icon())
    app.setQuitOnLastWindowClosed(False)
    if raised_other():
        return 0
    trouble = open_log(user_log(), debug=request.debug)
    _log.info("Avatarify %s starts.", __version__)
    try:
        application = Application(request, make_live=make_live)
        tell_defects(application.defect)
        application.closed.connect(app.quit)
        try:
            application.control.listen()
        except ControlError as error:
            application.window.tell(error, source="control")
        application.show()
        if trouble:
            application.window.tell(AvatarifyError(trouble, "Check the disk and its rights."), source="log")
        with _ending_by_interrupt(app):
            code = app.exec()
        if not application.close(END_WITHIN_S):
            _LEFT_BEHIND.append(application)
            _log.warning("Something hangs at the end and is left behind.")
        return code
    finally:
        forget_defects()
        _log.info("Avatarify ends.")
        close_log()


def run_process(request: AppRequest) -> int:
    """The same as this process's last act: where threads hang at the end, it does not return but ends the process.

    Python would take such threads down in the middle of torch's or OpenVINO's code, which then aborts.
    """
    code = run_app(request)
    if threading.active_count() > 1:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)
    return code


def raised_other() -> bool:
    """Ask an app that runs already to show its window. False: there is none that answers."""
    try:
        return send(Message("raise"), limit_s=_ANSWERS_WITHIN_S).ok
    except ControlError:
        return False


def check_screen(platform: str, environment: Mapping[str, str]) -> None:
    """Qt ends the program without a word where there is no screen. Raises AvatarifyError instead."""
    if platform in ("win32", "darwin") or environment.get("QT_QPA_PLATFORM"):
        return
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        raise AvatarifyError(
            "There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set.",
            "Without one, `run.py live` runs a call in the terminal, and `run.py demo` makes a video.",
        )


@contextmanager
def _ending_by_interrupt(app: QApplication) -> Iterator[None]:
    """Ctrl-C ends the app. Python handles it only between two of its own steps, of which Qt's loop has none: hence the timer."""
    import signal

    before = signal.signal(signal.SIGINT, lambda *_: app.quit())
    timer = QTimer()
    timer.timeout.connect(lambda: None)
    timer.start(200)
    try:
        yield
    finally:
        timer.stop()
        signal.signal(signal.SIGINT, before)

"""The app's log: a file with rotation, Qt's own messages in it, and nothing lost when something goes wrong unseen."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_BYTES, _KEPT = 1_000_000, 3
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_qt = logging.getLogger("Qt")
_log = logging.getLogger(__name__)


def open_log(path: Path, *, debug: bool = False) -> str:
    """Log into this file from now on. Returns why that cannot be, "" when it can: a full disk must not keep the app away."""
    root = logging.getLogger()
    for other in root.handlers:  # the file wants to know more than the terminal does
        other.setLevel(max(other.level, root.level))
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    qInstallMessageHandler(_from_qt)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=False)
    except OSError as error:
        return f"The log {path} cannot be written: {error.strerror}."
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"))
    root.addHandler(handler)
    return ""


def close_log() -> None:
    """Take all files away from the log, and leave Qt's messages to Qt."""
    qInstallMessageHandler(None)
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, RotatingFileHandler)]:
        root.removeHandler(handler)
        handler.close()


def tell_defects(tell: Callable[[BaseException], None]) -> None:
    """Whatever nobody catches, in any thread, goes to the log and to `tell`, and the window lives on."""
    if sys.stderr is not None:
        faulthandler.enable()

    def told(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None or issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error or kind(), trace)
            return
        _log.error("Nobody caught this.", exc_info=(kind, error, trace))
        tell(error)

    def told_of_thread(ended: threading.ExceptHookArgs) -> None:
        if not issubclass(ended.exc_type, SystemExit):
            told(ended.exc_type, ended.exc_value, ended.exc_traceback)

    sys.excepthook = told
    threading.excepthook = told_of_thread


def forget_defects() -> None:
    """Back to Python's own way."""
    sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__


def _from_qt(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
    category = getattr(context, "category", None) or "default"
    _qt.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category, message)

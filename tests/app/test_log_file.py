"""One log for us and for Qt, which is no obstacle where it cannot be written."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import qWarning

from avatarify.app.log_file import close_log, forget_defects, open_log, tell_defects


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    root = logging.getLogger()
    level, others = root.level, [(handler, handler.level) for handler in root.handlers]
    yield
    for handler, before in others:
        handler.setLevel(before)
    close_log()
    forget_defects()
    logging.getLogger().setLevel(level)


def test_ours_and_qts_messages_are_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "log" / "avatarify.log"
    assert open_log(path) == ""
    logging.getLogger("avatarify.test").info("all is well")
    qWarning("Qt has a word")
    close_log()
    text = path.read_text(encoding="utf-8")
    assert "avatarify.test: all is well" in text
    assert "WARNING" in text
    assert "Qt has a word" in text


def test_the_terminal_hears_no_more_than_before(tmp_path: Path) -> None:
    root, terminal = logging.getLogger(), logging.Handler()
    root.setLevel(logging.ERROR)
    root.addHandler(terminal)
    try:
        open_log(tmp_path / "avatarify.log")
        assert terminal.level == logging.ERROR
        assert root.level == logging.INFO
    finally:
        root.removeHandler(terminal)


def test_a_log_that_cannot_be_written_is_told_and_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file where the folder should be")
    assert "cannot be written" in open_log(tmp_path / "log" / "avatarify.log")


def test_what_nobody_catches_is_told_from_any_thread(caplog: pytest.LogCaptureFixture) -> None:
    told: list[BaseException] = []
    tell_defects(told.append)
    error = ZeroDivisionError("seven by nought")
    sys.excepthook(ZeroDivisionError, error, None)

    def fail() -> None:
        raise KeyError("a thread's own")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert [type(each) for each in told] == [ZeroDivisionError, KeyError]
    assert "seven by nought" in caplog.text

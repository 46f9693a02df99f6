"""What is copied is the whole command, on one line."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from avatarify.app.copy_line import CopyLine

COMMAND = "sudo modprobe v4l2loopback exclusive_caps=1 && echo <done>"


def test_copies_and_says_so(qtbot: QtBot) -> None:
    line = CopyLine(COMMAND)
    qtbot.addWidget(line)
    line.button.click()
    assert QGuiApplication.clipboard().text() == COMMAND
    assert line.button.text() == "Copied"
    line._timer.timeout.emit()
    assert line.button.text() == "Copy"


def test_command_is_shown_as_it_is(qtbot: QtBot) -> None:
    line = CopyLine(COMMAND)
    qtbot.addWidget(line)
    label = line.findChild(QLabel)
    assert label is not None
    assert label.text() == COMMAND
    assert line.button.accessibleName() == "Copy the command"


def test_another_command_can_be_copied_anew(qtbot: QtBot) -> None:
    line = CopyLine(COMMAND)
    qtbot.addWidget(line)
    line.button.click()
    line.set_text("ls")
    assert line.button.text() == "Copy"
    line.button.click()
    assert QGuiApplication.clipboard().text() == "ls"

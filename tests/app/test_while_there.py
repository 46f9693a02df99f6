"""A callback for a window that may have gone."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from avatarify.app.while_there import while_there


def test_called_only_while_it_is_there(qtbot: QtBot) -> None:
    asker, heard = QObject(), list[int]()
    call = while_there(asker, heard.append)
    call(1)
    shiboken6.delete(asker)
    call(2)
    assert heard == [1]

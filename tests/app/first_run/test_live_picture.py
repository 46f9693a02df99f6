"""A picture that follows the call while it can be seen."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from avatarify.app.first_run.live_picture import LivePicture
from avatarify.app.tasks import Tasks
from tests.app.quiet_live import QuietLive, quiet_call, running_call
from tests.app.waiting import wait_for

HALVES = np.zeros((60, 80, 3), np.uint8)
HALVES[:, :40] = (200, 0, 0)
HALVES[:, 40:] = (0, 0, 200)


def made(qtbot: QtBot, tasks: Tasks, *, mirrored: bool) -> tuple[LivePicture, QuietLive]:
    call, live = running_call(tasks)
    picture = LivePicture(call, lambda running: running.pipeline.camera, mirrored=mirrored)
    qtbot.addWidget(picture)
    picture.resize(240, 180)
    picture.show()
    return picture, live


def test_mirrored_as_one_knows_oneself(qtbot: QtBot, tasks: Tasks) -> None:
    plain, live = made(qtbot, tasks, mirrored=False)
    live.pipeline.film(HALVES)
    wait_for(qtbot, lambda: plain.has_picture)
    assert plain.grab().toImage().pixelColor(40, 90) == QColor(200, 0, 0)
    mirrored, live = made(qtbot, tasks, mirrored=True)
    live.pipeline.film(HALVES)
    wait_for(qtbot, lambda: mirrored.has_picture)
    assert mirrored.grab().toImage().pixelColor(40, 90) == QColor(0, 0, 200)


def test_takes_nothing_while_it_is_hidden(qtbot: QtBot, tasks: Tasks) -> None:
    picture, live = made(qtbot, tasks, mirrored=False)
    picture.hide()
    live.pipeline.film(HALVES)
    picture.show()
    assert not picture.has_picture


def test_words_where_there_is_no_call(qtbot: QtBot, tasks: Tasks) -> None:
    picture = LivePicture(quiet_call(tasks), lambda running: running.pipeline.camera)
    qtbot.addWidget(picture)
    picture.show()
    picture.set_words("Waiting for the camera…")
    assert picture.accessibleDescription() == "Waiting for the camera…"
    shades = {picture.grab().toImage().pixelColor(x, picture.height() // 2).lightness() for x in range(picture.width())}
    assert len(shades) > 2

"""Taking a photograph."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from avatarify.app.avatar_import.photo_page import COUNT_FROM, PhotoPage
from avatarify.app.tasks import Tasks
from tests.app.quiet_live import quiet_call, running_call

FILMED = np.full((30, 40, 3), (10, 20, 30), np.uint8)


def test_the_newest_picture_is_taken_when_the_count_is_down(qtbot: QtBot, tasks: Tasks) -> None:
    call, live = running_call(tasks)
    page = PhotoPage(call)
    qtbot.addWidget(page)
    page.begin()
    live.pipeline.film(FILMED)
    qtbot.waitUntil(lambda: page._view.image is not None)
    page.shoot()
    assert not page._shoot.isEnabled()
    with qtbot.assertNotEmitted(page.taken):
        for _ in range(COUNT_FROM - 1):
            page.count_down()
    with qtbot.waitSignal(page.taken) as taken:
        page.count_down()
    assert np.array_equal(taken.args[0], FILMED)
    page.end()
    call._forget()


def test_the_camera_is_let_go(qtbot: QtBot, tasks: Tasks) -> None:
    call, live = running_call(tasks)
    page = PhotoPage(call)
    qtbot.addWidget(page)
    page.begin()
    page.shoot()
    page.end()
    page.end()
    live.pipeline.film(FILMED)
    qtbot.wait(1)
    assert page._view.image is None
    assert not page._clock.isActive()
    call._forget()


def test_without_a_call_there_is_no_photograph(qtbot: QtBot, tasks: Tasks) -> None:
    page = PhotoPage(quiet_call(tasks))
    qtbot.addWidget(page)
    page.begin()
    assert not page._shoot.isEnabled()

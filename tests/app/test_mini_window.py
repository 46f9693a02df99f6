"""The small window shows the call while it is visible, and is moved by its face."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot

from avatarify.app.mini_window import SIZE, MiniWindow
from avatarify.app.tasks import Tasks
from avatarify.pipeline.gate import Showing
from avatarify.virtual_camera.composition import Look
from tests.app.quiet_live import running_call
from tests.app.waiting import wait_for
from tests.fakes.live_status import live_status

GREEN = np.full((90, 160, 3), (0, 200, 0), np.uint8)


def test_shows_the_newest_picture(qtbot: QtBot, tasks: Tasks) -> None:
    call, live = running_call(tasks)
    window = MiniWindow(call)
    qtbot.addWidget(window)
    window.show()
    live.pipeline.show(GREEN)
    wait_for(qtbot, lambda: middle(window) == QColor(0, 200, 0))


@pytest.mark.parametrize("showing", Showing)
def test_a_mirrored_output_is_shown_as_it_goes_out(qtbot: QtBot, tasks: Tasks, showing: Showing) -> None:
    call, live = running_call(tasks)
    live.look = Look(mirror=True)
    window = MiniWindow(call)
    qtbot.addWidget(window)
    window.show()
    half = GREEN.copy()
    half[:, 80:] = (0, 0, 200)
    live.pipeline.show(half, showing)
    mirrored = showing in (Showing.ANIMATED, Showing.HELD)
    left = QColor(0, 0, 200) if mirrored else QColor(0, 200, 0)
    wait_for(qtbot, lambda: QColor(window.grab().toImage().pixel(60, 72)) == left)


def test_takes_no_pictures_while_it_is_hidden(qtbot: QtBot, tasks: Tasks) -> None:
    call, live = running_call(tasks)
    window = MiniWindow(call)
    qtbot.addWidget(window)
    window.show()
    assert window._slot is not None
    window.close()
    assert window._slot is None
    live.pipeline.show(GREEN)
    call.look()
    assert window._slot is None


def test_moves_with_the_hand(qtbot: QtBot, tasks: Tasks) -> None:
    call, _ = running_call(tasks)
    window = MiniWindow(call)
    qtbot.addWidget(window)
    window.move(100, 100)
    window.show()
    with qtbot.waitSignal(window.moved) as told:
        qtbot.mousePress(window, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
        qtbot.mouseMove(window, QPoint(60, 55))
        qtbot.mouseRelease(window, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    assert window.pos() == QPoint(120, 115)
    assert told.args == [QPoint(120, 115)]


def test_remembered_place(qtbot: QtBot, tasks: Tasks) -> None:
    call, _ = running_call(tasks)
    window = MiniWindow(call)
    qtbot.addWidget(window)
    window.place_at(QPoint(20, 30))
    assert window.pos() == QPoint(20, 30)


@pytest.mark.parametrize("place", [None, QPoint(90_000, 30)])
def test_never_lies_beyond_the_screens(qtbot: QtBot, tasks: Tasks, place: QPoint | None) -> None:
    call, _ = running_call(tasks)
    window = MiniWindow(call)
    qtbot.addWidget(window)
    window.place_at(place)
    assert QGuiApplication.primaryScreen().availableGeometry().contains(window.frameGeometry())


def test_buttons(qtbot: QtBot, tasks: Tasks) -> None:
    call, live = running_call(tasks)
    window = MiniWindow(call)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.pause_wanted):
        window.pause.click()
    with qtbot.waitSignal(window.next_wanted):
        window.next.click()
    assert window.pause.accessibleName() == "Pause"
    live.status_now = live_status(paused=True)
    call.look()
    assert window.pause.accessibleName() == "Go on"
    with qtbot.waitSignal(window.closed):
        window.away.click()


def test_red_frame_on_passthrough(qtbot: QtBot, tasks: Tasks) -> None:
    call, live = running_call(tasks)
    window = MiniWindow(call)
    qtbot.addWidget(window)
    window.show()
    edge = window.grab().toImage().pixelColor(SIZE.width() // 2, 2)
    assert edge.red() < 100
    live.status_now = live_status(passthrough=True)
    call.look()
    edge = window.grab().toImage().pixelColor(SIZE.width() // 2, 2)
    assert edge.red() > 150 > edge.green()


def test_escape_closes_and_a_double_click_brings_the_window(qtbot: QtBot, tasks: Tasks) -> None:
    call, _ = running_call(tasks)
    window = MiniWindow(call)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.window_wanted):
        qtbot.mouseDClick(window, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    with qtbot.waitSignal(window.closed):
        qtbot.keyClick(window, Qt.Key.Key_Escape)


def middle(window: MiniWindow) -> QColor:
    return window.grab().toImage().pixelColor(SIZE.width() // 2, SIZE.height() // 2)


def test_somebody_looks_while_it_is_visible(qtbot: QtBot, tasks: Tasks) -> None:
    """Else the engine rests when the main window is put away, and this one shows the stand-by picture."""
    call, live = running_call(tasks)
    told: list[bool] = []
    live.watch = told.append  # type: ignore[method-assign]
    window = MiniWindow(call)
    qtbot.addWidget(window)
    call.watch(True)
    window.show()
    call.watch(False)
    assert told[-1] is True
    window.close()
    assert told[-1] is False

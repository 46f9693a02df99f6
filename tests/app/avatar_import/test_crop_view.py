"""The square over a picture: drag, wheel, keys; its middle never leaves the picture."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from pytestqt.qtbot import QtBot

from avatarify.app.avatar_import.crop_view import CropView
from avatarify.app.picture import Picture
from avatarify.face.crop import Crop

AUTOMATIC = Crop(100, 50, 200)
SIDE = 400 * 0.82


@pytest.fixture
def view(qtbot: QtBot) -> CropView:
    view = CropView()
    qtbot.addWidget(view)
    view.resize(400, 400)
    half = np.zeros((200, 300, 3), np.uint8)  # painted at half size
    half[:, 150:] = (0, 200, 0)
    view.show_picture(Picture(half), size=(600, 400), automatic=AUTOMATIC)
    view.show()
    return view


def close_to(crop: Crop, left: float, top: float, size: float) -> bool:
    return np.allclose((crop.left, crop.top, crop.size), (left, top, size), atol=0.01)


def test_it_shows_what_it_will_cut(view: CropView) -> None:
    """The square's right border, 300, is where the picture turns green."""
    image = view.grab().toImage()
    inside, outside = round(200 + SIDE / 2 - 8), round(200 + SIDE / 2 + 12)
    assert image.pixelColor(inside, 60).green() < 20
    assert image.pixelColor(outside, 60).green() > 40


def test_dragging_takes_the_picture_along(qtbot: QtBot, view: CropView) -> None:
    with qtbot.waitSignal(view.cropped):
        qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
        qtbot.mouseMove(view, QPoint(200, 200))
        qtbot.mouseMove(view, QPoint(240, 180))
        qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(240, 180))
    scale = 200 / SIDE
    assert close_to(view.crop, 100 - 40 * scale, 50 + 20 * scale, 200)


def wheel(view: CropView, at: QPointF, turns: int) -> None:
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    view.wheelEvent(event)


def test_the_wheel_zooms_about_the_pointer(view: CropView) -> None:
    corner = QPointF(200 - SIDE / 2, 200 - SIDE / 2)
    wheel(view, corner, 1)
    assert close_to(view.crop, 100, 50, 200 / 1.1)
    wheel(view, corner, -1)
    assert close_to(view.crop, *(100, 50, 200))


def test_the_keys_do_all_of_it(qtbot: QtBot, view: CropView) -> None:
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert close_to(view.crop, 102, 60, 200)
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.crop.size < 200
    assert view.crop.left + view.crop.size / 2 == pytest.approx(202)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view.crop == AUTOMATIC


def test_the_middle_stays_in_the_picture_and_the_size_in_reach(view: CropView) -> None:
    for _ in range(200):
        view.zoom(1.5)
    assert view.crop.size == 32
    for _ in range(200):
        view.zoom(0.7)
    assert view.crop.size == 1200
    view._move(1e6, -1e6)
    middle = (view.crop.left + 600, view.crop.top + 600)
    assert middle == (600, 0)


def test_an_empty_view_can_be_used(qtbot: QtBot) -> None:
    view = CropView()
    qtbot.addWidget(view)
    with qtbot.assertNotEmitted(view.cropped):
        view.show()
        view.zoom(2)
        qtbot.keyClick(view, Qt.Key.Key_Left)

"""The ring is there for the keyboard and not for the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from avatarify.app.theme.palette import LIGHT
from avatarify.app.theme.theme import apply_theme


class Window(QWidget):
    """Two buttons, one below the other."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        self.start, self.stop = QPushButton("Start"), QPushButton("Stop")
        layout.addWidget(self.start)
        layout.addWidget(self.stop)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Window:
    apply_theme(qapp, "light")
    made = Window()
    qtbot.addWidget(made)
    made.resize(160, 120)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.stop.setFocus(Qt.FocusReason.OtherFocusReason)
    return made


def ringed(button: QPushButton) -> bool:
    return button.grab().toImage().pixelColor(button.width() // 2, 1) == QColor(LIGHT.focus)


def press(qtbot: QtBot, window: QWidget, key: Qt.Key) -> None:
    """On the window, as the system does it."""
    qtbot.keyClick(window.windowHandle(), key)


def click(qtbot: QtBot, window: QWidget, button: QPushButton) -> None:
    """The same with the mouse."""
    place = button.mapTo(window, button.rect().center())
    qtbot.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def test_tab_shows_it(qtbot: QtBot, window: Window) -> None:
    assert not ringed(window.stop)
    press(qtbot, window, Qt.Key.Key_Tab)
    assert window.start.hasFocus()
    assert ringed(window.start)
    press(qtbot, window, Qt.Key.Key_Backtab)
    assert not ringed(window.start)
    assert ringed(window.stop)


def test_mouse_takes_it_away(qtbot: QtBot, window: Window) -> None:
    press(qtbot, window, Qt.Key.Key_Tab)
    click(qtbot, window, window.stop)
    assert window.stop.hasFocus()
    assert not ringed(window.stop)
    assert not ringed(window.start)


def test_it_comes_back_with_the_window(qtbot: QtBot, window: Window) -> None:
    press(qtbot, window, Qt.Key.Key_Tab)
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitActive(other):
        other.show()
        other.activateWindow()
    assert not ringed(window.start)
    with qtbot.waitActive(window):
        window.activateWindow()
    assert ringed(window.start)


def test_dialog_that_a_click_opens_has_none(qtbot: QtBot, window: Window) -> None:
    click(qtbot, window, window.start)
    dialog = QDialog()
    button = QPushButton("Next", dialog)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    assert not ringed(button)

"""The ring is there for the keyboard and not for the mouse; numbers do not stick to the edge of their field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFocusEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QSpinBox, QVBoxLayout, QWidget
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


def test_tab_shows_it(qtbot: QtBot, window: Window) -> None:
    assert not ringed(window.stop)
    qtbot.keyClick(window, Qt.Key.Key_Tab)
    assert window.start.hasFocus()
    assert ringed(window.start)
    qtbot.keyClick(window, Qt.Key.Key_Backtab)
    assert not ringed(window.start)
    assert ringed(window.stop)


def test_mouse_does_not(qtbot: QtBot, window: Window) -> None:
    qtbot.mouseClick(window.start, Qt.MouseButton.LeftButton)
    assert window.start.hasFocus()
    assert not ringed(window.start)


def test_it_stays_while_another_window_is_in_front(qtbot: QtBot, window: Window) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Tab)
    QApplication.sendEvent(window.start, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason))
    assert ringed(window.start)


def test_dialog_that_opens_has_none(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    dialog = QDialog()
    button = QPushButton("Next", dialog)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    assert not ringed(button)


def test_numbers_have_air(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    box = QSpinBox()
    qtbot.addWidget(box)
    box.show()
    assert box.lineEdit().textMargins().left() == 6

"""The ring is there for the keyboard and not for the mouse; numbers do not stick to the edge of their field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QFocusEvent
from PySide6.QtWidgets import QApplication, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from avatarify.app.theme.palette import LIGHT
from avatarify.app.theme.theme import apply_theme


@pytest.fixture
def button(qtbot: QtBot, qapp: QApplication) -> QPushButton:
    apply_theme(qapp, "light")
    made = QPushButton("Start")
    qtbot.addWidget(made)
    made.resize(120, 36)
    made.show()
    return made


def edge(button: QPushButton) -> QColor:
    return button.grab().toImage().pixelColor(60, 1)


def focus(button: QPushButton, reason: Qt.FocusReason, kind: QEvent.Type = QEvent.Type.FocusIn) -> None:
    QApplication.sendEvent(button, QFocusEvent(kind, reason))


@pytest.mark.parametrize("reason", [Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason])
def test_tab_shows_it(button: QPushButton, reason: Qt.FocusReason) -> None:
    focus(button, reason)
    assert edge(button) == QColor(LIGHT.focus)
    focus(button, reason, QEvent.Type.FocusOut)
    assert edge(button) != QColor(LIGHT.focus)


def test_mouse_does_not(button: QPushButton) -> None:
    focus(button, Qt.FocusReason.MouseFocusReason)
    assert edge(button) != QColor(LIGHT.focus)


def test_it_stays_while_another_window_is_in_front(button: QPushButton) -> None:
    focus(button, Qt.FocusReason.TabFocusReason)
    focus(button, Qt.FocusReason.ActiveWindowFocusReason, QEvent.Type.FocusOut)
    assert edge(button) == QColor(LIGHT.focus)


def test_numbers_have_air(qtbot: QtBot, qapp: QApplication) -> None:
    apply_theme(qapp, "light")
    box = QSpinBox()
    qtbot.addWidget(box)
    box.show()
    assert box.lineEdit().textMargins().left() == 6

"""The big button of the virtual camera says and does what is true."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from avatarify.app.call import CallState
from avatarify.app.camera_status import CameraStatus
from avatarify.app.copy_line import CopyLine
from avatarify.pipeline.status import StageState, StageStatus
from avatarify.virtual_camera.advice import LOAD, Machine, no_virtual_camera
from tests.app.waiting import wait_for
from tests.fakes.live_status import live_status

MISSING = StageStatus(StageState.TROUBLE, str(no_virtual_camera(Machine("Linux", "debian"))), 1)


def panel(qtbot: QtBot) -> CameraStatus:
    made = CameraStatus()
    qtbot.addWidget(made)
    made.show()
    return made


def texts(widget: CameraStatus) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible() and label.text()]


def test_start_and_stop(qtbot: QtBot) -> None:
    shown = panel(qtbot)
    shown.show_status(live_status(), CallState.RUNNING)
    assert shown.button.text() == "Start virtual camera"
    with qtbot.waitSignal(shown.toggled):
        qtbot.mouseClick(shown.button, Qt.MouseButton.LeftButton)
    shown.show_status(live_status(virtual_camera="Avatarify"), CallState.RUNNING)
    assert shown.button.text() == "Stop virtual camera"
    assert any("“Avatarify”" in text for text in texts(shown))
    assert "Avatarify" in shown.button.accessibleDescription()


def test_cannot_be_pressed_while_it_stops(qtbot: QtBot) -> None:
    shown = panel(qtbot)
    shown.show_status(None, CallState.STOPPING)
    assert not shown.button.isEnabled()
    shown.show_status(None, CallState.STOPPED)
    assert shown.button.isEnabled()


def test_missing_driver_comes_with_its_command(qtbot: QtBot) -> None:
    shown = panel(qtbot)
    shown.show_status(live_status(output=MISSING), CallState.RUNNING)
    line = shown.findChild(CopyLine)
    assert line is not None
    assert line.isVisible()
    assert shown.button.text() == "Stop trying"
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().endswith(f"&& {LOAD}")
    assert line.button.text() == "Copied"
    with qtbot.waitSignal(shown.help_wanted):
        shown._help.click()


def test_remedy_goes_away_with_the_trouble(qtbot: QtBot) -> None:
    shown = panel(qtbot)
    shown.show_status(live_status(output=MISSING), CallState.RUNNING)
    shown.show_status(live_status(virtual_camera="Avatarify"), CallState.RUNNING)
    line = shown.findChild(CopyLine)
    assert line is not None
    assert not line.isVisible()
    assert not shown._help.isVisible()


def test_keyboard_reaches_the_button(qtbot: QtBot) -> None:
    shown = panel(qtbot)
    shown.show_status(live_status(), CallState.RUNNING)
    shown.button.setFocus()
    with qtbot.waitSignal(shown.toggled):
        qtbot.keyClick(shown.button, Qt.Key.Key_Space)


def test_no_word_is_cut_off_however_narrow_it_is(qtbot: QtBot) -> None:
    shown = CameraStatus()
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    picture = QWidget()
    picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    layout.addWidget(picture, 1)
    layout.addWidget(shown)
    window.resize(440, 300)
    window.show()
    shown.show_status(live_status(output=MISSING), CallState.RUNNING)
    wait_for(qtbot, lambda: _all_fit(shown))


def _all_fit(shown: CameraStatus) -> bool:
    labels = [label for label in shown.findChildren(QLabel) if label.isVisible()]
    return all(label.height() >= label.heightForWidth(label.width()) for label in labels)

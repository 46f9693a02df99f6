"""The first page: what it asks for, what it takes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from avatarify.app.avatar_import.start_page import StartPage


def test_each_button_asks_for_its_source(qtbot: QtBot) -> None:
    page = StartPage()
    qtbot.addWidget(page)
    buttons = {button.text(): button for button in page.findChildren(QPushButton)}
    for text, asked in (
        ("Choose a file…", page.file_wanted),
        ("Paste", page.paste_wanted),
        ("Take a photo", page.photo_wanted),
    ):
        with qtbot.waitSignal(asked):
            buttons[text].click()


def test_without_a_camera_there_is_no_photo_and_it_says_why(qtbot: QtBot) -> None:
    page = StartPage()
    qtbot.addWidget(page)
    page.set_camera(False)
    assert not page._photo.isEnabled()
    assert page._photo.toolTip() == "Start the camera first."
    page.set_camera(True)
    assert page._photo.isEnabled()


def test_files_can_be_dropped(qtbot: QtBot, tmp_path: Path) -> None:
    page = StartPage()
    qtbot.addWidget(page)
    (tmp_path / "me.png").write_bytes(b"x")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "me.png"))])
    copy, button, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, mime, button, none)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(page.offered) as given:
        page.dropEvent(QDropEvent(QPointF(5, 5), copy, mime, button, none))
    assert given.args[0].files == (tmp_path / "me.png",)


def test_what_went_wrong_is_said(qtbot: QtBot) -> None:
    page = StartPage()
    qtbot.addWidget(page)
    page.show()
    assert not page.said.isVisible()
    page.say("There is no picture in the clipboard.")
    assert page.said.isVisible()
    page.say("")
    assert not page.said.isVisible()

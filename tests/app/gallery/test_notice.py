"""The sentence over the strip."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from avatarify.app.gallery.notice import UndoNotice


def test_it_lies_inside_whatever_the_width(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    around.resize(600, 150)
    around.show()
    notice = UndoNotice(around)
    assert not notice.isVisible()
    notice.tell("Kofi was removed.")
    assert notice.isVisible()
    assert around.rect().contains(notice.geometry())
    around.resize(220, 120)
    assert around.rect().contains(notice.geometry())


def test_it_goes_by_itself_and_by_its_button(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    around.show()
    notice = UndoNotice(around)
    notice.tell("Kofi was removed.")
    notice._timer.setInterval(0)
    notice._timer.start()
    qtbot.waitUntil(lambda: not notice.isVisible())
    notice.tell("Ada was removed.")
    with qtbot.waitSignal(notice.undo):
        notice._button.click()
    assert not notice.isVisible()

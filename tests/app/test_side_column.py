"""Nothing overlaps and nothing is cut, however high the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from avatarify.app.calibrate_card import CalibrateCard
from avatarify.app.choices import Choices
from avatarify.app.self_view import SelfView
from avatarify.app.side_column import SideColumn
from avatarify.app.tasks import Tasks
from avatarify.preferences.preferences import Preferences
from tests.app.quiet_live import running_call


@pytest.mark.parametrize("size", [(960, 320), (960, 380), (1280, 580), (1920, 900)])
def test_picture_and_card_have_their_place(size: tuple[int, int], qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    call, _ = running_call(tasks)
    view = SelfView(call, Choices(Preferences(), tmp_path / "p.json", tasks=tasks))
    view.add_actions([QAction("one"), QAction("two")], [QAction("three")])
    card = CalibrateCard(call, take=QAction("take"), undo=QAction("undo"), search=QAction("search"))
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(SideColumn(view, card))
    row.addWidget(QWidget(), 1)
    window.resize(*size)
    window.show()
    qtbot.waitExposed(window)
    qtbot.wait(20)
    assert window.size().toTuple() == size
    assert view.geometry().bottom() < card.geometry().top()
    assert card.height() >= card.minimumSizeHint().height()
    assert view.picture.geometry().bottom() < view.overlay.geometry().top()
    assert view.width() <= size[0] * 0.34
    proportion = view.picture.width() / view.picture.height()
    assert proportion == pytest.approx(4 / 3, abs=0.05) or size[1] < 380
    assert view.framing.isVisible() is (size[1] >= 500)

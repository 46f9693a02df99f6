"""The controls below one's own picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from avatarify.app.choices import Choices
from avatarify.app.self_view import SelfView
from avatarify.app.tasks import Tasks
from avatarify.preferences.preferences import Preferences
from tests.app.quiet_live import quiet_call


@pytest.fixture
def choices(tmp_path: Path, tasks: Tasks) -> Choices:
    chosen = Preferences((("window.overlay", 0.3), ("camera.mirror_self", False)))
    return Choices(chosen, tmp_path / "preferences.json", tasks=tasks)


@pytest.fixture
def view(choices: Choices, tasks: Tasks, qtbot: QtBot) -> SelfView:
    view = SelfView(quiet_call(tasks), choices)
    qtbot.addWidget(view)
    return view


def test_it_begins_as_it_was_chosen_and_changes_nothing(view: SelfView, choices: Choices) -> None:
    before = choices.preferences
    assert view.overlay.value() == 6
    assert view.picture._overlay == pytest.approx(0.3)
    assert not view.picture._mirrored
    assert choices.preferences is before


def test_slider_and_choice_are_one(view: SelfView, choices: Choices) -> None:
    view.overlay.setValue(20)
    assert choices.preferences.number("window.overlay") == 1.0
    assert view.picture._overlay == 1.0
    choices.set("window.overlay", 0.0)
    assert view.overlay.value() == 0


@pytest.mark.parametrize(
    ("key", "attribute"),
    [("camera.mirror_self", "_mirrored"), ("window.mesh", "_mesh"), ("window.blur_self", "_blurred")],
)
def test_switches_reach_the_picture(view: SelfView, choices: Choices, key: str, attribute: str) -> None:
    choices.toggle(key)
    assert getattr(view.picture, attribute) is choices.preferences.switch(key)


def test_buttons_press_commands_and_say_what_they_are(view: SelfView) -> None:
    pressed: list[str] = []
    actions = [QAction("Mirror"), QAction("Zoom in")]
    for action in actions:
        action.triggered.connect(lambda _=False, action=action: pressed.append(action.text()))
    view.add_actions(actions[:1], actions[1:])
    for button in view.findChildren(QToolButton):
        button.click()
        assert button.toolTip()
    assert sorted(pressed) == ["Mirror", "Zoom in"]

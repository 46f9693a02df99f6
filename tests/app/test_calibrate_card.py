"""The card that tells how well the user sits there, and calibrates."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QAction, QKeySequence
from pytestqt.qtbot import QtBot

from avatarify.app.calibrate_card import CalibrateCard
from avatarify.app.call import Call, CallState
from avatarify.app.tasks import Tasks
from avatarify.session import CalibratedBy, SessionStatus
from tests.app.quiet_live import QuietLive, running_call

CALIBRATED = SessionStatus(has_avatar=True, calibrated_by=CalibratedBy.ITSELF)


class Scene:
    def __init__(self, call: Call, live: QuietLive, pressed: list[str]) -> None:
        self.call, self.live, self.pressed = call, live, pressed
        take, undo = QAction("Calibrate now"), QAction("Undo calibration")
        take.triggered.connect(lambda: pressed.append("take"))
        undo.triggered.connect(lambda: pressed.append("undo"))
        self.search = QAction("Search for a better moment")
        self.card = CalibrateCard(call, take=take, undo=undo, search=self.search)

    def look(self, session: SessionStatus) -> str:
        self.live.status_now = replace(self.live.status_now, session=session)
        self.call.look()
        return self.card.words.text()


@pytest.fixture
def scene(tasks: Tasks, qtbot: QtBot) -> Scene:
    call, live = running_call(tasks)
    scene = Scene(call, live, [])
    qtbot.addWidget(scene.card)
    return scene


def test_the_score_is_shown_as_a_number_and_a_bar(scene: Scene) -> None:
    scene.look(replace(CALIBRATED, fitness=0.873))
    assert (scene.card.score.text(), scene.card.bar.value()) == ("87", 87)
    scene.look(CALIBRATED)
    assert (scene.card.score.text(), scene.card.bar.value()) == ("\N{EN DASH}", 0)


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (replace(CALIBRATED, fitness=0.9), "Good."),
        (replace(CALIBRATED, fitness=0.6), "Fine."),
        (replace(CALIBRATED, fitness=0.2), "relaxed"),
        (CALIBRATED, "No face"),
        (SessionStatus(has_avatar=True, fitness=0.9), "Look straight"),
        (replace(CALIBRATED, fitness=0.9, hints=("Come closer.", "Open your eyes.")), "Come closer. Open your eyes."),
        (replace(CALIBRATED, fitness=0.6, automatic=False, offered=0.92), "(92)"),
    ],
)
def test_words_say_what_would_help(scene: Scene, session: SessionStatus, words: str) -> None:
    assert words in scene.look(session)


@pytest.mark.parametrize(
    ("key", "words"),
    [("F", "Press F to take it."), ("F5", "Press F5 to take it."), ("", "“Search for a better moment”")],
)
def test_an_offer_names_the_key_that_takes_it(scene: Scene, key: str, words: str) -> None:
    scene.search.setShortcut(QKeySequence(key))
    assert words in scene.look(replace(CALIBRATED, fitness=0.6, automatic=False, offered=0.92))


def test_buttons_press_the_commands_when_there_is_something_to_do(scene: Scene) -> None:
    scene.look(CALIBRATED)
    assert not scene.card.undo_button.isEnabled()
    scene.look(replace(CALIBRATED, can_undo=True))
    scene.card.take_button.click()
    scene.card.undo_button.click()
    assert scene.pressed == ["take", "undo"]


def test_before_the_first_calibration_the_button_stands_out(scene: Scene) -> None:
    scene.look(SessionStatus(has_avatar=True))
    assert scene.card.take_button.property("role") == "primary"
    scene.look(CALIBRATED)
    assert scene.card.take_button.property("role") == ""


def test_without_a_call_nothing_can_be_pressed(scene: Scene) -> None:
    scene.call.state, scene.call.status, scene.call.live = CallState.STOPPED, None, None
    scene.call.changed.emit()
    assert not scene.card.take_button.isEnabled()
    assert scene.card.words.text() == "Waiting for the camera."

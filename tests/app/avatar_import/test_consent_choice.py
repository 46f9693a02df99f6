"""The question whose face it is: nothing is chosen beforehand."""

from __future__ import annotations

from PySide6.QtWidgets import QRadioButton
from pytestqt.qtbot import QtBot

from avatarify.app.avatar_import.consent_choice import ConsentChoice
from avatarify.avatars import Consent


def test_nothing_is_answered_beforehand_and_every_answer_can_be_given(qtbot: QtBot) -> None:
    choice = ConsentChoice()
    qtbot.addWidget(choice)
    assert choice.answer is None
    given = []
    choice.answered.connect(given.append)
    for button in choice.findChildren(QRadioButton):
        button.click()
    assert set(given) == set(Consent)
    assert choice.answer is given[-1]


def test_an_answer_can_be_taken_back(qtbot: QtBot) -> None:
    choice = ConsentChoice()
    qtbot.addWidget(choice)
    choice.choose(Consent.DRAWN)
    assert choice.answer is Consent.DRAWN
    choice.choose(None)
    assert choice.answer is None

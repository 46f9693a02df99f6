"""Verdicts in words."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from avatarify.app.avatar_import.verdict_panel import VerdictPanel
from avatarify.face.quality import PortraitVerdict

NO_FACE = "No face was found. Choose a picture with a well lit face seen from the front."


def test_each_verdict_has_its_words(qtbot: QtBot) -> None:
    panel = VerdictPanel()
    qtbot.addWidget(panel)
    assert "Looking" in panel.text
    panel.show_verdict(PortraitVerdict(True, ()))
    assert panel.text.startswith("This will make a good avatar")
    panel.show_verdict(PortraitVerdict(True, ("The face is too dark.", "The face is blurred.")))
    assert "could be better" in panel.text
    assert "too dark" in panel.text
    assert "blurred" in panel.text
    panel.show_verdict(PortraitVerdict(False, (NO_FACE,)))
    assert panel.text.startswith("This will not work")
    assert panel.accessibleDescription() == NO_FACE
    panel.show_error("me.png is damaged.")
    assert "me.png is damaged." in panel.text

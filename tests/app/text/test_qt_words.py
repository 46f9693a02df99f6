"""Qt's own words in the user's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.sequences import native
from avatarify.app.text.qt_words import speak_qt
from avatarify.app.text.text import set_language


@pytest.fixture(autouse=True)
def english_again(qapp: QApplication) -> Iterator[None]:
    yield
    set_language("en")
    speak_qt(qapp)


def test_keys_have_the_names_that_are_printed_on_them(qapp: QApplication) -> None:
    chord = Chord.parse("Ctrl+Shift+Del")
    assert native(chord) == "Ctrl+Shift+Del"
    set_language("de")
    assert speak_qt(qapp)
    assert native(chord) == "Strg+Umschalt+Entf"
    set_language("en")
    assert speak_qt(qapp)
    assert native(chord) == "Ctrl+Shift+Del"


def test_changing_often_leaves_nothing_behind(qapp: QApplication) -> None:
    for code in ("de", "en", "de", "de"):
        set_language(code)
        assert speak_qt(qapp)
    assert len(qapp.findChildren(QTranslator)) == 1

"""The style sheet is one that Qt understands, and it reaches the widgets."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from avatarify.app.theme import theme
from avatarify.app.theme.control_images import ControlImages
from avatarify.app.theme.palette import DARK, LIGHT, Palette
from avatarify.app.theme.style import style_sheet
from avatarify.app.theme.theme import (
    apply_theme,
    current,
    duration_ms,
    set_look,
    set_reduced_motion,
    theme_state,
)


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    sheet, palette = qapp.styleSheet(), qapp.palette()
    yield qapp
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    set_reduced_motion(False)


@pytest.mark.parametrize(("choice", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_palette_is_worn(app: QApplication, choice: str, palette: Palette) -> None:
    assert apply_theme(app, choice) == palette
    assert current() == palette
    assert app.palette().color(QPalette.ColorRole.Window) == QColor(palette.window)
    assert palette.accent in app.styleSheet()


def test_unknown_choice_is_refused(app: QApplication) -> None:
    with pytest.raises(ValueError, match="'blue' must be one of system, light, dark"):
        apply_theme(app, "blue")


def test_nothing_is_left_to_fill_in(app: QApplication) -> None:
    apply_theme(app, "light")
    assert "$" not in app.styleSheet()


def test_style_sheet_is_understood(app: QApplication, qtbot: QtBot, capfd: pytest.CaptureFixture[str]) -> None:
    apply_theme(app, "dark")
    button = QPushButton("Start")
    qtbot.addWidget(button)
    button.ensurePolished()
    assert "parse" not in capfd.readouterr().err


def test_pictures_of_the_style_sheet_exist(app: QApplication) -> None:
    images = ControlImages()
    try:
        sheet = style_sheet(DARK, QFont(), space=8, radius=8, images=images.of(DARK))
        named = set(re.findall(r'url\("([^"]+)"\)', sheet))
        assert {path.as_posix() for path in images.of(DARK).iterdir()} == named
    finally:
        images.close()
    images.close()


def test_primary_button_has_the_accent(app: QApplication, qtbot: QtBot) -> None:
    apply_theme(app, "light")
    button = QPushButton("Start")
    button.setProperty("role", "primary")
    qtbot.addWidget(button)
    button.resize(120, 36)
    assert _ground(button) == QColor(LIGHT.accent)
    apply_theme(app, "dark")
    assert _ground(button) == QColor(DARK.accent)


def test_look_changes_while_shown(app: QApplication, qtbot: QtBot) -> None:
    apply_theme(app, "light")
    button = QPushButton("Stop")
    qtbot.addWidget(button)
    button.resize(120, 36)
    assert _ground(button) == QColor(LIGHT.raised)
    set_look(button, "role", "danger")
    assert _ground(button) == QColor(LIGHT.danger)


def test_tones_colour_words(app: QApplication, qtbot: QtBot) -> None:
    apply_theme(app, "light")
    label = QLabel("Wait")
    label.setProperty("tone", "warning")
    qtbot.addWidget(label)
    label.ensurePolished()
    assert label.palette().color(QPalette.ColorRole.WindowText) == QColor(LIGHT.warning)


def test_switch_is_wider_than_a_check_box(app: QApplication, qtbot: QtBot) -> None:
    apply_theme(app, "light")
    plain, switch = QCheckBox("x"), QCheckBox("x")
    switch.setProperty("role", "switch")
    for box in (plain, switch):
        qtbot.addWidget(box)
        box.ensurePolished()
    assert switch.sizeHint().width() == plain.sizeHint().width() + 18


def test_system_scheme_is_followed_only_when_asked(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    schemes = [Qt.ColorScheme.Dark]
    monkeypatch.setattr(theme, "system_scheme", lambda _app: schemes[-1])
    assert apply_theme(app, "system") == DARK
    heard: list[Palette] = []
    theme_state().changed.connect(lambda: heard.append(current()))
    schemes.append(Qt.ColorScheme.Light)
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert heard == [LIGHT]
    apply_theme(app, "dark")
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert current() == DARK


def test_reduced_motion() -> None:
    set_reduced_motion(False)
    assert duration_ms(150) == 150
    set_reduced_motion(True)
    assert duration_ms(150) == 0
    set_reduced_motion(False)


def _ground(button: QPushButton) -> QColor:
    """Beside the words."""
    return button.grab().toImage().pixelColor(8, 18)

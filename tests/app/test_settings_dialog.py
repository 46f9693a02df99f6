"""The settings dialog: every setting of the schema, changed at once, found by words, brought back to its default."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QSlider, QWidget
from pytestqt.qtbot import QtBot

from avatarify.app.choices import Choices
from avatarify.app.setting_controls import ChoiceControl, NumberControl, SuggestionControl, SwitchControl, make_control
from avatarify.app.settings_dialog import SettingsDialog
from avatarify.app.tasks import Tasks
from avatarify.app.text.text import set_language
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.schema import GROUPS, SETTINGS, find_setting
from avatarify.preferences.setting import Choice, Kind, Setting, Value
from tests.preferences.test_preferences import another

SHOWN = [setting for setting in SETTINGS if setting.shown]


@pytest.fixture
def choices(tasks: Tasks, tmp_path: Path) -> Iterator[Choices]:
    choices = Choices(Preferences(), tmp_path / "preferences.json", tasks=tasks)
    yield choices
    choices.flush()


@pytest.fixture
def dialog(qtbot: QtBot, choices: Choices) -> SettingsDialog:
    dialog = SettingsDialog(choices)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def pick(dialog: SettingsDialog, setting: Setting, value: Value) -> None:
    """Choose a value with the control, as a hand would."""
    control = dialog.rows[setting.key].control
    if isinstance(control, SwitchControl):
        control.box.click()
    elif isinstance(control, NumberControl):
        assert isinstance(value, int | float)
        control.field.setValue(value)  # type: ignore[arg-type]
    elif isinstance(control, ChoiceControl):
        control.box.setCurrentIndex(control.box.findData(value))
    elif isinstance(control, SuggestionControl):
        line = control.box.lineEdit()
        assert line is not None
        line.setText(str(value))
        line.editingFinished.emit()


def visible_keys(dialog: SettingsDialog) -> list[str]:
    return [key for key, row in dialog.rows.items() if row.isVisible()]


def test_every_setting_that_is_shown_has_a_row(dialog: SettingsDialog) -> None:
    assert list(dialog.rows) == [setting.key for setting in SHOWN]
    assert dialog.groups.count() == len(GROUPS)


def test_a_change_holds_at_once_and_goes_back(dialog: SettingsDialog, choices: Choices, qtbot: QtBot) -> None:
    for setting in SHOWN:
        row, value = dialog.rows[setting.key], another(setting)
        dialog.show_group(setting.group)
        assert not row.reset.isVisible(), setting.key
        with qtbot.waitSignal(choices.changed, timeout=100) as told:
            pick(dialog, setting, value)
        assert told.args == [(setting.key,)]
        kept = choices.preferences.get(setting.key)
        assert kept == (pytest.approx(value, abs=setting.step) if setting.step else value), setting.key
        assert row.reset.isVisible(), setting.key
        row.reset.click()
        assert choices.preferences == Preferences(), setting.key
        assert not row.reset.isVisible(), setting.key


def test_a_change_from_elsewhere_is_shown_and_changes_nothing_more(dialog: SettingsDialog, choices: Choices) -> None:
    for setting in SHOWN:
        value = another(setting)
        choices.take(Preferences([(setting.key, value)]))
        control = dialog.rows[setting.key].control
        if isinstance(control, SwitchControl):
            assert control.box.isChecked() == value, setting.key
        elif isinstance(control, NumberControl):
            assert control.field.value() == pytest.approx(value, abs=setting.step), setting.key
        elif isinstance(control, ChoiceControl):
            assert control.box.currentData() == value, setting.key
        else:
            assert isinstance(control, SuggestionControl), setting.key
            assert control.box.currentText() == value, setting.key
        assert choices.preferences.changed() == (setting.key,)


def test_the_slider_and_the_field_agree(dialog: SettingsDialog, choices: Choices) -> None:
    control = dialog.rows["motion.strength"].control
    assert isinstance(control, NumberControl)
    control.slider.setValue(control.slider.maximum())
    assert choices.preferences.number("motion.strength") == 2.0
    assert control.field.value() == 2.0
    control.field.setValue(0.5)
    assert control.slider.value() == 10
    whole = dialog.rows["engine.portrait_size"].control
    assert isinstance(whole, NumberControl)
    whole.slider.setValue(0)
    assert choices.preferences.whole("engine.portrait_size") == 128


def test_a_value_between_the_steps_of_the_slider_is_kept(dialog: SettingsDialog, choices: Choices) -> None:
    choices.set("framing.zoom", 1.103)
    dialog.show_group("framing")
    assert choices.preferences.number("framing.zoom") == 1.103
    dialog.rows["framing.shift_x"].control.parts[0].setFocus()
    assert choices.preferences.number("framing.zoom") == 1.103


def test_what_cannot_be_taken_is_told_on_the_spot(dialog: SettingsDialog, choices: Choices) -> None:
    dialog.show_group("camera")
    row = dialog.rows["camera.device"]
    pick(dialog, row.setting, "x" * 1001)
    assert row.trouble.isVisible()
    assert "1000" in row.trouble.text()
    assert choices.preferences == Preferences()
    pick(dialog, row.setting, "2")
    assert not row.trouble.isVisible()
    assert choices.preferences.text("camera.device") == "2"


def test_what_a_setting_needs_switches_it_off_with_it(dialog: SettingsDialog, choices: Choices) -> None:
    strength = dialog.rows["motion.strength"]
    assert strength.control.isEnabled()
    choices.set("motion.relative", False)
    assert not strength.control.isEnabled()
    choices.set("motion.relative", True)
    assert strength.control.isEnabled()


def test_one_page_at_a_time(dialog: SettingsDialog) -> None:
    for group in GROUPS:
        dialog.show_group(group.name)
        assert visible_keys(dialog) == [setting.key for setting in SHOWN if setting.group == group.name]
    with pytest.raises(ValueError, match="nowhere"):
        dialog.show_group("nowhere")


def test_the_search_finds_by_label_note_and_choice_in_all_groups(dialog: SettingsDialog) -> None:
    dialog.search.setText("mirror")
    assert visible_keys(dialog) == ["camera.mirror_self", "output.mirror"]
    dialog.search.setText("MIRROR call sees")
    assert visible_keys(dialog) == ["output.mirror"]
    dialog.search.setText("blurred")
    assert visible_keys(dialog) == ["output.ground"]
    dialog.search.setText("no such thing")
    assert visible_keys(dialog) == []
    assert dialog.nothing.isVisible()
    assert "no such thing" in dialog.nothing.text()
    dialog.search.clear()
    assert not dialog.nothing.isVisible()
    assert visible_keys(dialog) == ["camera.device", "camera.mirror_self"]


def test_choosing_a_group_ends_the_search(dialog: SettingsDialog) -> None:
    dialog.search.setText("mirror")
    dialog.groups.setCurrentRow(2)
    assert dialog.search.text() == ""
    assert visible_keys(dialog)[0] == "motion.relative"


def test_all_can_go_back_and_come_again_but_what_is_not_shown_stays(dialog: SettingsDialog, choices: Choices) -> None:
    before = Preferences([("output.mirror", True), ("motion.strength", 0.5), ("avatars.last", "ilse")])
    choices.take(before)
    assert dialog.reset_all.isEnabled()
    dialog.reset_all.click()
    assert choices.preferences == Preferences([("avatars.last", "ilse")])
    assert dialog.undo.isVisible()
    assert not dialog.reset_all.isVisible()
    dialog.undo.click()
    assert choices.preferences == before
    assert not dialog.undo.isVisible()
    assert dialog.reset_all.isEnabled()


def test_a_change_after_the_reset_ends_the_way_back(dialog: SettingsDialog, choices: Choices) -> None:
    choices.set("output.mirror", True)
    dialog.reset_all.click()
    choices.set("avatars.last", "ilse")
    assert dialog.undo.isVisible()
    choices.set("motion.strength", 0.5)
    assert not dialog.undo.isVisible()
    assert dialog.reset_all.isEnabled()


def test_nothing_to_reset_at_first(dialog: SettingsDialog) -> None:
    assert not dialog.reset_all.isEnabled()


def test_cameras_that_are_there_can_be_picked_by_name(dialog: SettingsDialog, choices: Choices) -> None:
    control = dialog.rows["camera.device"].control
    assert isinstance(control, SuggestionControl)
    choices.set("camera.device", "2")
    dialog.suggest(
        "camera.device", (Choice("0", "Desk camera"), Choice("2", "Door camera"), Choice("synthetic", "Synthetic"))
    )
    assert [control.box.itemText(index) for index in range(control.box.count())] == [
        "The first that works",
        "A drawn performer",
        "Desk camera",
        "Door camera",
    ]
    assert control.box.currentText() == "Door camera"
    control.box.setCurrentIndex(2)
    control.box.activated.emit(2)
    assert choices.preferences.text("camera.device") == "0"
    pick(dialog, control.setting, "Door camera")
    assert choices.preferences.text("camera.device") == "2"


def test_everything_can_be_reached_and_is_named_for_screen_readers(dialog: SettingsDialog) -> None:
    for row in dialog.rows.values():
        assert row.control.parts
        for part in row.control.parts:
            assert part.focusPolicy() & Qt.FocusPolicy.TabFocus
            assert part.accessibleName() == row.label.text()
            assert part.accessibleDescription() == row.note.text()
        assert row.label.buddy() is row.control.parts[0]
        assert row.label.text() in row.reset.accessibleName()


def test_the_tab_key_walks_down_the_page(dialog: SettingsDialog, qtbot: QtBot) -> None:
    dialog.activateWindow()
    dialog.show_group("motion")
    dialog.search.setFocus()
    assert len(dialog.rows) == len(SHOWN)
    seen: list[QWidget] = []
    for _ in range(9):
        focused = QApplication.focusWidget()
        assert focused is not None
        seen.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    expected = [dialog.rows[key].control.parts[0] for key in ("motion.relative", "motion.adapt_scale")]
    assert seen[:4] == [dialog.search, dialog.groups, *expected]
    strength = dialog.rows["motion.strength"].control
    assert isinstance(strength, NumberControl)
    assert seen[4:6] == [strength.slider, strength.field]
    assert seen[6:] == [dialog.close_button, dialog.search, dialog.groups]


def test_control_f_goes_to_the_search_and_escape_closes(dialog: SettingsDialog, qtbot: QtBot) -> None:
    dialog.activateWindow()
    dialog.groups.setFocus()
    qtbot.keyClick(dialog, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert dialog.search.hasFocus()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_enter_in_a_field_does_not_close_the_dialog(dialog: SettingsDialog, qtbot: QtBot) -> None:
    control = dialog.rows["camera.device"].control
    assert isinstance(control, SuggestionControl)
    line = control.box.lineEdit()
    assert line is not None
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert dialog.isVisible()


def test_the_wheel_scrolls_the_page_and_not_the_values(dialog: SettingsDialog, choices: Choices) -> None:
    dialog.show_group("comfort")
    control = dialog.rows["comfort.beta"].control
    assert isinstance(control, NumberControl)
    turn = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    dialog.groups.setFocus()
    QApplication.sendEvent(control.slider, turn)
    assert choices.preferences == Preferences()
    control.slider.setFocus()
    QApplication.sendEvent(control.slider, turn)
    assert choices.preferences.changed() == ("comfort.beta",)


def test_pages_are_made_one_by_one_so_that_the_window_opens_at_once(dialog: SettingsDialog, qtbot: QtBot) -> None:
    assert not dialog.sections[-1].built
    qtbot.waitUntil(lambda: all(section.built for section in dialog.sections), timeout=5000)
    assert dialog.sections[0].isVisible()
    assert not dialog.sections[-1].isVisible()
    qtbot.waitUntil(lambda: not dialog._idle.isActive(), timeout=1000)


def test_there_is_a_way_to_the_keys_and_the_models(dialog: SettingsDialog, qtbot: QtBot) -> None:
    for group, wanted in (("keys", dialog.keys_wanted), ("engine", dialog.models_wanted)):
        dialog.show_group(group)
        [section] = [section for section in dialog.sections if section.isVisible()]
        with qtbot.waitSignal(wanted, timeout=100):
            section.ways[0].click()


@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_is_cut_off_in_the_smallest_dialog(choices: Choices, qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        dialog = SettingsDialog(choices)
    finally:
        set_language("en")
    qtbot.addWidget(dialog)
    dialog.resize(dialog.minimumSize())
    dialog.show()
    qtbot.waitExposed(dialog)
    page = dialog.page
    for group in GROUPS:
        dialog.show_group(group.name)
        QApplication.processEvents()
        width = dialog.scroll_area.viewport().width()
        assert page.minimumSizeHint().width() <= width, group.name
        for label in page.findChildren(QLabel):
            if label.isVisible():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
        for part in (*page.findChildren(QComboBox), *page.findChildren(QSlider)):
            if part.isVisible():
                assert part.mapTo(page, QPoint(part.width(), 0)).x() <= width, part.accessibleName()


def test_a_setting_without_a_control_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"keys\.bindings of kind"):
        make_control(find_setting("keys.bindings"))
    assert find_setting("keys.bindings").kind is Kind.BINDINGS

"""The controls of the settings dialog, one for each kind of setting."""

from __future__ import annotations

from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QWidget,
)

from avatarify.app.setting_texts import choice_label, decimals_of, label_of, note_of
from avatarify.app.theme.theme import SPACE
from avatarify.preferences.setting import Choice, Kind, Setting, Value

_NUMBER_WIDTH = 104  # logical pixels: "1024 px" with its arrows
_CHOICE_WIDTH = 220
_SWITCH_WIDTH = 46  # the switch with its focus ring; a check box without words would keep room for them


Control: TypeAlias = "SwitchControl | NumberControl | ChoiceControl | TextControl | SuggestionControl"
"""Shows the value of one setting, by `show_value`, and lets the user choose another. chosen: the new value, by the user only."""


def make_control(setting: Setting, parent: QWidget | None = None) -> Control:
    """The control for a setting that is shown."""
    if setting.kind is Kind.SWITCH:
        return SwitchControl(setting, parent)
    if setting.kind in (Kind.NUMBER, Kind.WHOLE):
        return NumberControl(setting, parent)
    if setting.kind is Kind.CHOICE:
        return ChoiceControl(setting, parent)
    if setting.kind is Kind.TEXT:
        return SuggestionControl(setting, parent) if setting.choices else TextControl(setting, parent)
    raise ValueError(f"{setting.key} of kind {setting.kind} has no control")


class _Parts(QWidget):
    """What all controls have: a row of parts, each of which can be reached by keyboard and tells what it sets."""

    chosen = Signal(object)
    wide = False
    """Takes a line of its own under its label."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setting = setting
        self.parts: list[QWidget] = []
        """What takes the focus, from left to right."""
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE * 2)

    def suggest(self, found: tuple[Choice, ...]) -> None:
        """More to pick from than the schema knows, such as the cameras that are there."""

    def _add(self, part: QWidget, stretch: int = 0) -> None:
        part.setAccessibleName(label_of(self.setting))
        part.setAccessibleDescription(note_of(self.setting))
        part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        part.installEventFilter(_WheelGuard(part))
        self._row.addWidget(part, stretch)
        self.parts.append(part)  # no focus proxy for this widget: the Tab key would stop at it twice


class SwitchControl(_Parts):
    """On or off."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self.box = QCheckBox(self)
        self.box.setProperty("role", "switch")
        self.box.setFixedWidth(_SWITCH_WIDTH)
        self.box.toggled.connect(self.chosen.emit)
        self._add(self.box)

    def show_value(self, value: Value) -> None:
        """Without `chosen`."""
        with QSignalBlocker(self.box):
            self.box.setChecked(bool(value))


class NumberControl(_Parts):
    """A slider for the eye, and a field for the exact value."""

    wide = True

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        assert setting.low is not None
        assert setting.high is not None
        self._low, self._step = setting.low, setting.step
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        steps = round((setting.high - setting.low) / setting.step)
        self.slider.setRange(0, steps)
        self.slider.setPageStep(max(1, steps // 10))
        self.slider.valueChanged.connect(self._slid)
        self._add(self.slider, 1)
        self.field = self._field()
        self.field.setFixedWidth(_NUMBER_WIDTH)
        self.field.setKeyboardTracking(False)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setSuffix(f" {setting.unit}" if setting.unit else "")
        self._add(self.field)

    def show_value(self, value: Value) -> None:
        """Without `chosen`."""
        assert isinstance(value, int | float)
        with QSignalBlocker(self.slider), QSignalBlocker(self.field):
            self.slider.setValue(round((value - self._low) / self._step))
            if isinstance(self.field, QSpinBox):
                self.field.setValue(int(value))
            else:
                self.field.setValue(value)

    def _field(self) -> QSpinBox | QDoubleSpinBox:
        setting = self.setting
        assert setting.low is not None
        assert setting.high is not None
        if setting.kind is Kind.WHOLE:
            whole = QSpinBox(self)
            whole.setRange(int(setting.low), int(setting.high))
            whole.setSingleStep(int(setting.step))
            whole.valueChanged.connect(self.chosen.emit)
            return whole
        number = QDoubleSpinBox(self)
        number.setDecimals(decimals_of(setting))
        number.setRange(setting.low, setting.high)
        number.setSingleStep(setting.step)
        number.valueChanged.connect(self.chosen.emit)
        return number

    def _slid(self, position: int) -> None:
        value = self._low + position * self._step
        if self.setting.kind is Kind.WHOLE:
            self.chosen.emit(round(value))
        else:
            self.chosen.emit(round(value, decimals_of(self.setting)))


class ChoiceControl(_Parts):
    """One of a few."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self.box = QComboBox(self)
        self.box.setFixedWidth(_CHOICE_WIDTH)
        for choice in setting.choices:
            self.box.addItem(choice_label(setting, choice), choice.value)
        self.box.currentIndexChanged.connect(lambda index: self.chosen.emit(self.box.itemData(index)))
        self._add(self.box)

    def show_value(self, value: Value) -> None:
        """Without `chosen`."""
        with QSignalBlocker(self.box):
            self.box.setCurrentIndex(self.box.findData(value))


class TextControl(_Parts):
    """A line of text. It counts when the user leaves the field or presses Enter."""

    wide = True

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self.field = QLineEdit(self)
        self.field.editingFinished.connect(lambda: self.chosen.emit(self.field.text().strip()))
        self._add(self.field, 1)

    def show_value(self, value: Value) -> None:
        """Without `chosen`."""
        with QSignalBlocker(self.field):
            self.field.setText(str(value))


class SuggestionControl(_Parts):
    """A line of text with suggestions to pick from."""

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(setting, parent)
        self.box = QComboBox(self)
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setFixedWidth(_CHOICE_WIDTH)
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.suggest(())
        line = self.box.lineEdit()
        assert line is not None
        line.setAccessibleName(label_of(setting))
        self.box.activated.connect(lambda index: self.chosen.emit(self.box.itemData(index)))
        line.editingFinished.connect(self._typed)
        self._add(self.box)

    def suggest(self, found: tuple[Choice, ...]) -> None:
        with QSignalBlocker(self.box):
            shown = self._value()
            self.box.clear()
            for choice in self.setting.choices:
                self.box.addItem(choice_label(self.setting, choice), choice.value)
            known = {choice.value for choice in self.setting.choices}
            for choice in found:
                if choice.value not in known:
                    self.box.addItem(choice.label, choice.value)
        self.show_value(shown)

    def show_value(self, value: Value) -> None:
        """Without `chosen`."""
        with QSignalBlocker(self.box):
            index = self.box.findData(value)
            self.box.setCurrentIndex(index)
            self.box.setEditText(self.box.itemText(index) if index >= 0 else str(value))

    def _typed(self) -> None:
        self.chosen.emit(self._value())

    def _value(self) -> str:
        """A label stands for its value, anything else for itself."""
        text = self.box.currentText().strip()
        index = self.box.findText(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive)
        return str(self.box.itemData(index)) if index >= 0 else text


class _WheelGuard(QObject):
    """The wheel scrolls the page; it changes a value only where the user has gone to change it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False

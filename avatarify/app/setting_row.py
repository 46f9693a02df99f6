"""One line of the settings dialog: label, note, control, and the way back to the default."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from avatarify.app.setting_controls import Control, make_control
from avatarify.app.setting_texts import choice_label, label_of, note_of, value_text
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE
from avatarify.preferences.setting import Setting, Value

_RESET = 26  # logical pixels: no line gets higher when the button comes


class SettingRow(QFrame):
    """Shows one setting. chosen: (key, value), when the user chose another one."""

    chosen = Signal(str, object)

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        super().__init__(parent)
        self.setting = setting
        self.control: Control = make_control(setting, self)
        self.control.chosen.connect(lambda value: self.chosen.emit(setting.key, value))
        self.label = QLabel(label_of(setting), self)
        self.label.setBuddy(self.control.parts[0])
        self.note = QLabel(note_of(setting), self)
        self.note.setProperty("role", "hint")
        self.trouble = QLabel(self)
        self.trouble.setProperty("role", "hint")
        self.trouble.setProperty("tone", "danger")
        self.trouble.hide()
        self.reset = QToolButton(self)
        self.reset.setIcon(icon("undo"))
        self.reset.setFixedSize(_RESET, _RESET)
        self.reset.setAccessibleName(tr("settings.back_to_default", label_of(setting)))
        self.reset.setToolTip(tr("settings.default_is", value_text(setting, setting.default)))
        self.reset.clicked.connect(self._back_to_default)
        policy = self.reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(policy)
        self._lay_out()

    def show_value(self, value: Value) -> None:
        """Without `chosen`."""
        self.control.show_value(value)
        self.reset.setVisible(value != self.setting.default)
        self.tell("")

    def show_needed(self, *, met: bool) -> None:
        """Whether the switch that this setting needs is on; without it, it does nothing."""
        self.control.setEnabled(met)
        self.label.setEnabled(met)

    def tell(self, trouble: str) -> None:
        """Why a value was not taken; "" when all is well."""
        self.trouble.setText(trouble)
        self.trouble.setVisible(bool(trouble))

    def matches(self, words: list[str]) -> bool:
        """All words occur in what this line says. words: folded."""
        setting = self.setting
        labels = [choice_label(setting, choice) for choice in setting.choices]
        text = " ".join([setting.key, label_of(setting), note_of(setting), setting.label, *labels]).casefold()
        return all(word in text for word in words)

    def _back_to_default(self) -> None:
        self.control.parts[0].setFocus(Qt.FocusReason.OtherFocusReason)  # this button goes away
        self.chosen.emit(self.setting.key, self.setting.default)

    def _lay_out(self) -> None:
        """Label and control on a line, the note below over the whole width: it fits however narrow the window is."""
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 2, SPACE, SPACE * 2, SPACE + SPACE // 2)
        column.setSpacing(2)
        line = QHBoxLayout()
        line.setSpacing(SPACE)
        line.addWidget(self.label, 1)
        line.addWidget(self.reset)
        column.addLayout(line)
        for text in (self.note, self.trouble):
            column.addWidget(text)
        for text in (self.label, self.note, self.trouble):
            text.setWordWrap(True)
        if self.control.wide:
            column.addSpacing(SPACE // 2)
            column.addWidget(self.control)
        else:
            line.addWidget(self.control)
            line.setContentsMargins(0, 0, 0, 2)

"""One page of the settings dialog: the name of a group, its note, and its settings on a card."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from avatarify.app.setting_row import SettingRow
from avatarify.app.setting_texts import group_label, group_note
from avatarify.app.theme.theme import SPACE
from avatarify.preferences.schema import SETTINGS
from avatarify.preferences.setting import Group


class _Line(NamedTuple):
    """A row of a section, and the line above it; the first has none."""

    row: SettingRow
    above: QFrame | None


class SettingsSection(QWidget):
    """Empty at first, because rows take time to make. Every widget is born in its place: moving one into another makes
    Qt work out the style of all that it holds again."""

    def __init__(self, group: Group, parent: QWidget) -> None:
        super().__init__(parent)
        self.group = group
        self._settings = tuple(setting for setting in SETTINGS if setting.group == group.name and setting.shown)
        self._card: QFrame | None = None
        self.ways: list[QPushButton] = []
        """Buttons to windows with more of this group."""
        self._lines: list[_Line] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)

    @property
    def built(self) -> bool:
        """All rows are there."""
        return len(self._lines) == len(self._settings)

    @property
    def rows(self) -> tuple[SettingRow, ...]:
        """In the schema's order; only those that are made."""
        return tuple(line.row for line in self._lines)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """What takes the focus, from top to bottom."""
        in_rows = [part for line in self._lines for part in (*line.row.control.parts, line.row.reset)]
        return (*in_rows, *self.ways)

    def build(self) -> None:
        """Make all rows that are not there yet."""
        while not self.built:
            self.build_row()

    def build_row(self) -> None:
        """Make the next row."""
        if self._card is None:
            self._card = self._make_card()
        setting = self._settings[len(self._lines)]
        above = rule(self._card) if self._lines else None
        row = SettingRow(setting, self._card)
        inside = self._card.layout()
        assert inside is not None
        if above is not None:
            inside.addWidget(above)
        inside.addWidget(row)
        self._lines.append(_Line(row, above))

    def _make_card(self) -> QFrame:
        title = QLabel(group_label(self.group), self)
        title.setProperty("role", "subtitle")
        note = QLabel(group_note(self.group), self)
        note.setProperty("role", "hint")
        note.setWordWrap(True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(note)
        card = QFrame(self)
        card.setProperty("role", "card")
        self._column.addLayout(words)
        self._column.addWidget(card)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)  # the card's own line
        inside.setSpacing(0)
        return card

    def add_way(self, text: str) -> QPushButton:
        """A button under the card."""
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.ways.append(button)
        return button

    def show_all(self) -> None:
        """As without a search."""
        for line in self._lines:
            line.row.setVisible(True)
            if line.above is not None:
                line.above.setVisible(True)
        for button in self.ways:
            button.setVisible(True)

    def show_matching(self, words: list[str]) -> bool:
        """Only rows with all these words; False and hidden when there is none."""
        shown = False
        for line in self._lines:
            matches = line.row.matches(words)
            line.row.setVisible(matches)
            if line.above is not None:
                line.above.setVisible(matches and shown)
            shown |= matches
        for button in self.ways:
            button.setVisible(False)
        self.setVisible(shown)
        return shown


def rule(parent: QWidget) -> QFrame:
    """A line between two parts."""
    line = QFrame(parent)
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line

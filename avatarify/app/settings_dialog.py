"""All settings on pages, made from the schema. What is changed here holds at once."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from avatarify.app.choices import Choices
from avatarify.app.setting_row import SettingRow
from avatarify.app.setting_texts import group_label, group_note
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE
from avatarify.errors import SettingsError
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.schema import GROUPS, SETTINGS
from avatarify.preferences.setting import Choice, Group, Value

_ICONS = {
    "camera": "camera",
    "framing": "zoom-in",
    "motion": "play",
    "comfort": "blur",
    "calibration": "calibrate",
    "avatars": "avatar",
    "output": "camera-virtual",
    "engine": "models",
    "window": "eye",
    "keys": "keys",
}
_LIST_WIDTH = 184  # logical pixels


class SettingsDialog(QDialog):
    """Groups on the left, their settings on the right, a search over all. Not modal: the call goes on beside it.

    keys_wanted: the user wants the list of all keys. models_wanted: the page of models.
    """

    keys_wanted = Signal()
    models_wanted = Signal()

    def __init__(self, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = choices
        self._before_reset: Preferences | None = None
        self.setWindowTitle(tr("settings.title"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("settings.search"))
        self.search.setAccessibleName(tr("settings.search"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._show_page)
        self.groups = QListWidget()
        self.groups.setAccessibleName(tr("settings.groups"))
        self.groups.setIconSize(QSize(20, 20))
        self.sections = tuple(_Section(group) for group in GROUPS)
        self.rows = {row.setting.key: row for section in self.sections for row in section.rows}
        for section in self.sections:
            self.groups.addItem(QListWidgetItem(icon(_ICONS[section.group.name]), group_label(section.group)))
        for row in self.rows.values():
            row.chosen.connect(self._choose)
        self.nothing = QLabel()
        self.nothing.setProperty("role", "hint")
        self.nothing.setWordWrap(True)
        self.reset_all = QPushButton(tr("settings.reset_all"))
        self.reset_all.setProperty("role", "quiet")
        self.reset_all.setAutoDefault(False)
        self.reset_all.clicked.connect(self._reset_all)
        self.undo = QPushButton(tr("settings.undo"))
        self.undo.setProperty("role", "quiet")
        self.undo.setIcon(icon("undo"))
        self.undo.setAutoDefault(False)
        self.undo.clicked.connect(self._undo)
        self.told = QLabel(tr("settings.were_reset"))
        self.told.setProperty("role", "hint")
        self._add_way("keys", "settings.all_keys", self.keys_wanted)
        self._add_way("engine", "settings.all_models", self.models_wanted)
        self._lay_out()
        self._after_reset(None)
        self._show_values(tuple(self.rows))
        choices.changed.connect(self._show_values)
        self.groups.currentRowChanged.connect(self._group_chosen)
        self.groups.setCurrentRow(0)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._find)

    def show_group(self, name: str) -> None:
        """Turn to a page by the name of its group. Raises ValueError for one that is none."""
        names = [group.name for group in GROUPS]
        self.search.clear()
        self.groups.setCurrentRow(names.index(name))

    def suggest(self, key: str, found: tuple[Choice, ...]) -> None:
        """More to pick from for a text than the schema knows: the cameras that are there, the models installed."""
        self.rows[key].control.suggest(found)

    def _add_way(self, group: str, text: str, wanted: SignalInstance) -> None:
        """A button to a window that has more of this group."""
        button = QPushButton(tr(text))
        button.setAutoDefault(False)
        button.clicked.connect(wanted)
        next(section for section in self.sections if section.group.name == group).add_way(button)

    def _choose(self, key: str, value: Value) -> None:
        try:
            self._choices.set(key, value)
        except SettingsError as error:
            self.rows[key].tell(f"{error.message} {error.hint}".rstrip())
        else:
            self.rows[key].tell("")

    def _show_values(self, keys: tuple[str, ...]) -> None:
        preferences = self._choices.preferences
        for key in keys:
            if key in self.rows:
                self.rows[key].show_value(preferences.get(key))
        for row in self.rows.values():
            if row.setting.needs:
                row.show_needed(met=preferences.switch(row.setting.needs))
        if self._before_reset is not None and any(key in self.rows for key in preferences.changed()):
            self._after_reset(None)
        self.reset_all.setEnabled(any(key in self.rows for key in preferences.changed()))

    def _group_chosen(self) -> None:
        self.search.clear()
        self._show_page()

    def _show_page(self) -> None:
        """The chosen group, or everything that the search finds."""
        words = self.search.text().casefold().split()
        chosen = self.groups.currentRow()
        found = False
        for number, section in enumerate(self.sections):
            if words:
                found |= section.show_matching(words)
            else:
                section.show_all()
                section.setVisible(number == chosen)
        self.nothing.setText(tr("settings.nothing_found", self.search.text().strip()))
        self.nothing.setVisible(bool(words) and not found)
        self.scroll.verticalScrollBar().setValue(0)

    def _find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _reset_all(self) -> None:
        before = self._choices.preferences
        shown = [setting for setting in SETTINGS if setting.key in self.rows]
        self._choices.take(before.with_values((setting.key, setting.default) for setting in shown))
        self._after_reset(before)
        self.undo.setFocus(Qt.FocusReason.OtherFocusReason)

    def _undo(self) -> None:
        before = self._before_reset
        self._after_reset(None)
        if before is not None:
            now = self._choices.preferences
            self._choices.take(now.with_values((key, before.get(key)) for key in self.rows))
        self.groups.setFocus(Qt.FocusReason.OtherFocusReason)

    def _after_reset(self, before: Preferences | None) -> None:
        self._before_reset = before
        self.told.setVisible(before is not None)
        self.undo.setVisible(before is not None)
        self.reset_all.setVisible(before is None)

    def _lay_out(self) -> None:
        self.page = QWidget()
        column = QVBoxLayout(self.page)
        column.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        column.setSpacing(SPACE * 3)
        for section in self.sections:
            column.addWidget(section)
        column.addWidget(self.nothing)
        column.addStretch(1)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setWidget(self.page)
        side = QVBoxLayout()
        side.setContentsMargins(SPACE * 2, SPACE * 2, 0, 0)
        side.setSpacing(SPACE)
        side.addWidget(self.search)
        side.addWidget(self.groups, 1)
        self.search.setFixedWidth(_LIST_WIDTH)
        self.groups.setFixedWidth(_LIST_WIDTH)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(side)
        middle.addWidget(self.scroll, 1)
        close = QPushButton(tr("settings.close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE * 2, SPACE, SPACE * 2, SPACE * 2)
        foot.setSpacing(SPACE)
        for widget in (self.reset_all, self.told, self.undo):
            foot.addWidget(widget)
        foot.addStretch(1)
        foot.addWidget(close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(middle, 1)
        whole.addLayout(foot)
        self.setMinimumSize(660, 400)
        self.resize(820, 600)


class _Line(NamedTuple):
    """A row of a section, and the line above it; the first has none."""

    row: SettingRow
    above: QFrame | None


class _Section(QWidget):
    """A group: its name, its note and its rows on a card."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        self.group = group
        title = QLabel(group_label(group))
        title.setProperty("role", "subtitle")
        note = QLabel(group_note(group))
        note.setProperty("role", "hint")
        note.setWordWrap(True)
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        self._lines: list[_Line] = []
        for setting in SETTINGS:
            if setting.group == group.name and setting.shown:
                above = _rule() if self._lines else None
                row = SettingRow(setting)
                if above is not None:
                    inside.addWidget(above)
                inside.addWidget(row)
                self._lines.append(_Line(row, above))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)
        self._column.addWidget(title)
        self._column.addWidget(note)
        self._column.addWidget(card)
        self.ways: list[QPushButton] = []

    @property
    def rows(self) -> tuple[SettingRow, ...]:
        """In the schema's order."""
        return tuple(line.row for line in self._lines)

    def add_way(self, button: QPushButton) -> None:
        """A button to more of this group, under the card."""
        self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.ways.append(button)

    def show_all(self) -> None:
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


def _rule() -> QFrame:
    """A line between two rows."""
    rule = QFrame()
    rule.setProperty("role", "rule")
    rule.setFixedHeight(1)
    return rule

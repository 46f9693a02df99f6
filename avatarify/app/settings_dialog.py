"""All settings on pages, made from the schema. What is changed here holds at once."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSize, Qt, QTimer, Signal
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
from avatarify.app.setting_texts import group_label
from avatarify.app.settings_section import SettingsSection, rule
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE
from avatarify.errors import SettingsError
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.schema import GROUPS, SETTINGS, find_setting
from avatarify.preferences.setting import Choice, Value

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
_LIST_WIDTH, _LIST_ROW = 184, 32  # at least, in logical pixels
_BESIDE_LABEL, _ABOVE_LABEL = 72, 14  # icon and margins in the list; the scroll bar, too
_SHOWN = tuple(setting for setting in SETTINGS if setting.shown)


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
        self._rows: dict[str, SettingRow] = {}
        self._joined: set[str] = set()
        self._ways = {
            "keys": (tr("settings.all_keys"), self.keys_wanted),
            "engine": (tr("settings.all_models"), self.models_wanted),
        }
        self.setWindowTitle(tr("settings.title"))
        self.search = QLineEdit(self)
        self.groups = QListWidget(self)
        self.scroll_area = QScrollArea(self)
        self.page = QWidget()
        self.scroll_area.setWidget(self.page)
        self.sections = tuple(SettingsSection(group, self.page) for group in GROUPS)
        self.nothing = QLabel(self.page)
        self.reset_all = QPushButton(tr("settings.reset_all"), self)
        self.told = QLabel(tr("settings.were_reset"), self)
        self.undo = QPushButton(tr("settings.undo"), self)
        self.close_button = QPushButton(tr("settings.close"), self)
        self._set_up()
        self._lay_out()
        self._after_reset(None)
        self._show_values(())
        self._idle = QTimer(self)
        self._idle.timeout.connect(self._build_next)
        choices.changed.connect(self._show_values)
        self.groups.currentRowChanged.connect(self._group_chosen)
        self.search.textChanged.connect(self._show_page)
        self.groups.setCurrentRow(0)
        self.groups.setFocus()
        self._idle.start(0)

    @property
    def rows(self) -> dict[str, SettingRow]:
        """By key, all of them: those that are not made yet are made now."""
        for section in self.sections:
            self._build(section)
        return self._rows

    def show_group(self, name: str) -> None:
        """Turn to a page by the name of its group. Raises ValueError for one that is none."""
        names = [group.name for group in GROUPS]
        self.search.clear()
        self.groups.setCurrentRow(names.index(name))

    def suggest(self, key: str, found: tuple[Choice, ...]) -> None:
        """More to pick from for a text than the schema knows: the cameras that are there, the models installed."""
        name = find_setting(key).group
        self._build(next(section for section in self.sections if section.group.name == name))
        self._rows[key].control.suggest(found)

    def _build_next(self) -> None:
        """While the user reads the first page, the others are made, a row at a time: the window never waits for them."""
        section = next((section for section in self.sections if section.group.name not in self._joined), None)
        if section is None:
            self._idle.stop()
        elif section.built:
            self._join(section)
        else:
            section.build_row()

    def _build(self, section: SettingsSection) -> None:
        if section.group.name not in self._joined:
            section.build()
            self._join(section)

    def _join(self, section: SettingsSection) -> None:
        """Its rows are made: from now on they show the choices and change them."""
        self._joined.add(section.group.name)
        if section.group.name in self._ways:
            text, wanted = self._ways[section.group.name]
            section.add_way(text).clicked.connect(wanted.emit)
        for row in section.rows:
            row.chosen.connect(self._choose)
            self._rows[row.setting.key] = row
        self._show_values(tuple(row.setting.key for row in section.rows))
        self._order_stops()

    def _order_stops(self) -> None:
        """The Tab key goes from the search down the pages to the buttons, in whatever order all that was made."""
        in_pages = [stop for section in self.sections for stop in section.stops]
        stops = [self.search, self.groups, *in_pages, self.reset_all, self.undo, self.close_button]
        for one, next_ in pairwise(stops):
            QWidget.setTabOrder(one, next_)

    def _choose(self, key: str, value: Value) -> None:
        row = self._rows[key]
        try:
            self._choices.set(key, row.setting.check(value, name=row.label.text()))
        except SettingsError as error:
            row.tell(str(error))
        else:
            row.tell("")

    def _show_values(self, keys: tuple[str, ...]) -> None:
        preferences = self._choices.preferences
        for key in keys:
            if key in self._rows:
                self._rows[key].show_value(preferences.get(key))
        for row in self._rows.values():
            if row.setting.needs:
                row.show_needed(met=preferences.switch(row.setting.needs))
        differs = any(preferences.get(setting.key) != setting.default for setting in _SHOWN)
        if self._before_reset is not None and differs:
            self._after_reset(None)
        self.reset_all.setEnabled(differs)

    def _group_chosen(self) -> None:
        self.search.clear()
        self._show_page()

    def _show_page(self) -> None:
        """The chosen group, or everything that the search finds."""
        words = self.search.text().casefold().split()
        chosen, found = self.groups.currentRow(), False
        for number, section in enumerate(self.sections):
            if words:
                self._build(section)
                found |= section.show_matching(words)
                continue
            if number == chosen:
                self._build(section)
                section.show_all()
            section.setVisible(number == chosen)
        self.nothing.setText(tr("settings.nothing_found", self.search.text().strip()))
        self.nothing.setVisible(bool(words) and not found)
        self.scroll_area.verticalScrollBar().setValue(0)

    def _find(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _reset_all(self) -> None:
        before = self._choices.preferences
        self._choices.take(before.with_values((setting.key, setting.default) for setting in _SHOWN))
        self._after_reset(before)
        self.undo.setFocus(Qt.FocusReason.OtherFocusReason)

    def _undo(self) -> None:
        before = self._before_reset
        self._after_reset(None)
        if before is not None:
            now = self._choices.preferences
            self._choices.take(now.with_values((setting.key, before.get(setting.key)) for setting in _SHOWN))
        self.groups.setFocus(Qt.FocusReason.OtherFocusReason)

    def _after_reset(self, before: Preferences | None) -> None:
        self._before_reset = before
        self.told.setVisible(before is not None)
        self.undo.setVisible(before is not None)
        self.reset_all.setVisible(before is None)

    def _set_up(self) -> None:
        self.search.setPlaceholderText(tr("settings.search"))
        self.search.setAccessibleName(tr("settings.search"))
        self.search.setClearButtonEnabled(True)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._find)
        self.groups.setAccessibleName(tr("settings.groups"))
        self.groups.setIconSize(QSize(20, 20))
        self.groups.setSpacing(2)
        letters = self.fontMetrics()
        for group in GROUPS:
            item = QListWidgetItem(icon(_ICONS[group.name]), group_label(group))
            item.setSizeHint(QSize(0, max(_LIST_ROW, letters.height() + _ABOVE_LABEL)))
            self.groups.addItem(item)
        widest = max(letters.horizontalAdvance(group_label(group)) for group in GROUPS)
        for part in (self.search, self.groups):
            part.setFixedWidth(max(_LIST_WIDTH, widest + _BESIDE_LABEL))
        self.nothing.setProperty("role", "hint")
        self.nothing.setWordWrap(True)
        self.told.setProperty("role", "hint")
        self.undo.setIcon(icon("undo"))
        self.reset_all.clicked.connect(self._reset_all)
        self.undo.clicked.connect(self._undo)
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.close)
        for button in (self.reset_all, self.undo):
            button.setProperty("role", "quiet")
            button.setAutoDefault(False)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.page)
        column.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        column.setSpacing(SPACE * 3)
        for section in self.sections:
            column.addWidget(section)
        column.addWidget(self.nothing)
        column.addStretch(1)
        side = QVBoxLayout()
        side.setContentsMargins(SPACE * 2, SPACE * 2, 0, SPACE * 2)
        side.setSpacing(SPACE)
        side.addWidget(self.search)
        side.addWidget(self.groups, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addLayout(side)
        middle.addWidget(self.scroll_area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE * 2, SPACE * 3 // 2, SPACE * 2, SPACE * 3 // 2)
        foot.setSpacing(SPACE)
        for widget in (self.reset_all, self.told, self.undo):
            foot.addWidget(widget)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(middle, 1)
        whole.addWidget(rule(self))
        whole.addLayout(foot)
        self.setMinimumSize(660, 400)
        self.resize(820, 600)

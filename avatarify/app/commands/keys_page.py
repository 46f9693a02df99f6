"""The page on which keys are chosen, in this window and for every program."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from avatarify.app.choices import Choices
from avatarify.app.commands.chord import Chord
from avatarify.app.commands.chosen_keys import KEYS_OF, chosen_keys, with_keys
from avatarify.app.commands.key_table import KeyTable
from avatarify.app.commands.keymap import PRESETS, KeyMap
from avatarify.app.commands.rules import Refusal, Scope
from avatarify.app.commands.sequences import native
from avatarify.app.commands.table import command
from avatarify.app.hotkeys.hotkeys import HotKeys
from avatarify.app.text.text import tr
from avatarify.app.theme.theme import SPACE, set_look

_PRESET_TEXTS = {"classic": "keys.preset_classic", "desktop": "keys.preset_desktop"}


class KeysPage(QWidget):
    """Shows the keys of the preferences and changes them there; whoever owns the keys follows `choices.changed`."""

    def __init__(self, choices: Choices, hotkeys: HotKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = choices
        self._hotkeys = hotkeys
        self.preset = QComboBox()
        for preset in PRESETS:
            self.preset.addItem(tr(_PRESET_TEXTS[preset]), preset)
        self.preset.setAccessibleName(tr("keys.page_preset"))
        self.preset.activated.connect(self._choose_preset)
        self.reset = QPushButton(tr("keys.page_reset_all"))
        self.reset.setProperty("role", "quiet")
        self.reset.setAutoDefault(False)
        self.reset.clicked.connect(self._reset)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("keys.page_find"))
        self.search.setAccessibleName(tr("keys.page_find"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.switch = QCheckBox(tr("keys.page_global_on"))
        self.switch.setProperty("role", "switch")
        self.switch.clicked.connect(lambda on: self._choices.set("keys.global", bool(on)))
        self.how = QLabel()
        self.how.setProperty("role", "hint")
        self.how.setWordWrap(True)
        self.tables = {scope: KeyTable(scope) for scope in Scope}
        self.notice = _Notice()
        self._lay_out()
        for scope, table in self.tables.items():
            table.wanted.connect(partial(self._want, scope))
            table.default_wanted.connect(partial(self._want_default, scope))
            table.unknown.connect(lambda: self.notice.tell(tr(Refusal.UNKNOWN.value), tone="warning"))
            table.waiting.connect(self._waiting)
        choices.changed.connect(self._changed)
        hotkeys.changed.connect(self._show_states)
        self._show()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addWidget(self.search, 1)
        top.addSpacing(SPACE)
        label = QLabel(tr("keys.page_preset"))
        label.setBuddy(self.preset)
        top.addWidget(label)
        top.addWidget(self.preset)
        top.addWidget(self.reset)
        self.tabs = QTabWidget()
        self.tabs.addTab(
            _tab(_hint(tr("keys.page_window_hint")), self.tables[Scope.WINDOW]), tr("keys.page_tab_window")
        )
        head = QWidget()
        rows = QVBoxLayout(head)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(SPACE // 2)
        rows.addWidget(self.switch, alignment=Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(_hint(tr("keys.page_global_hint")))
        rows.addWidget(self.how)
        self.tabs.addTab(_tab(head, self.tables[Scope.GLOBAL]), tr("keys.page_tab_global"))
        self.tabs.currentChanged.connect(lambda _: self.notice.clear())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE + SPACE // 2)
        layout.addLayout(top)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.notice)

    def _keymap(self, scope: Scope) -> KeyMap:
        return chosen_keys(self._choices.preferences, scope).keymap

    def _take(self, keymap: KeyMap) -> None:
        self._choices.take(with_keys(self._choices.preferences, keymap))

    def _want(self, scope: Scope, id_: str, chord: Chord | None) -> None:
        """A key was pressed for a command."""
        keymap = self._keymap(scope)
        self.notice.clear()
        if chord is None:
            self._take(keymap.with_key(id_, None))
            return
        reason = keymap.refusal(chord)
        if reason is not None:
            self.notice.tell(f"{native(chord)}: {tr(reason.value)}", tone="warning")
            return
        holder = keymap.holder(chord)
        if holder is None or holder == id_:
            self._take(keymap.with_key(id_, chord))
            return
        name = _name(holder)
        self.notice.ask(
            tr("keys.page_taken", native(chord), name),
            tr("keys.page_take", name),
            then=partial(self._take_away, keymap.with_key(id_, chord, take=True), holder),
        )

    def _want_default(self, scope: Scope, id_: str) -> None:
        self.notice.clear()
        keymap = self._keymap(scope)
        default = keymap.default(id_)
        holder = keymap.holder(default) if default is not None else None
        wanted = keymap.with_default(id_)
        if default is None or holder is None or holder == id_:
            self._take(wanted)
            return
        name = _name(holder)
        self.notice.ask(
            tr("keys.page_taken", native(default), name),
            tr("keys.page_take", name),
            then=partial(self._take_away, wanted, holder),
        )

    def _take_away(self, keymap: KeyMap, loser: str) -> None:
        self._take(keymap)
        self.notice.clear()
        if keymap.chord(loser) is None:
            self.notice.tell(tr("keys.page_lost", _name(loser)), tone="")

    def _choose_preset(self, index: int) -> None:
        self.notice.clear()
        self._take(self._keymap(Scope.WINDOW).with_preset(str(self.preset.itemData(index))))

    def _reset(self) -> None:
        """Of the tab that is shown."""
        self.notice.clear()
        scope = Scope.WINDOW if self.tabs.currentIndex() == 0 else Scope.GLOBAL
        self._choices.set(KEYS_OF[scope], ())

    def _search(self, text: str) -> None:
        for table in self.tables.values():
            table.show_matching(text)

    def _waiting(self, waiting: bool) -> None:
        """A key that we hold ourselves comes to `hotkeys` and not to this window."""
        self._hotkeys.divert(self._heard if waiting else None)

    def _heard(self, id_: str) -> None:
        chord = self._keymap(Scope.GLOBAL).chord(id_)
        for table in self.tables.values():
            table.take_global(chord)

    def _changed(self, keys: tuple[str, ...]) -> None:
        if any(key.startswith("keys.") for key in keys):
            self._show()

    def _show(self) -> None:
        preferences = self._choices.preferences
        self.preset.setCurrentIndex(self.preset.findData(self._keymap(Scope.WINDOW).preset))
        self.switch.setChecked(preferences.switch("keys.global"))
        for scope, table in self.tables.items():
            table.show_keys(self._keymap(scope))
        self._show_states()

    def _show_states(self) -> None:
        hotkeys = self._hotkeys
        available = hotkeys.choice.make is not None
        lines = [] if available else [tr("keys.page_how_not")]
        lines += [reason.told() for reason in hotkeys.choice.reasons]
        self.how.setText(str(hotkeys.problem) if hotkeys.problem is not None else " ".join(lines))
        set_look(self.how, "tone", "warning" if hotkeys.problem is not None or not available else "")
        self.switch.setEnabled(available)
        on = self._choices.preferences.switch("keys.global")
        otherwise = "keys.state_asking" if hotkeys.asking else "keys.state_off"
        if not available:
            otherwise = "keys.state_unavailable"
        self.tables[Scope.GLOBAL].show_states(hotkeys.grants if on else (), otherwise=tr(otherwise))


class KeysDialog(QDialog):
    """The page in a window of its own."""

    def __init__(self, choices: Choices, hotkeys: HotKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("keys.page_title"))
        self.page = KeysPage(choices, hotkeys)
        close = QPushButton(tr("keys.page_close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.accept)
        bottom = QHBoxLayout()
        bottom.addStretch()
        bottom.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE + SPACE // 2)
        layout.addWidget(self.page)
        layout.addLayout(bottom)
        self.resize(760, 620)


class _Notice(QFrame):
    """A sentence under the table, with or without a question."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.yes = QPushButton()
        self.yes.setProperty("role", "primary")
        self.yes.setAutoDefault(False)
        self.no = QPushButton(tr("keys.page_keep"))
        self.no.setAutoDefault(False)
        self._then: Callable[[], None] | None = None
        self.yes.clicked.connect(self._agree)
        self.no.clicked.connect(self.clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.yes)
        layout.addWidget(self.no)
        self.clear()

    def tell(self, text: str, *, tone: str) -> None:
        """Say something."""
        self._fill(text, tone, "")
        self._then = None

    def ask(self, text: str, answer: str, *, then: Callable[[], None]) -> None:
        """Say something that the user can agree to."""
        self._fill(text, "warning", answer)
        self._then = then
        self.yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Nothing to say any more."""
        self._then = None
        self.hide()

    def _fill(self, text: str, tone: str, answer: str) -> None:
        self.words.setText(text)
        set_look(self.words, "tone", tone)
        self.yes.setText(answer)
        self.yes.setVisible(bool(answer))
        self.no.setVisible(bool(answer))
        self.show()

    def _agree(self) -> None:
        then = self._then
        self.clear()
        if then is not None:
            then()


def _hint(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "hint")
    label.setWordWrap(True)
    return label


def _tab(head: QWidget, table: KeyTable) -> QWidget:
    tab = QWidget()
    layout = QVBoxLayout(tab)
    layout.setContentsMargins(0, SPACE + SPACE // 2, 0, 0)
    layout.setSpacing(SPACE + SPACE // 2)
    layout.addWidget(head)
    layout.addWidget(table, 1)
    return tab


def _name(id_: str) -> str:
    return command(id_).label.removesuffix("…").rstrip()

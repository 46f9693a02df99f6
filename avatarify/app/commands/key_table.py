"""The commands with their keys, one under the other by groups, each key to be changed by pressing another one."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.key_button import KeyButton
from avatarify.app.commands.keymap import KeyMap
from avatarify.app.commands.rules import Scope
from avatarify.app.commands.sequences import native
from avatarify.app.commands.table import COMMANDS, GROUPS, Command
from avatarify.app.hotkeys.base import Grant, GrantState
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE, set_look, theme_state

_STATE_PX = 212
_TONES = {GrantState.HELD: "success", GrantState.TAKEN: "warning", GrantState.REFUSED: "warning"}


class KeyTable(QScrollArea):
    """wanted: (command id, Chord or None) is what the user would like. default_wanted: (command id). unknown: a key that
    has no name was pressed. waiting: a key is being chosen, or no longer."""

    wanted = Signal(str, object)
    default_wanted = Signal(str)
    unknown = Signal()
    waiting = Signal(bool)

    def __init__(self, scope: Scope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, _Row] = {}
        self._groups: list[tuple[QWidget, tuple[str, ...]]] = []
        self._scope = scope
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the Tab key goes from key to key, and what has it is scrolled to
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, SPACE, SPACE)
        layout.setSpacing(SPACE)
        for group in GROUPS:
            entries = [entry for entry in COMMANDS if entry.group == group.id]
            if scope is Scope.GLOBAL:
                entries = [entry for entry in entries if not entry.window_only]
            if entries:
                layout.addWidget(self._group(tr(group.title), entries))
        layout.addStretch()
        self.setWidget(body)
        theme_state().changed.connect(self._draw_icons)

    def show_keys(self, keymap: KeyMap) -> None:
        """What holds now."""
        for id_, row in self._rows.items():
            row.show_key(keymap.chord(id_), keymap.default(id_), own=keymap.is_own(id_))

    def show_states(self, grants: Iterable[Grant], *, otherwise: str) -> None:
        """Of global keys. otherwise: the text for a command that has a key but no grant."""
        granted = {grant.command: grant for grant in grants}
        for id_, row in self._rows.items():
            row.show_state(granted.get(id_), otherwise)

    def show_matching(self, text: str) -> None:
        """Show only commands whose name or key has this text in it."""
        wanted = text.strip().casefold()
        for row in self._rows.values():
            row.set_visible(not wanted or wanted in row.searched, state=self._scope is Scope.GLOBAL)
        for card, ids in self._groups:
            card.setVisible(any(self._rows[id_].visible for id_ in ids))

    def take_global(self, chord: Chord | None) -> None:
        """A global key was pressed while a key is being chosen here."""
        for row in self._rows.values():
            row.key.take(chord)

    def button(self, id_: str) -> KeyButton:
        """Of one command. Raises KeyError for one that is not in this table."""
        return self._rows[id_].key

    def back(self, id_: str) -> QToolButton:
        """The button that gives a command its preset's key again."""
        return self._rows[id_].back

    def state_of(self, id_: str) -> str:
        """The words that tell a global key's state."""
        return self._rows[id_].state.text()

    def _draw_icons(self) -> None:
        for row in self._rows.values():
            row.draw_icon()

    def _group(self, title: str, entries: list[Command]) -> QWidget:
        group = QWidget()
        layout = QVBoxLayout(group)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        heading = QLabel(title)
        heading.setProperty("role", "subtitle")
        layout.addWidget(heading)
        card = QFrame()
        card.setProperty("role", "card")
        grid = QGridLayout(card)
        grid.setContentsMargins(2 * SPACE, SPACE, SPACE, SPACE)
        grid.setHorizontalSpacing(SPACE + SPACE // 2)
        grid.setVerticalSpacing(SPACE // 2)
        grid.setColumnStretch(1, 1)
        for line, entry in enumerate(entries):
            row = _Row(entry)
            for column, widget in enumerate((row.picture, row.name, row.state, row.key, row.back)):
                grid.addWidget(widget, line, column)
            row.state.setVisible(self._scope is Scope.GLOBAL)
            row.key.pressed_key.connect(lambda chord, id_=entry.id: self.wanted.emit(id_, chord))
            row.key.unknown.connect(self.unknown)
            row.key.waiting.connect(self.waiting)
            row.back.clicked.connect(lambda _checked=False, id_=entry.id: self.default_wanted.emit(id_))
            self._rows[entry.id] = row
        layout.addWidget(card)
        self._groups.append((group, tuple(entry.id for entry in entries)))
        return group


class _Row:
    """The widgets of one command."""

    def __init__(self, entry: Command) -> None:
        label = entry.label.removesuffix("…").rstrip()
        self.picture = QLabel()
        self.picture.setFixedWidth(20)
        self._icon = entry.icon
        self.draw_icon()
        self.name = QLabel(label)
        self.state = QLabel()
        self.state.setFixedWidth(_STATE_PX)
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.key = KeyButton(label)
        self.back = QToolButton()
        self.back.setIcon(icon("undo"))
        keeps = self.back.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(keeps)
        self.visible = True
        self._chord: Chord | None = None
        self._differs = False
        self._label = label

    @property
    def searched(self) -> str:
        """What a search looks into."""
        return f"{self._label} {native(self._chord)}".casefold()

    def draw_icon(self) -> None:
        """In the colours of now."""
        if self._icon:
            self.picture.setPixmap(icon(self._icon, ink="muted").pixmap(QSize(18, 18)))

    def show_key(self, chord: Chord | None, default: Chord | None, *, own: bool) -> None:
        self._chord = chord
        self.key.show_key(chord)
        tip = tr("keys.page_back", native(default)) if default is not None else tr("keys.page_back_none")
        self.back.setToolTip(tip)
        self.back.setAccessibleName(f"{self._label}: {tip}")
        self._differs = own or chord != default
        self.back.setVisible(self.visible and self._differs)

    def show_state(self, grant: Grant | None, otherwise: str) -> None:
        if self._chord is None:
            text, tone, detail = "", "muted", ""
        elif grant is None:
            text, tone, detail = otherwise, "muted", ""
        else:
            text, tone, detail = _words(grant, self._chord), _TONES.get(grant.state, "muted"), grant.detail
        short = self.state.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, _STATE_PX)
        self.state.setText(short)
        self.state.setToolTip("\n".join(line for line in (text if short != text else "", detail) if line))
        set_look(self.state, "tone", tone)

    def set_visible(self, visible: bool, *, state: bool) -> None:
        """state: the row has one."""
        self.visible = visible
        for widget in (self.picture, self.name, self.key):
            widget.setVisible(visible)
        self.state.setVisible(visible and state)
        keeps = self.back.sizePolicy()
        keeps.setRetainSizeWhenHidden(visible)  # the columns stay where they are, but a hidden row takes no room
        self.back.setSizePolicy(keeps)
        self.back.setVisible(visible and self._differs)


def _words(grant: Grant, chord: Chord) -> str:
    if grant.state is GrantState.HELD and grant.detail and grant.detail.casefold() != str(chord).casefold():
        return tr("keys.state_held_as", grant.detail)
    return tr(grant.state.value)

"""A sheet over the window that shows which key does what."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.keymap import KeyMap
from avatarify.app.commands.sequences import native
from avatarify.app.commands.table import COMMANDS, GROUPS
from avatarify.app.text.text import tr
from avatarify.app.theme.theme import RADIUS, SPACE, current

_VEIL, _SHEET = 0.62, 0.97  # how much of the window the veil and the sheet hide
_COLUMN_PX = 270
_NUMBERS = tuple(f"avatar.{number}" for number in range(1, 10))


class Line(NamedTuple):
    """What a key does, and the key as this system writes it."""

    label: str
    key: str


class Section(NamedTuple):
    """Lines under a title."""

    title: str
    lines: tuple[Line, ...]


class HelpOverlay(QWidget):
    """Covers `window` while it is shown, and goes on a click, Esc or its own key; every other key goes on working."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("keys.help_title"))
        self._window = window
        self._focused: QWidget | None = None
        self._sections: tuple[Section, ...] = ()
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._title = QLabel(self)
        self._title.setProperty("role", "title")
        self._close = QLabel(self)
        self._close.setProperty("role", "hint")
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._close)
        self._all = QVBoxLayout(self)
        self._all.setSpacing(2 * SPACE)
        self._all.addLayout(head)
        self._all.addWidget(self._scroll)
        window.installEventFilter(self)
        self.hide()

    def show_keys(self, keymap: KeyMap, global_keymap: KeyMap | None) -> None:
        """Show the sheet with these keys. global_keymap: None where there are no global keys."""
        self._sections = sections(keymap, global_keymap)
        self._title.setText(tr("keys.help_title"))
        self._close.setText(tr("keys.help_close", native(keymap.chord("help.keys")) or "F1"))
        if not self.isVisible():
            self._focused = self.window().focusWidget()
        self._cover()
        self._fill()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def toggle(self, keymap: KeyMap, global_keymap: KeyMap | None) -> None:
        """Show it, or close it where it is shown."""
        if self.isVisible():
            self.close()
        else:
            self.show_keys(keymap, global_keymap)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stays as large as the window."""
        if event.type() == QEvent.Type.Resize and watched is self._window and self.isVisible():
            self._cover()
            self._fill()
        return False

    def event(self, event: QEvent) -> bool:
        """Esc closes the sheet, whatever else it may be the key of."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc; anything else is not for the sheet."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next_: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab does not go to what lies under the sheet."""
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Anywhere."""
        self.close()

    def closeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """The focus goes back to where it was."""
        focused, self._focused = self._focused, None
        if focused is not None:
            focused.setFocus(Qt.FocusReason.PopupFocusReason)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The veil and the sheet; what lies on the sheet paints itself."""
        palette = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), _translucent(palette.window, _VEIL))
        painter.setBrush(_translucent(palette.surface, _SHEET))
        painter.setPen(QPen(QColor(palette.border), 1))
        outer = self._all.contentsMargins()
        sheet = self.rect().marginsRemoved(outer).adjusted(-2 * SPACE, -2 * SPACE, 2 * SPACE, 2 * SPACE)
        painter.drawRoundedRect(QRectF(sheet).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _cover(self) -> None:
        self.setGeometry(self._window.rect())

    def _fill(self) -> None:
        """Lay the sections out in as many columns as have room, the sheet no larger than it needs to be."""
        room = self.width() - 8 * SPACE
        most = max(1, min(3, room // _COLUMN_PX))
        tries = [(count, gap) for count in range(most, 0, -1) for gap in (4 * SPACE, 2 * SPACE)]
        for count, gap in tries:
            body = self._body(count, gap)
            if body.sizeHint().width() <= room or (count, gap) == tries[-1]:
                break
            body.deleteLater()
        self._scroll.setWidget(body)
        wanted_h = body.sizeHint().height() + self._title.sizeHint().height() + 2 * SPACE
        wanted_w = max(body.sizeHint().width(), count * _COLUMN_PX) + 2 * SPACE
        x = max(4 * SPACE, (self.width() - wanted_w) // 2)
        y = max(4 * SPACE, (self.height() - wanted_h) // 2)
        self._all.setContentsMargins(x, y, x, y)

    def _body(self, count: int, gap: int) -> QWidget:
        body = QWidget(self)
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap)
        for column in in_columns(self._sections, count):
            row.addLayout(_column(column), 1)
        body.ensurePolished()
        return body


def sections(keymap: KeyMap, global_keymap: KeyMap | None) -> tuple[Section, ...]:
    """What the sheet shows. The nine avatars are one line as long as their keys differ in the number only."""
    shown = [
        Section(tr(group.title), _lines(keymap, [entry.id for entry in COMMANDS if entry.group == group.id]))
        for group in GROUPS
    ]
    if global_keymap is not None:
        held = [entry.id for entry in COMMANDS if global_keymap.chord(entry.id) is not None]
        shown.append(Section(tr("keys.page_tab_global"), _lines(global_keymap, held)))
    return tuple(section for section in shown if section.lines)


def in_columns(shown: tuple[Section, ...], count: int) -> tuple[tuple[Section, ...], ...]:
    """At most `count` columns in order, the longest of them as short as it can be."""
    heights = [len(section.lines) + 2 for section in shown]

    def split(limit: int) -> list[list[Section]]:
        columns: list[list[Section]] = [[]]
        filled = 0
        for section, height in zip(shown, heights, strict=True):
            if filled + height > limit and columns[-1]:
                columns.append([])
                filled = 0
            columns[-1].append(section)
            filled += height
        return columns

    limit = max(heights, default=0)
    while len(split(limit)) > count:
        limit += 1
    return tuple(tuple(column) for column in split(limit) if column)


def _lines(keymap: KeyMap, ids: list[str]) -> tuple[Line, ...]:
    entries = {entry.id: entry for entry in COMMANDS}
    lines = []
    numbers = [keymap.chord(id_) for id_ in _NUMBERS]
    together = set(_NUMBERS) <= set(ids) and _differ_in_number_only(numbers)
    if together:
        lines.append(Line(tr("keys.help_all_avatars"), tr("keys.help_range", native(numbers[0]), "9")))
    for id_ in ids:
        if not (together and id_ in _NUMBERS):
            lines.append(Line(entries[id_].label, native(keymap.chord(id_))))
    return tuple(lines)


def _differ_in_number_only(chords: list[Chord | None]) -> bool:
    return all(
        chord is not None
        and chord.key == str(number)
        and chords[0] is not None
        and chord.modifiers == chords[0].modifiers
        for number, chord in enumerate(chords, start=1)
    )


def _column(column: tuple[Section, ...]) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setSpacing(SPACE // 2)
    for place, section in enumerate(column):
        if place:
            layout.addSpacing(SPACE + SPACE // 2)
        title = QLabel(section.title)
        title.setProperty("role", "number")
        title.setProperty("tone", "accent")
        layout.addWidget(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        for number, line in enumerate(section.lines):
            grid.addWidget(QLabel(line.label.removesuffix("…").rstrip()), number, 0)
            key = QLabel(line.key or tr("keys.help_no_key"))
            key.setProperty("role", "badge" if line.key else "hint")
            grid.addWidget(key, number, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(grid)
    layout.addStretch()
    return layout


def _translucent(color: str, share: float) -> QColor:
    made = QColor(color)
    made.setAlphaF(share)
    return made

"""One model on the models page: what it is, how fast it is here, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from avatarify.app.model_fetch import FetchState, ModelFetch
from avatarify.app.model_rows import ModelRow
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE, set_look

_SHOWN_DIGITS = 12  # of a hash, at either end


class ModelCard(QFrame):
    """Shows a row, and a download while there is one. Keeps neither."""

    use_wanted = Signal()
    fetch_wanted = Signal()
    pause_wanted = Signal()
    give_up_wanted = Signal()
    measure_wanted = Signal()

    def __init__(self, row: ModelRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.row = row
        self._title = _label(self, "subtitle")
        self._badge = _label(self, "badge", wrap=False)
        self._facts = _label(self, "hint")
        self._speed = _label(self, "", wrap=False)
        self._notes = _label(self, "hint")
        self._hash = _label(self, "hint", wrap=False)
        self._copy = QToolButton(self)
        self._copy.setIcon(icon("copy", ink="muted"))
        self._copy.setIconSize(QSize(14, 14))
        self._copy.setToolTip(tr("models.copy_hash"))
        self._copy.setAccessibleName(tr("models.copy_hash"))
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.row.hash_text.partition(" ")[2]))
        self.measure = self._button("models.measure", "", self.measure_wanted, role="quiet")
        self.use = self._button("models.use", "check", self.use_wanted)
        self.fetch = self._button("models.download", "download", self.fetch_wanted)
        self.pause = self._button("models.pause", "pause", self.pause_wanted)
        self.give_up = self._button("models.cancel", "close", self.give_up_wanted, role="quiet")
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("models.progress"))
        self._progress = _label(self, "hint")
        self._lay_out()
        self.show_row(row)
        self.show_fetch(None)

    def show_row(
        self, row: ModelRow, *, in_use: bool = False, switching: bool = False, measuring: bool = False
    ) -> None:
        """What is known now. in_use: the call runs with it. switching: a call is changing its model just now. measuring:
        some model is being measured."""
        self.row = row
        here = row.installed is not None
        self.setAccessibleName(row.title)
        self._title.setText(row.title)
        self._facts.setText(row.facts)
        self._speed.setText(row.speed_text)
        self._speed.setVisible(here)
        set_look(self._speed, "tone", "" if row.measured is not None else "muted")
        self.measure.setText(tr("models.measure_again") if row.measured is not None else tr("models.measure"))
        self.measure.setVisible(here)
        self.measure.setEnabled(not measuring)
        self._notes.setText(row.notes)
        self._show_hash(row)
        shipped = row.installed is not None and row.installed.shipped
        here_as = tr("models.shipped") if shipped else tr("models.installed")
        self._badge.setText(tr("models.in_use") if in_use else here_as)
        self._badge.setVisible(here)
        set_look(self._badge, "tone", "success" if in_use else "")
        self.use.setVisible(here and not in_use)
        self.use.setEnabled(not switching and row.for_faces)
        self.use.setToolTip("" if row.for_faces else tr("models.not_for_faces"))
        self.fetch.setVisible(row.can_be_fetched)
        self.fetch.setText(tr("models.download_size", row.size_text) if row.can_be_fetched else "")

    def show_fetch(self, fetch: ModelFetch | None) -> None:
        """How far the download is; None where there is none."""
        under_way = fetch is not None and fetch.state is not FetchState.ENDED
        for part in (self.bar, self._progress, self.pause, self.give_up):
            part.setVisible(under_way)
        self.fetch.setVisible(self.row.can_be_fetched and not under_way)
        if fetch is None or not under_way:
            return
        paused = fetch.state is FetchState.PAUSED
        self._progress.setText(fetch.text)
        share = fetch.share
        self.bar.setRange(0, 1000 if share is not None or paused else 0)
        self.bar.setValue(round(1000 * (share or 0.0)))
        self.pause.setText(tr("models.resume") if paused else tr("models.pause"))
        self.pause.setIcon(icon("play" if paused else "pause"))
        busy = fetch.state in (FetchState.STOPPING, FetchState.FINISHING)
        self.pause.setEnabled(not busy)
        self.give_up.setEnabled(not busy)

    def _show_hash(self, row: ModelRow) -> None:
        kind, _, digits = row.hash_text.partition(" ")
        self._copy.setVisible(bool(digits))
        if digits:
            self._hash.setText(f"{kind} {digits[:_SHOWN_DIGITS]}…{digits[-_SHOWN_DIGITS:]}")
            self._hash.setToolTip(digits)
        else:
            self._hash.setText(tr("models.no_hash"))
            self._hash.setToolTip("")

    def _button(self, key: str, name: str, signal: SignalInstance, *, role: str = "") -> QPushButton:
        button = QPushButton(tr(key), self)
        button.setProperty("role", role)
        if name:
            button.setIcon(icon(name))
        button.clicked.connect(signal)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self._title, 1)
        head.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        for button in (self.use, self.fetch, self.pause, self.give_up):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        speed = QHBoxLayout()
        speed.setSpacing(SPACE // 2)
        speed.addWidget(self._speed)
        speed.addWidget(self.measure)
        speed.addStretch(1)
        hashes = QHBoxLayout()
        hashes.setSpacing(SPACE // 2)
        hashes.addWidget(self._hash)
        hashes.addWidget(self._copy)
        hashes.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 3 * SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(head)
        layout.addWidget(self._facts)
        layout.addWidget(self.bar)
        layout.addWidget(self._progress)
        layout.addLayout(speed)
        layout.addWidget(self._notes)
        layout.addLayout(hashes)


def _label(parent: QWidget, role: str, *, wrap: bool = True) -> QLabel:
    label = QLabel(parent)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(wrap)
    return label

"""The page of models: what is here, what can be fetched, how fast each is on this machine, and which one the call uses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from avatarify.app.call import Call
from avatarify.app.model_card import ModelCard
from avatarify.app.model_fetch import FetchState, Install
from avatarify.app.model_fetches import fetches_of
from avatarify.app.model_rows import ModelRow, read_rows
from avatarify.app.quantising import quantising_of
from avatarify.app.shown_path import shown_path
from avatarify.app.text.text import tr
from avatarify.app.theme.icons import icon
from avatarify.app.theme.theme import SPACE
from avatarify.app.while_there import while_there
from avatarify.bench.results import load_results
from avatarify.catalog.store import Store, open_store
from avatarify.errors import AvatarifyError

MEASURE_S = 3.0
_LANE = "models"

T = TypeVar("T")
Measure = Callable[[str, Path], None]
"""A model's name and file: measures it and keeps the figures. Takes half a minute or so. Raises AvatarifyError."""


class ModelsPage(QWidget):
    """Reads the disk each time it is shown. `chosen`: the name of the model to use from now on; whoever keeps the preferences
    changes the call's engine (`Call.change_engine`). `failed`: an AvatarifyError."""

    chosen = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        call: Call,
        parent: QWidget | None = None,
        *,
        store: Callable[[], Store] = open_store,
        install: Install | None = None,
        measure: Measure | None = None,
    ) -> None:
        """store, install, measure: the real ones, unless a test brings others."""
        super().__init__(parent)
        self._call = call
        self._open_store = store
        self._install = install
        self._measure = measure if measure is not None else measure_model
        self._store: Store | None = None
        self._rows: tuple[ModelRow, ...] = ()
        self._fetches = fetches_of(call)
        self._measuring = ""
        self.cards: dict[str, ModelCard] = {}
        self._status = QLabel(tr("models.reading"), self)
        self._status.setProperty("role", "hint")
        self._status.setWordWrap(True)
        self.others = QCheckBox(tr("models.show_others"), self)
        self.others.toggled.connect(self._rebuild)
        self.bring = QPushButton(icon("import"), tr("models.import_file"), self)
        self.bring.clicked.connect(self._ask_for_file)
        self._list = QVBoxLayout()
        self._lay_out()
        self.setAcceptDrops(True)
        call.changed.connect(self._follow)
        self._fetches.changed.connect(self._fetch_changed)
        self._fetches.failed.connect(self._fetch_failed)
        self._quantising = quantising_of(call)
        self._quantising.changed.connect(self.reload)
        self.failed.connect(self._tell_failure)

    def reload(self) -> None:
        """Look at the disk again."""
        self._run(self._read, self._show, self._not_read)

    def import_model(self, path: Path) -> None:
        """Install a file that the user has."""
        store = self._store
        if store is None:
            return
        self._status.setText(tr("models.importing", path.name))
        self.bring.setEnabled(False)

        def bring() -> str:
            from avatarify.catalog.intake import import_file

            return import_file(path, store).name

        self._run(bring, self._imported, self._not_imported)

    def use(self, name: str) -> None:
        """Take this model from now on."""
        self.chosen.emit(name)

    def fetch(self, name: str) -> None:
        """Begin to download a model, or go on. Where nobody has published its hash, the user is asked first."""
        row = next(row for row in self._rows if row.name == name)
        if row.entry is None or self._store is None:
            return
        if not row.pinned and not self._accepts_unverified(row):
            return
        fetch = self._fetches.begin(row.entry, self._store, arrived=row.arrived, install=self._install)
        fetch.start(accept_unverified=not row.pinned)

    def measure(self, name: str) -> None:
        """Measure how fast a model is here. One at a time."""
        row = next(row for row in self._rows if row.name == name)
        if row.path is None or self._measuring:
            return
        self._measuring = name
        self._status.setText(tr("models.measuring", row.title))
        self._run(partial(self._measure, name, row.path), self._measured, self._not_measured, lane="bench")
        self._follow()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt calls it so, as those below
        super().showEvent(event)
        self.reload()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if len(event.mimeData().urls()) == 1 and event.mimeData().urls()[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        event.acceptProposedAction()
        self.import_model(Path(event.mimeData().urls()[0].toLocalFile()))

    def _read(self) -> tuple[Store, tuple[ModelRow, ...]]:
        """In a thread."""
        store = self._open_store()
        return store, read_rows(store, load_results())

    def _show(self, found: tuple[Store, tuple[ModelRow, ...]]) -> None:
        self._store, rows = found
        self._status.setText(self._told_where())
        self.bring.setEnabled(True)
        others = [row.name for row in rows] != [row.name for row in self._rows]
        self._rows = rows
        if others:
            self._rebuild()
        for row in rows:
            if row.arrived and row.entry is not None:
                self._fetches.begin(row.entry, self._store, arrived=row.arrived, install=self._install)
        self._follow()

    def _rebuild(self) -> None:
        for card in self.cards.values():
            card.deleteLater()
        self.cards.clear()
        for row in self._rows:
            if row.for_faces or row.installed is not None or self.others.isChecked():
                self.cards[row.name] = self._new_card(row)
        self._follow()

    def _new_card(self, row: ModelRow) -> ModelCard:
        card = ModelCard(row, self)
        name = row.name
        card.use_wanted.connect(lambda: self.use(name))
        card.fetch_wanted.connect(lambda: self.fetch(name))
        card.pause_wanted.connect(lambda: self._pause_or_resume(name))
        card.give_up_wanted.connect(lambda: self._give_up(name))
        card.measure_wanted.connect(lambda: self.measure(name))
        self._list.insertWidget(self._list.count() - 1, card)
        return card

    def _follow(self) -> None:
        """Tell each card what is true now."""
        status, request = self._call.status, self._call.request
        running = status.model if status is not None else None
        wanted = request.model if request is not None and status is None else running
        switching = "shell.busy_engine" in self._call.busy
        for row in self._rows:
            card = self.cards.get(row.name)
            if card is None:
                continue
            in_use = row.path is not None and row.path == wanted
            card.show_row(row, in_use=in_use, switching=switching, measuring=bool(self._measuring))
            card.show_fetch(self._fetches.get(row.name))

    def _fetch_changed(self, name: str) -> None:
        fetch = self._fetches.get(name)
        if name in self.cards:
            self.cards[name].show_fetch(fetch)
        if fetch is None:
            self.reload()

    def _fetch_failed(self, _name: str, error: AvatarifyError) -> None:
        self.failed.emit(error)

    def _pause_or_resume(self, name: str) -> None:
        fetch = self._fetches.get(name)
        if fetch is not None and fetch.state is FetchState.PAUSED:
            self.fetch(name)
        elif fetch is not None:
            fetch.pause()

    def _give_up(self, name: str) -> None:
        fetch = self._fetches.get(name)
        if fetch is not None:
            fetch.give_up()

    def _run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[AvatarifyError], None],
        *,
        lane: str = _LANE,
    ) -> None:
        self._call.tasks.run(work, done=while_there(self, done), failed=while_there(self, failed), lane=lane)

    def _accepts_unverified(self, row: ModelRow) -> bool:
        """Asked once for each download."""
        fetch = self._fetches.get(row.name)
        if fetch is not None and fetch.accepted:
            return True
        answer = QMessageBox.question(self, row.title, tr("models.unverified_question"))
        return answer == QMessageBox.StandardButton.Yes

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, tr("models.import_title"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([tr("models.import_filter"), tr("models.import_any")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.import_model(Path(name)))
        dialog.open()

    def _not_read(self, error: AvatarifyError) -> None:
        self.failed.emit(error)

    def _imported(self, name: str) -> None:
        self.reload()
        self._status.setText(tr("models.imported", name))

    def _not_imported(self, error: AvatarifyError) -> None:
        self.bring.setEnabled(True)
        self.failed.emit(error)

    def _measured(self, _: None) -> None:
        self._measuring = ""
        self.reload()

    def _not_measured(self, error: AvatarifyError) -> None:
        self._measuring = ""
        self._follow()
        self.failed.emit(error)

    def _tell_failure(self, error: AvatarifyError) -> None:
        self._status.setText(str(error))

    def _told_where(self) -> str:
        if self._quantising.model is not None:
            return tr("models.quantising", self._quantising.model.stem)
        return tr("models.where", shown_path(self._store.user)) if self._store is not None else ""

    def _lay_out(self) -> None:
        title = QLabel(tr("models.title"), self)
        title.setProperty("role", "title")
        note = QLabel(tr("models.note"), self)
        note.setProperty("role", "hint")
        note.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.bring)
        inside = QWidget()
        inside.setLayout(self._list)
        self._list.setContentsMargins(0, 0, SPACE, 0)
        self._list.setSpacing(SPACE)
        self._list.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        foot = QHBoxLayout()
        foot.addWidget(self._status, 1)
        foot.addWidget(self.others, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addLayout(head)
        layout.addWidget(note)
        layout.addWidget(area, 1)
        layout.addLayout(foot)


class ModelsDialog(QDialog):
    """The page in a window of its own."""

    def __init__(self, call: Call, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("models.title"))
        self.page = ModelsPage(call, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.resize(760, 560)


def measure_model(name: str, path: Path) -> None:
    """Measures the runtimes that start in seconds, and keeps the figures; "auto" takes the fastest from then on. Raises
    AvatarifyError."""
    from avatarify.bench.benchmark import BenchRequest, measure
    from avatarify.bench.lineup import QUICK
    from avatarify.bench.results import keep_results

    try:
        keep_results(measure(BenchRequest(path, name, QUICK, seconds=MEASURE_S)).results)
    except OSError as error:
        raise AvatarifyError(
            f"The measurement of {name} could not be kept: {error.strerror}.", "Free some space and measure again."
        ) from error

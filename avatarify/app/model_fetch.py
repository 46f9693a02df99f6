"""One model on its way: a download with progress that can be paused, continued and given up."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from avatarify.app.model_rows import megabytes, part_of
from avatarify.app.tasks import Tasks
from avatarify.app.text.text import tr
from avatarify.errors import AvatarifyError

if TYPE_CHECKING:
    from avatarify.catalog.entries import ModelEntry
    from avatarify.catalog.store import InstalledModel, Store
    from avatarify.catalog.transfer import Progress

LOOK_EVERY_MS = 200


class FetchState(Enum):
    """STOPPING: it has been told to pause or to give up. FINISHING: all is here and is being checked and converted."""

    RUNNING = "running"
    STOPPING = "stopping"
    PAUSED = "paused"
    FINISHING = "finishing"
    ENDED = "ended"


class PausedError(AvatarifyError):
    """The user has paused the download; what has arrived is kept."""


Install = Callable[["ModelEntry", "Store", bool, "Callable[[Progress], None]"], "InstalledModel"]
"""Entry, store, whether to accept a file without a published hash, whom to tell -> what is installed then."""


class ModelFetch(QObject):
    """changed: the state or the progress is another. installed: an InstalledModel. failed: an AvatarifyError, and it is paused.

    ENDED comes after `installed`, or after it was given up.
    """

    changed = Signal()
    installed = Signal(object)
    failed = Signal(object)

    def __init__(
        self, entry: ModelEntry, store: Store, *, tasks: Tasks, arrived: int = 0, install: Install | None = None
    ) -> None:
        """arrived: bytes that lie there from an earlier time. install: the catalogue's own, unless a test brings another."""
        super().__init__()
        self.entry = entry
        self.state = FetchState.PAUSED
        self.received = arrived
        self.total = entry.size
        self._store = store
        self._tasks = tasks
        self._install = install if install is not None else _install
        self.accepted = False
        """The user wants it although nobody has published its hash."""
        self._progress: Progress | None = None  # written by the downloading thread, as one reference
        self._stop = False
        self._discard = False
        self._since: tuple[float, int] | None = None
        self._rate = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    @property
    def share(self) -> float | None:
        """0..1 of the file; None where its size is not known."""
        return min(1.0, self.received / self.total) if self.total else None

    @property
    def text(self) -> str:
        """How far it is, in words."""
        if self.state is FetchState.FINISHING:
            return tr("models.finishing")
        here = megabytes(self.received)
        amount = tr("models.of_total", here, megabytes(self.total)) if self.total else here
        if self.state is FetchState.PAUSED:
            return tr("models.paused_at", amount)
        if self.state is FetchState.STOPPING:
            return tr("models.stopping")
        return tr("models.at_rate", amount, megabytes(self._rate)) if self._rate > 0 else amount

    def start(self, *, accept_unverified: bool = False) -> None:
        """Begin, or go on where it was. accept_unverified: also a file whose hash nobody has published. Not twice at a time."""
        if self.state is not FetchState.PAUSED:
            return
        self.accepted = accept_unverified or self.accepted
        self._stop = self._discard = False
        self._progress, self._since, self._rate = None, None, 0.0
        self._become(FetchState.RUNNING)
        self._timer.start()
        self._tasks.run(self._work, done=self._done, failed=self._failed)

    def pause(self) -> None:
        """Stop at the next piece that arrives, and keep what is here."""
        if self.state is FetchState.RUNNING:
            self._stop = True
            self._become(FetchState.STOPPING)

    def give_up(self) -> None:
        """Stop, and delete what is here."""
        self._discard = True
        if self.state is FetchState.PAUSED:
            self._become(FetchState.STOPPING)
            self._tasks.run(self._throw_away, done=self._given_up, failed=self._failed)
        elif self.state is FetchState.RUNNING:
            self.pause()

    def _work(self) -> InstalledModel:
        """In a thread."""
        return self._install(self.entry, self._store, self.accepted, self._tell)

    def _tell(self, progress: Progress) -> None:
        """In that thread, for each piece."""
        self._progress = progress
        if self._stop:
            raise PausedError("The download is paused.", "Go on whenever you like.")

    def _throw_away(self) -> None:
        """In a thread."""
        part_of(self._store, self.entry).discard()

    def _look(self) -> None:
        progress = self._progress
        if progress is None:
            return
        self.received, self.total = progress.received, progress.total or self.total
        now = time.monotonic()
        if self._since is None:
            self._since = (now, self.received)
        elif now > self._since[0]:
            self._rate = (self.received - self._since[1]) / (now - self._since[0])
        if self.state is FetchState.RUNNING and self.total is not None and self.received >= self.total:
            self.state = FetchState.FINISHING
        self.changed.emit()

    def _done(self, model: InstalledModel) -> None:
        self._timer.stop()
        self._become(FetchState.ENDED)
        self.installed.emit(model)

    def _failed(self, error: AvatarifyError) -> None:
        self._timer.stop()
        self._look()
        self._become(FetchState.PAUSED)
        if self._discard and isinstance(error, PausedError):
            self.give_up()
        elif not isinstance(error, PausedError):
            self.failed.emit(error)

    def _given_up(self, _: None) -> None:
        self.received = 0
        self._become(FetchState.ENDED)

    def _become(self, state: FetchState) -> None:
        self.state = state
        self.changed.emit()


def _install(
    entry: ModelEntry, store: Store, accept_unverified: bool, tell: Callable[[Progress], None]
) -> InstalledModel:
    from avatarify.catalog.intake import install

    return install(entry, store, accept_unverified=accept_unverified, progress=tell)

"""The downloads of models that are under way: they belong to the program, and go on when the page of models is closed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from avatarify.app.call import Call
from avatarify.app.model_fetch import FetchState, Install, ModelFetch
from avatarify.catalog.entries import ModelEntry
from avatarify.catalog.store import Store
from avatarify.errors import AvatarifyError


class ModelFetches(QObject):
    """One for each call: see `fetches_of`.

    changed: a model's name, whose download has got further, was paused or has ended. failed: a name and an AvatarifyError.
    """

    changed = Signal(str)
    failed = Signal(str, object)

    def __init__(self, call: Call) -> None:
        super().__init__(call)
        self._call = call
        self._fetches: dict[str, ModelFetch] = {}

    def get(self, name: str) -> ModelFetch | None:
        """The download of this model, running or paused; None where there is none."""
        return self._fetches.get(name)

    def begin(self, entry: ModelEntry, store: Store, *, arrived: int, install: Install | None = None) -> ModelFetch:
        """The download of this model, paused where it was; the one there is, if there is one. See ModelFetch."""
        there = self._fetches.get(entry.name)
        if there is not None:
            return there
        fetch = ModelFetch(entry, store, tasks=self._call.tasks, arrived=arrived, install=install)
        fetch.setParent(self)
        self._fetches[entry.name] = fetch
        name = entry.name
        fetch.changed.connect(lambda: self._follow(name, fetch))
        fetch.failed.connect(lambda error: self._tell(name, error))
        return fetch

    def _follow(self, name: str, fetch: ModelFetch) -> None:
        if fetch.state is FetchState.ENDED:
            self._fetches.pop(name, None)
            fetch.deleteLater()
        self.changed.emit(name)

    def _tell(self, name: str, error: AvatarifyError) -> None:
        self.failed.emit(name, error)


def fetches_of(call: Call) -> ModelFetches:
    """The ones of this call, made when they are first asked for."""
    there = call.findChild(ModelFetches)
    return there if isinstance(there, ModelFetches) else ModelFetches(call)

"""A model of the user's that a call uses gets its decoder in eight bits, once, in the background."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from avatarify.app.call import Call
from avatarify.app.tasks import Task
from avatarify.errors import AvatarifyError
from avatarify.paths import MODELS

if TYPE_CHECKING:
    from avatarify.quantisation.own_model import Found

_log = logging.getLogger(__name__)

Work = Callable[[Path, Callable[[], bool]], "Found | None"]
"""A model file, and whether it is still wanted: see quantisation.apart."""


class Quantising(QObject):
    """One for each call: see `quantising_of`. Only where OpenVINO runs on the processor, where eight bits are known to be quicker, and
    only for files that did not come with the program. A model is tried once in a run; what was found is noted beside it.

    changed: one has begun or ended. ready: the file of a model that may run in eight bits from now on.
    """

    changed = Signal()
    ready = Signal(object)

    def __init__(self, call: Call, *, work: Work | None = None) -> None:
        """work: a stand-in for the real one, for tests; called in a thread."""
        super().__init__(call)
        self.model: Path | None = None
        """Under way."""
        self._call = call
        self._work = work if work is not None else _work
        self._tried: set[Path] = set()
        self._task: Task | None = None
        call.changed.connect(self._look)

    def _look(self) -> None:
        status = self._call.status
        runtime = status.runtime if status is not None else None
        if status is None or runtime is None or self.model is not None or status.model in self._tried:
            return
        if runtime.name != "openvino" or runtime.device != "cpu" or status.model.parent == MODELS:
            return
        self._tried.add(status.model)
        if runtime.precision != "int8":
            self._begin(status.model)

    def _begin(self, model: Path) -> None:
        self.model = model

        def work() -> Found | None:
            return self._work(model, self._wanted)

        self._task = self._call.tasks.run(work, done=partial(self._done, model), failed=partial(self._failed, model))
        self.changed.emit()

    def _wanted(self) -> bool:
        """In the thread of the work."""
        return self._task is None or not self._task.cancelled

    def _done(self, model: Path, found: Found | None) -> None:
        self._end()
        if found is None:
            return
        if found.admitted:
            _log.info("%s may run in eight bits from now on.", model.name)
            self.ready.emit(model)
        else:
            _log.info("%s must not run in eight bits: %s.", model.name, found.ranges.refused)

    def _failed(self, model: Path, error: AvatarifyError) -> None:
        """The call goes on as it was; whoever wants to know more asks by `models quantise`."""
        self._end()
        _log.warning("%s was not quantised: %s", model.name, error)

    def _end(self) -> None:
        self.model, self._task = None, None
        self.changed.emit()


def quantising_of(call: Call) -> Quantising:
    """The one of this call, made when it is first asked for."""
    there = call.findChild(Quantising)
    return there if isinstance(there, Quantising) else Quantising(call)


def _work(model: Path, wanted: Callable[[], bool]) -> Found | None:
    from avatarify.quantisation.apart import quantise_apart

    return quantise_apart(model, wanted)

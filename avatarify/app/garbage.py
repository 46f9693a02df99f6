"""Python's cyclic garbage is collected in the Qt thread only.

By itself Python collects in whatever thread happens to allocate. A window or a timer among the garbage would then be taken
apart in the face thread, say, and Qt ends the process for that.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000
_STARTING = 60
"""Passes in which the oldest generation is left alone, unless `spare` comes sooner: a pass over all of torch's objects takes a
tenth of a second or more, and the window stands still meanwhile."""


class Garbage(QObject):
    """From being made until `close`. Made and used in the Qt thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._passes = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """The oldest generation that is due by Python's own thresholds, if any."""
        self._passes += 1
        oldest = 2 if self._passes > _STARTING else 1
        due = [
            generation
            for generation, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if count > most and generation <= oldest
        ]
        if due:
            gc.collect(due[-1])

    def spare(self) -> None:
        """What there is now is there to stay: it is not looked at again."""
        gc.freeze()
        self._passes = _STARTING

    def close(self) -> None:
        """Python collects by itself again. Twice is fine."""
        self._timer.stop()
        gc.enable()

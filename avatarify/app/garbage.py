"""Python's cyclic garbage is collected in the Qt thread only.

By itself Python collects in whatever thread happens to allocate. A window or a timer among the garbage would then be taken
apart in the face thread, say, and Qt ends the process for that.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000


class Garbage(QObject):
    """From being made until `close`. Made and used in the Qt thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """The oldest generation that is due by Python's own thresholds, if any."""
        due = [
            generation
            for generation, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if count > most
        ]
        if due:
            gc.collect(due[-1])

    def spare(self) -> None:
        """What there is now is there to stay: it is not looked at again. A pass over all of torch's objects takes a tenth of a
        second or more."""
        gc.freeze()

    def close(self) -> None:
        """Python collects by itself again. Twice is fine."""
        self._timer.stop()
        gc.enable()

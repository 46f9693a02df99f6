"""The ring around what the keys act on: shown to those who move with the keyboard, and not to those who click."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

_POINTING = (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.TabletPress)


class FocusRing(QObject):
    """Sets the property "ring" of the widget that has the focus, for the style sheet. Fields to write in have theirs always.

    It looks at the events of windows only: a filter on the whole application would cost some microseconds for each event of
    each widget.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._by_key = False
        app.focusWindowChanged.connect(self._watch)
        app.focusChanged.connect(self._moved)
        self._watch(app.focusWindow())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt calls it so
        """Notes what was used last; stops nothing."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress:
            self._by_key = True
        elif kind in _POINTING:
            self._by_key = False
        return False

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # a second time is the same as once

    def _moved(self, old: QWidget | None, now: QWidget | None) -> None:
        if old is not None and isValid(old):
            _show_ring(old, False)
        if now is not None:
            _show_ring(now, self._by_key)


def _show_ring(widget: QWidget, shown: bool) -> None:
    if bool(widget.property("ring")) == shown:
        return
    widget.setProperty("ring", shown)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()

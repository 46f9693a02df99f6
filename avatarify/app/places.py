"""Where windows were and how they were divided, kept from day to day; safe when a screen has gone since."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QWidget

from avatarify.errors import SettingsError
from avatarify.json_file import JsonFile

_VERSION = 1
_GRIP = QSize(160, 32)  # so much of a window's upper edge has to be on a screen, or nobody can move it; logical pixels
_log = logging.getLogger(__name__)


class Place(NamedTuple):
    """area: of the window without its frame, logical pixels of the whole desktop. splitters: (object name, base64 of
    Qt's state)."""

    area: QRect
    maximized: bool = False
    splitters: tuple[tuple[str, str], ...] = ()


class Places:
    """Reads its file once; `remember` as often as windows close, `write` at the end. A file that cannot be read is put
    aside: windows then open where Qt puts them."""

    def __init__(self, path: Path) -> None:
        self._file = JsonFile(path, what="window places", version=_VERSION)
        self._places: dict[str, Place] = {}
        self._dirty = False
        for name, raw in (self._file.read().values or {}).items():
            place = _decoded(raw)
            if place is None:
                _log.warning("The place of %s in %s is not used.", name, path)
            else:
                self._places[name] = place

    def restore(self, window: QWidget, name: str) -> bool:
        """Put a window, before it is shown, where it was, or where it can be reached now. False: nothing is known of it."""
        place = self._places.get(name)
        if place is None:
            return False
        screens = tuple(screen.availableGeometry() for screen in QGuiApplication.screens())
        window.setGeometry(fitted(place.area, screens, window.minimumSize()))
        if place.maximized:
            window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)
        for splitter_name, state in place.splitters:
            splitter = window.findChild(QSplitter, splitter_name)
            if splitter is not None:
                splitter.restoreState(QByteArray.fromBase64(state.encode("ascii")))
        return True

    def remember(self, window: QWidget, name: str) -> None:
        """Take down where a window is. Its splitters count when they have an object name."""
        area = window.normalGeometry() if window.isMaximized() or window.isFullScreen() else window.geometry()
        if not area.isValid():
            return
        splitters = tuple(
            (splitter.objectName(), bytes(splitter.saveState().toBase64().data()).decode("ascii"))
            for splitter in window.findChildren(QSplitter)
            if splitter.objectName()
        )
        place = Place(area, window.isMaximized(), splitters)
        if self._places.get(name) != place:
            self._places[name] = place
            self._dirty = True

    def write(self) -> None:
        """To disk, if anything is new. A failure is only logged: nobody wants a question about it while closing."""
        if not self._dirty:
            return
        try:
            self._file.write({name: _encoded(place) for name, place in self._places.items()})
            self._dirty = False
        except SettingsError as error:
            _log.warning("%s", error)


def fitted(area: QRect, screens: tuple[QRect, ...], least: QSize) -> QRect:
    """The area, moved and shrunk as little as it takes to be reached on one of the screens.

    It stays where it is while enough of its upper edge is on a screen. Else it goes into the nearest one. least: what the
    window cannot be smaller than.
    """
    if not screens:
        return area
    grip = QRect(area.topLeft(), QSize(area.width(), _GRIP.height()))
    for screen in screens:
        on = grip.intersected(screen)
        if on.width() >= min(_GRIP.width(), area.width()) and on.height() >= _GRIP.height() // 2:
            return QRect(area.topLeft(), area.size().boundedTo(screen.size()).expandedTo(least))
    nearest = min(screens, key=lambda screen: _distance(screen, area.center()))
    size = area.size().boundedTo(nearest.size()).expandedTo(least)
    left = min(max(area.left(), nearest.left()), nearest.right() + 1 - size.width())
    top = min(max(area.top(), nearest.top()), nearest.bottom() + 1 - size.height())
    return QRect(QPoint(max(left, nearest.left()), max(top, nearest.top())), size)


def _distance(screen: QRect, point: QPoint) -> int:
    x = max(screen.left() - point.x(), 0, point.x() - screen.right())
    y = max(screen.top() - point.y(), 0, point.y() - screen.bottom())
    return x * x + y * y


def _encoded(place: Place) -> dict[str, Any]:
    area = place.area
    return {
        "area": [area.x(), area.y(), area.width(), area.height()],
        "maximized": place.maximized,
        "splitters": dict(place.splitters),
    }


def _decoded(raw: object) -> Place | None:
    """None for anything that `_encoded` does not write."""
    if not isinstance(raw, dict):
        return None
    area, maximized, splitters = raw.get("area"), raw.get("maximized"), raw.get("splitters")
    if not isinstance(area, list) or len(area) != 4 or not all(type(number) is int for number in area):
        return None
    if not all(abs(number) < 100_000 for number in area) or area[2] <= 0 or area[3] <= 0:
        return None
    if not isinstance(maximized, bool) or not isinstance(splitters, dict):
        return None
    if not all(isinstance(state, str) and state.isascii() for state in splitters.values()):
        return None
    return Place(QRect(*area), maximized, tuple(splitters.items()))

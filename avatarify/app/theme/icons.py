"""The application's own icons: drawn in one style, in the colour of the palette, sharp at any scale."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from avatarify.app.theme.palette import Palette
from avatarify.app.theme.theme import current
from avatarify.paths import ASSETS

FOLDER = ASSETS / "icons"
INK = "#000000"
"""The colour in the files that the palette's takes the place of."""


def icon(name: str, *, ink: str = "text") -> QIcon:
    """The icon of that name; names: those of assets/icons. ink: the name of one of Palette's colours.

    It follows a change of the palette by itself. Raises FileNotFoundError for a name that is not there.
    """
    _drawing(name)
    return QIcon(TintedIcon(name, ink))


def icon_names() -> tuple[str, ...]:
    """Every icon there is, by name; the application's own is not among them."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.svg") if path.stem != "avatarify"))


def application_icon() -> QIcon:
    """The picture of the application itself, in its own colours."""
    return QIcon(str(FOLDER / "avatarify.svg"))


class TintedIcon(QIconEngine):
    """Paints an icon in the present palette's colour; paler when it cannot be used."""

    def __init__(self, name: str, ink: str) -> None:
        super().__init__()
        self._name = name
        self._ink = ink

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Qt asks for it."""
        side = min(rect.width(), rect.height())
        if side <= 0:
            return
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        if rect.width() > rect.height():  # air on the right: see style.qss
            square.moveLeft(rect.left())
        _renderer(self._name, _color(current(), self._ink, mode)).render(painter, square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Qt asks for it: size in device pixels."""
        if size.isEmpty():
            return QPixmap()
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        """Qt asks for it."""
        return TintedIcon(self._name, self._ink)


def _color(palette: Palette, ink: str, mode: QIcon.Mode) -> str:
    """What cannot be used is as pale as its words, on whatever ground."""
    return palette.faint if mode == QIcon.Mode.Disabled else str(getattr(palette, ink))


@cache
def _drawing(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace(INK, color).encode()))

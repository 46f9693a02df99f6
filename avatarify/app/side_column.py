"""The user's column at the left: as wide as the height allows, so that the picture is 4:3 and the card has its place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from avatarify.app.calibrate_card import CalibrateCard
from avatarify.app.self_view import SelfView
from avatarify.app.theme.theme import SPACE

_LEAST, _SHARE = 232, 0.33  # width: logical pixels, share of the window's
_LEAST_PICTURE = 96  # height; flatter than 4:3 while a banner takes the place
_ROOMY = 500  # height from which there is room for the buttons that move the square
_EDGES = 2 * SPACE + 2  # of the card beside its picture


class SideColumn(QWidget):
    """Holds both cards and sets its own width."""

    def __init__(self, self_view: SelfView, card: CalibrateCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._card = self_view, card
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(SPACE)
        box.addWidget(self_view)
        box.addWidget(card, 1)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt asks for it by this name
        """With the flattest picture: how high it is now is no reason for the window to stay so."""
        return QSize(_LEAST, self._least_height + _LEAST_PICTURE)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt calls it so
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    @property
    def _least_height(self) -> int:
        """Of everything but the picture."""
        picture = self._view.picture
        around = self._view.sizeHint().height() - (picture.minimumHeight() or picture.sizeHint().height())
        return self._card.minimumSizeHint().height() + SPACE + around

    def _fit(self) -> None:
        picture = self._view.picture
        self._view.framing.setVisible(self.height() >= _ROOMY)
        room = self.height() - self._least_height
        width = max(_LEAST, min(room * 4 // 3 + _EDGES, round(self.window().width() * _SHARE)))
        picture.setFixedHeight(max(_LEAST_PICTURE, min(room, (width - _EDGES) * 3 // 4)))
        self.setFixedWidth(width)

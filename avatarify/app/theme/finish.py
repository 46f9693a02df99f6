"""What a style sheet cannot say: a ring for those who move with the keyboard and not for those who click; air in number fields."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QWidget

_BY_KEY = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_KEEPS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""Another window comes and goes; nobody has chosen another widget."""


_NUMBER_MARGIN = 6  # logical pixels; Qt has no padding for the words of a spin box


class Finish(QObject):
    """Sets the property "ring" of widgets for the style sheet. Fields to write in have their ring always."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt calls it so
        """Looks on; stops nothing."""
        kind = event.type()
        if kind == QEvent.Type.Polish and isinstance(watched, QAbstractSpinBox):
            watched.lineEdit().setTextMargins(_NUMBER_MARGIN, 0, 0, 0)
        if kind not in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            return False
        if isinstance(watched, QWidget) and isinstance(event, QFocusEvent) and event.reason() not in _KEEPS:
            # Dialogs tell their first widget of a key before they have the focus, whatever has opened them.
            show_ring(watched, kind == QEvent.Type.FocusIn and event.reason() in _BY_KEY and watched.hasFocus())
        return False


def show_ring(widget: QWidget, shown: bool) -> None:
    """Also for a widget that is given the focus because of a key, by the program."""
    if bool(widget.property("ring")) == shown:
        return
    widget.setProperty("ring", shown)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()

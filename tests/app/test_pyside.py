"""What the installed PySide6 must not do."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QImage, QPainter

_CALLS = 1000


@pytest.mark.usefixtures("qapp")
def test_calls_do_not_use_up_none() -> None:
    """Since Python 3.12 None cannot be used up, and its count stays."""
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter, nowhere = QPainter(image), QModelIndex()
    before = sys.getrefcount(None)
    for _ in range(_CALLS):
        painter.setOpacity(1.0)
        nowhere.data()
    lost = before - sys.getrefcount(None)
    painter.end()
    assert lost < _CALLS / 10, "this PySide6 ends the program after some minutes: see requirements.txt"

"""For what comes back from another thread: the window that asked may have been closed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

T = TypeVar("T")


def while_there(asker: QObject, callback: Callable[[T], None]) -> Callable[[T], None]:
    """`callback`, but only while Qt still has `asker`."""

    def call(value: T) -> None:
        if isValid(asker):
            callback(value)

    return call

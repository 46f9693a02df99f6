"""Waiting for other threads while Qt goes on."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from tests.fakes.live import PATIENCE_S


def wait_for(qtbot: QtBot, condition: Callable[[], object]) -> None:
    """Until it holds, as long as the patience lasts; never how long it takes."""
    qtbot.waitUntil(lambda: bool(condition()), timeout=int(PATIENCE_S * 1000))

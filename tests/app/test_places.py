"""Windows come back where they were, or where they can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLabel, QMainWindow, QSplitter
from pytestqt.qtbot import QtBot

from avatarify.app.places import Places, fitted

LEFT, RIGHT = QRect(0, 0, 1920, 1080), QRect(1920, 0, 1280, 1024)
NONE = QSize(0, 0)


def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    splitter = QSplitter()
    splitter.setObjectName("parts")
    for text in ("one", "two"):
        splitter.addWidget(QLabel(text))
    window.setCentralWidget(splitter)
    qtbot.addWidget(window)
    return window


def splitter_of(window: QMainWindow) -> QSplitter:
    found = window.findChild(QSplitter, "parts")
    assert isinstance(found, QSplitter)
    return found


@pytest.mark.parametrize(
    ("area", "screens", "expected"),
    [
        (QRect(100, 100, 800, 600), (LEFT,), QRect(100, 100, 800, 600)),
        (QRect(2000, 100, 800, 600), (LEFT, RIGHT), QRect(2000, 100, 800, 600)),
        (QRect(-300, 100, 800, 600), (LEFT,), QRect(-300, 100, 800, 600)),
        (QRect(2000, 100, 800, 600), (LEFT,), QRect(1120, 100, 800, 600)),
        (QRect(-5000, -5000, 800, 600), (LEFT, RIGHT), QRect(0, 0, 800, 600)),
        (QRect(100, -200, 800, 600), (LEFT,), QRect(100, 0, 800, 600)),
        (QRect(100, 1075, 800, 600), (LEFT,), QRect(100, 480, 800, 600)),
        (QRect(0, 0, 3000, 2000), (LEFT,), QRect(0, 0, 1920, 1080)),
        (QRect(4000, 0, 3000, 2000), (LEFT, RIGHT), QRect(1920, 0, 1280, 1024)),
        (QRect(100, 100, 800, 600), (), QRect(100, 100, 800, 600)),
    ],
    ids=[
        "there",
        "second screen",
        "half outside",
        "gone screen",
        "far away",
        "above",
        "below",
        "too big",
        "both",
        "none",
    ],
)
def test_a_window_is_moved_as_little_as_it_takes(area: QRect, screens: tuple[QRect, ...], expected: QRect) -> None:
    assert fitted(area, screens, NONE) == expected


def test_a_window_never_gets_smaller_than_it_can_be() -> None:
    small = QRect(0, 0, 800, 500)
    assert fitted(QRect(9000, 0, 3000, 2000), (small,), QSize(960, 600)) == QRect(0, 0, 960, 600)


def test_place_and_splitters_come_back(qtbot: QtBot, tmp_path: Path) -> None:
    first = window(qtbot)
    first.setGeometry(40, 50, 500, 300)
    first.show()
    splitter_of(first).setSizes([400, 100])
    sizes = splitter_of(first).sizes()
    places = Places(tmp_path / "places.json")
    assert not places.restore(first, "main")
    places.remember(first, "main")
    places.write()
    second = window(qtbot)
    assert Places(tmp_path / "places.json").restore(second, "main")
    second.show()
    assert second.geometry() == QRect(40, 50, 500, 300)
    assert splitter_of(second).sizes() == sizes
    assert not Places(tmp_path / "places.json").restore(second, "mini")


def test_a_maximized_window_is_maximized_again_and_knows_its_former_place(qtbot: QtBot, tmp_path: Path) -> None:
    first = window(qtbot)
    first.setGeometry(40, 50, 500, 300)
    first.show()
    first.showMaximized()
    places = Places(tmp_path / "places.json")
    places.remember(first, "main")
    second = window(qtbot)
    places.restore(second, "main")
    assert second.windowState() & Qt.WindowState.WindowMaximized
    assert second.geometry().size() == QSize(500, 300)


def test_nothing_new_is_not_written(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "places.json"
    places = Places(path)
    places.write()
    assert not path.exists()
    first = window(qtbot)
    first.show()
    places.remember(first, "main")
    places.write()
    path.unlink()
    places.remember(first, "main")
    places.write()
    assert not path.exists()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"version": 1, "main": 3}',
        '{"version": 1, "main": {"area": [0, 0, 500], "maximized": false, "splitters": {}}}',
        '{"version": 1, "main": {"area": [0, 0, 500, 0], "maximized": false, "splitters": {}}}',
        '{"version": 1, "main": {"area": [0, 0, 500, 9999999999], "maximized": false, "splitters": {}}}',
        '{"version": 1, "main": {"area": [0, 0, 500, 1.5], "maximized": false, "splitters": {}}}',
        '{"version": 1, "main": {"area": [0, 0, 500, 300], "maximized": 1, "splitters": {}}}',
        '{"version": 1, "main": {"area": [0, 0, 500, 300], "maximized": false, "splitters": {"parts": 3}}}',
    ],
)
def test_a_file_that_is_wrong_costs_only_the_place(qtbot: QtBot, tmp_path: Path, text: str) -> None:
    path = tmp_path / "places.json"
    path.write_text(text)
    assert not Places(path).restore(window(qtbot), "main")


def test_a_splitter_state_that_is_none_is_ignored(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "places.json"
    path.write_text(
        '{"version": 1, "main": {"area": [9, 9, 500, 300], "maximized": false, "splitters": {"parts": "x"}}}'
    )
    assert Places(path).restore(window(qtbot), "main")


def test_a_disk_that_cannot_be_written_stops_nobody_from_closing(
    qtbot: QtBot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    places = Places(tmp_path / "file" / "places.json")
    first = window(qtbot)
    first.show()
    places.remember(first, "main")
    places.write()
    assert "window places cannot be saved" in caplog.text

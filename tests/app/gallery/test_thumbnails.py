"""Thumbnails: round, made once, made anew when the portrait is another, and also of pictures that cannot be used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from avatarify.app.gallery.thumbnails import Thumbnails, thumbnail
from avatarify.app.tasks import Tasks
from avatarify.media.images import write_image
from tests.app.gallery.shelves import avatar

SIDE = 90


class Listener:
    """Keeps what was made, by name."""

    def __init__(self, thumbnails: Thumbnails) -> None:
        self.made: dict[str, QPixmap] = {}
        self.order: list[str] = []
        thumbnails.ready.connect(self._hear)

    def _hear(self, name: str, pixmap: QPixmap) -> None:
        self.made[name] = pixmap
        self.order.append(name)


def test_corners_are_round_and_the_colour_stays(qapp: object) -> None:
    made = thumbnail(np.full((300, 300, 3), (200, 30, 90), np.uint8), SIDE)
    assert (made.width(), made.height()) == (SIDE, SIDE)
    assert made.pixelColor(0, 0).alpha() == 0
    assert made.pixelColor(SIDE // 2, SIDE // 2).getRgb() == (200, 30, 90, 255)


def test_each_is_made_once_until_its_portrait_is_another(qtbot: QtBot, tasks: Tasks) -> None:
    thumbnails = Thumbnails(tasks, SIDE)
    heard = Listener(thumbnails)
    many = [avatar(f"n{number}") for number in range(60)]
    thumbnails.ask(many)
    qtbot.waitUntil(lambda: len(heard.order) == 60)
    assert heard.order == [one.name for one in many]
    changed = replace(many[3], portrait=np.full((64, 64, 3), 7, np.uint8))
    thumbnails.ask([*many[:3], changed, *many[4:]])
    qtbot.waitUntil(lambda: len(heard.order) == 61)
    assert heard.order[-1] == "n3"
    assert heard.made["n3"].toImage().pixelColor(60, 60).red() == 7


def test_an_unusable_picture_is_shown_if_it_can_be_read(qtbot: QtBot, tasks: Tasks, tmp_path: Path) -> None:
    write_image(tmp_path / "wall.png", np.full((50, 90, 3), 33, np.uint8))
    (tmp_path / "broken.png").write_bytes(b"x")
    thumbnails = Thumbnails(tasks, SIDE)
    heard = Listener(thumbnails)
    thumbnails.ask(
        [replace(avatar(name, "No.", usable=False), path=tmp_path / f"{name}.png") for name in ("broken", "wall")]
    )
    qtbot.waitUntil(lambda: bool(heard.order))
    assert heard.order == ["wall"]
    assert heard.made["wall"].toImage().pixelColor(80, 80).red() == 33

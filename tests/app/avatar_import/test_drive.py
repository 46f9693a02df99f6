"""The test drive: a thread that works until it is told to stop, and lets go of what it had."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from avatarify.app.avatar_import.drive import Drive
from avatarify.app.picture import Picture
from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError, NotReadyError, RuntimeUnavailableError
from avatarify.frame import Image
from tests.app.avatar_import.pictures import PATIENCE_MS, PaintingRehearsal

PORTRAIT = np.full((8, 8, 3), 200, np.uint8)
OTHER = np.full((8, 8, 3), 100, np.uint8)


class EmptyChair(PaintingRehearsal):
    """Nobody is before the camera."""

    def step(self) -> Image:
        raise NotReadyError("Not calibrated yet.")


class BrokenRehearsal(PaintingRehearsal):
    """Falls over at the third step."""

    def step(self) -> Image:
        if self.steps == 2:
            raise RuntimeUnavailableError("The device is out of memory.")
        return super().step()


def test_it_moves_until_it_is_stopped(qtbot: QtBot, tasks: Tasks) -> None:
    drive, rehearsal = Drive(tasks), PaintingRehearsal()
    pictures: list[Picture] = []
    drive.moved.connect(pictures.append)
    drive.start(lambda: rehearsal, PORTRAIT)
    qtbot.waitUntil(lambda: len(pictures) >= 3, timeout=PATIENCE_MS)
    assert [picture.image.pixelColor(0, 0).red() for picture in pictures[:3]] == [1, 2, 3]
    drive.stop()
    assert not drive.running
    qtbot.waitUntil(lambda: rehearsal.closed, timeout=PATIENCE_MS)
    drive.stop()


def test_another_square_is_taken_on_the_way(qtbot: QtBot, tasks: Tasks) -> None:
    drive, rehearsal = Drive(tasks), PaintingRehearsal()
    drive.change_portrait(OTHER)  # nothing runs
    drive.start(lambda: rehearsal, PORTRAIT)
    qtbot.waitUntil(lambda: rehearsal.steps > 0, timeout=PATIENCE_MS)
    drive.change_portrait(OTHER)
    qtbot.waitUntil(lambda: len(rehearsal.taken) == 2, timeout=PATIENCE_MS)
    drive.stop()
    assert rehearsal.taken[0] is PORTRAIT
    assert rehearsal.taken[1] is OTHER


def test_with_nobody_to_move_it_the_portrait_stands(qtbot: QtBot, tasks: Tasks) -> None:
    drive = Drive(tasks)
    with qtbot.waitSignal(drive.moved, timeout=PATIENCE_MS) as moved:
        drive.start(EmptyChair, PORTRAIT)
    assert moved.args[0].image.pixelColor(0, 0).red() == 200
    drive.stop()


def test_a_failure_ends_it_and_is_told(qtbot: QtBot, tasks: Tasks) -> None:
    drive, rehearsal = Drive(tasks), BrokenRehearsal()
    with qtbot.waitSignal(drive.failed, timeout=PATIENCE_MS) as failed:
        drive.start(lambda: rehearsal, PORTRAIT)
    assert isinstance(failed.args[0], AvatarifyError)
    assert not drive.running
    assert rehearsal.closed


def test_starting_anew_ends_the_one_before(qtbot: QtBot, tasks: Tasks) -> None:
    drive, first, second = Drive(tasks), PaintingRehearsal(), PaintingRehearsal()
    drive.start(lambda: first, PORTRAIT)
    drive.start(lambda: second, OTHER)
    qtbot.waitUntil(lambda: first.closed and second.steps > 0, timeout=PATIENCE_MS)
    assert not second.closed
    drive.stop()

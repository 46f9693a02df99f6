"""Pictures are read and judged off the Qt thread, and only the newest square of a drag is judged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.avatar_import.examiner import Examined, Examiner
from avatarify.app.tasks import Tasks
from avatarify.avatars import Portrait
from avatarify.errors import MediaError
from avatarify.face.crop import Crop
from avatarify.media.images import write_image
from avatarify.paths import AVATARS
from tests.app.avatar_import.pictures import PATIENCE_MS


@pytest.fixture
def examiner(tasks: Tasks) -> Examiner:
    return Examiner(tasks)


def opened(qtbot: QtBot, examiner: Examiner, path: Path) -> Examined:
    with qtbot.waitSignal(examiner.opened, timeout=PATIENCE_MS) as told:
        examiner.open(path)
    examined = told.args[0]
    assert isinstance(examined, Examined)
    return examined


def test_a_picture_is_read_framed_and_judged(qtbot: QtBot, examiner: Examiner) -> None:
    examined = opened(qtbot, examiner, AVATARS / "kofi.png")
    assert examined.portrait.verdict.usable
    assert len(examined.seen.faces) == 1
    assert examined.portrait.image.shape == (512, 512, 3)


def test_only_the_newest_square_is_judged(qtbot: QtBot, examiner: Examiner) -> None:
    opened(qtbot, examiner, AVATARS / "kofi.png")
    judged: list[Portrait] = []
    examiner.judged.connect(judged.append)
    for left in range(20):
        examiner.judge(Crop(float(left), 0, 300))
    qtbot.waitUntil(lambda: len(judged) == 2, timeout=PATIENCE_MS)
    last = Crop(19.0, 0, 300).apply(examiner._examined.image, 512)  # type: ignore[union-attr]
    assert np.array_equal(judged[-1].image, last)
    assert not np.array_equal(judged[0].image, last)


def test_what_cannot_be_read_is_told(qtbot: QtBot, examiner: Examiner, tmp_path: Path) -> None:
    (tmp_path / "me.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 20)
    with qtbot.waitSignal(examiner.failed, timeout=PATIENCE_MS) as told:
        examiner.open(tmp_path / "me.heic")
    assert isinstance(told.args[0], MediaError)
    assert "HEIC" in str(told.args[0])


def test_a_huge_picture_is_painted_small(qtbot: QtBot, examiner: Examiner, tmp_path: Path) -> None:
    write_image(tmp_path / "wide.jpg", np.full((60, 4200, 3), 99, np.uint8))
    examined = opened(qtbot, examiner, tmp_path / "wide.jpg")
    assert examined.painted.size.width() == 2048
    assert examined.image.shape[1] == 4200
    assert not examined.portrait.verdict.usable


def test_nobody_hears_of_a_picture_that_was_given_up(qtbot: QtBot, examiner: Examiner, tasks: Tasks) -> None:
    with qtbot.assertNotEmitted(examiner.opened):
        examiner.open(AVATARS / "kofi.png")
        examiner.close()
        qtbot.waitUntil(lambda: not any(thread.is_alive() for thread in tasks._threads), timeout=PATIENCE_MS)
        qtbot.wait(1)

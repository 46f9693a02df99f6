"""What is to be kept gets to the disk: a little later, once, the newest last, and again after a failure."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app import keeping as module
from avatarify.app.keeping import Keeping
from avatarify.app.tasks import Tasks
from avatarify.errors import SettingsError


class Disk:
    """Takes down what was written. While it is full, nothing can be; while it is slow, a write waits."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.full = False
        self.go_on = threading.Event()
        self.go_on.set()
        self.begun = threading.Event()

    def writing(self, text: str) -> Callable[[], None]:
        def write() -> None:
            self.begun.set()
            self.go_on.wait(5)
            if self.full:
                raise SettingsError("The disk is full.", "Free some space.")
            self.written.append(text)

        return write


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def keeping(tasks: Tasks) -> Keeping:
    keeping = Keeping(tasks, lane="test")
    keeping.after_ms = keeping.again_ms = 1
    return keeping


def test_many_changes_are_one_write_of_the_last(keeping: Keeping, disk: Disk, qtbot: QtBot) -> None:
    assert not keeping.pending
    for text in "abc":
        keeping.later(disk.writing(text))
    assert keeping.pending
    assert disk.written == []
    qtbot.waitUntil(lambda: not keeping.pending, timeout=2000)
    assert disk.written == ["c"]
    keeping.flush()
    assert disk.written == ["c"]


def test_the_end_does_not_wait_for_the_timer(tasks: Tasks, disk: Disk) -> None:
    keeping = Keeping(tasks, lane="test")
    keeping.flush()
    keeping.later(disk.writing("a"))
    keeping.flush()
    assert disk.written == ["a"]
    assert not keeping.pending


def test_a_slow_older_write_never_comes_after_the_newest(keeping: Keeping, disk: Disk, qtbot: QtBot) -> None:
    disk.go_on.clear()
    keeping.later(disk.writing("old"))
    qtbot.waitUntil(disk.begun.is_set, timeout=2000)
    keeping.later(disk.writing("new"))
    threading.Timer(0.02, disk.go_on.set).start()
    keeping.flush()
    assert disk.written == ["old", "new"]
    qtbot.waitUntil(lambda: not keeping._timer.isActive(), timeout=2000)
    assert disk.written == ["old", "new"]


def test_a_full_disk_is_told_once_and_tried_again(keeping: Keeping, disk: Disk, qtbot: QtBot) -> None:
    told: list[SettingsError] = []
    keeping.failed.connect(told.append)
    disk.full = True
    attempts = []
    write = disk.writing("a")
    keeping.later(lambda: (attempts.append(1), write())[1])
    qtbot.waitUntil(lambda: len(attempts) >= 3, timeout=5000)
    assert [error.message for error in told] == ["The disk is full."]
    assert keeping.pending
    with pytest.raises(SettingsError, match="full"):
        keeping.flush()
    disk.full = False
    keeping.later(disk.writing("b"))
    qtbot.waitUntil(lambda: not keeping.pending, timeout=2000)
    assert disk.written == ["b"]
    qtbot.waitUntil(lambda: not keeping._told, timeout=2000)


def test_a_disk_that_hangs_does_not_hold_up_the_end(
    keeping: Keeping, disk: Disk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LONGEST_S", 0.02)
    disk.go_on.clear()
    keeping.later(disk.writing("a"))
    qtbot.waitUntil(disk.begun.is_set, timeout=2000)
    keeping.later(disk.writing("b"))
    with pytest.raises(SettingsError, match="does not answer"):
        keeping.flush()
    disk.go_on.set()

"""What is in a cycle goes away, and only in the Qt thread."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication

from avatarify.app.garbage import Garbage


class Ring:
    """Holds itself, and tells in which thread it went away."""

    gone: list[bool]

    def __init__(self, gone: list[bool]) -> None:
        self.me = self
        self.gone = gone

    def __del__(self) -> None:
        app = QApplication.instance()
        assert app is not None
        self.gone.append(QThread.currentThread() is app.thread())


@pytest.fixture
def garbage(qapp: object) -> Iterator[Garbage]:
    garbage = Garbage()
    yield garbage
    garbage.close()


def make_rings(count: int, gone: list[bool]) -> None:
    for _ in range(count):
        Ring(gone)


def test_it_goes_away_in_the_qt_thread(garbage: Garbage) -> None:
    gone: list[bool] = []
    thread = threading.Thread(target=make_rings, args=(5 * gc.get_threshold()[0], gone))
    thread.start()
    thread.join()
    assert gone == []
    garbage.collect()
    assert len(gone) == 5 * gc.get_threshold()[0]
    assert all(gone)


def test_nothing_is_collected_before_there_is_something(garbage: Garbage) -> None:
    gone: list[bool] = []
    gc.collect()
    make_rings(1, gone)
    garbage.collect()
    assert gone == []


def old_ring(gone: list[bool]) -> None:
    """Garbage of the oldest generation, which is due."""
    ring = Ring(gone)
    for _ in range(gc.get_threshold()[2] + 3):
        gc.collect(1)
    del ring


def test_what_is_old_waits_until_the_start_is_over(garbage: Garbage) -> None:
    gone: list[bool] = []
    old_ring(gone)
    garbage.collect()
    assert gone == [], "the window would stand still while torch is looked through"
    for _ in range(100):
        garbage.collect()
    assert gone == [True]


def test_once_all_is_spared_the_old_goes_at_once(garbage: Garbage) -> None:
    garbage.spare()
    gone: list[bool] = []
    old_ring(gone)
    garbage.collect()
    gc.unfreeze()
    assert gone == [True]


def test_python_collects_again_afterwards(garbage: Garbage) -> None:
    assert not gc.isenabled()
    garbage.close()
    garbage.close()
    assert gc.isenabled()

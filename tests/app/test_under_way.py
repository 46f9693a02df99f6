"""Commands under way: told in order, heard of once, and given up."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.tasks import Tasks
from avatarify.app.under_way import UnderWay
from avatarify.errors import AvatarifyError
from tests.app.waiting import wait_for
from tests.fakes.live import until

FAILURE = AvatarifyError("It broke.", "Mend it.")


@pytest.fixture
def under_way(tasks: Tasks) -> UnderWay:
    return UnderWay(tasks)


@pytest.fixture
def told(under_way: UnderWay) -> list[object]:
    """What `ended` has told."""
    heard: list[object] = []
    under_way.ended.connect(heard.append)
    return heard


def fail() -> None:
    raise FAILURE


def test_they_are_told_oldest_first_until_they_end(under_way: UnderWay, told: list[object], qtbot: QtBot) -> None:
    camera: Future[None] = Future()
    engine: Future[None] = Future()
    with qtbot.waitSignal(under_way.begun, timeout=1000):
        under_way.watch("camera", camera)
    under_way.watch("engine", engine)
    assert under_way.keys == ("camera", "engine")
    camera.set_result(None)
    wait_for(qtbot, lambda: under_way.keys == ("engine",))
    engine.set_exception(FAILURE)
    wait_for(qtbot, lambda: under_way.keys == ())
    assert told == [None, FAILURE]


def test_what_comes_then_comes_after_a_success_only(under_way: UnderWay, told: list[object], qtbot: QtBot) -> None:
    order: list[str] = []
    under_way.ended.connect(lambda error: order.append("failed" if error else "ended"))
    under_way.run("look", lambda: None, lane="a", then=lambda: order.append("then"))
    under_way.run("look", fail, lane="a", then=lambda: order.append("never"))
    wait_for(qtbot, lambda: len(told) == 2)
    assert order == ["ended", "then", "failed"]


def test_what_is_given_up_is_cancelled_and_not_heard_of(
    under_way: UnderWay, told: list[object], tasks: Tasks, qtbot: QtBot
) -> None:
    go_on = threading.Event()
    waiting: Future[None] = Future()
    under_way.watch("engine", waiting)
    under_way.run("look", lambda: go_on.wait(10))
    under_way.cancel()
    assert under_way.keys == ()
    assert waiting.cancelled()
    go_on.set()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name.startswith("avatarify task")])
    qtbot.wait(1)
    assert tasks.under_way == 0
    assert told == []


def test_what_is_forgotten_goes_on_unheard(under_way: UnderWay, told: list[object], qtbot: QtBot) -> None:
    running: Future[None] = Future()
    under_way.watch("engine", running)
    under_way.forget()
    assert not running.cancelled()
    running.set_result(None)
    qtbot.wait(1)
    assert under_way.keys == ()
    assert told == []

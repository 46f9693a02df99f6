"""Work in other threads, and its outcome on the Qt thread."""

from __future__ import annotations

import threading
from concurrent.futures import Future

from pytestqt.qtbot import QtBot

from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError, CameraError
from tests.fakes.live import PATIENCE_S, until


class Heard:
    """What came back, and on which thread."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.failed: list[AvatarifyError] = []
        self.threads: set[int] = set()

    def is_done(self, result: object) -> None:
        self.done.append(result)
        self.threads.add(threading.get_ident())

    def has_failed(self, error: AvatarifyError) -> None:
        self.failed.append(error)
        self.threads.add(threading.get_ident())


def test_work_runs_elsewhere_and_its_result_comes_home(tasks: Tasks, qtbot: QtBot) -> None:
    heard = Heard()
    tasks.run(threading.get_ident, done=heard.is_done, failed=heard.has_failed)
    qtbot.waitUntil(lambda: bool(heard.done))
    assert heard.done[0] != threading.get_ident()
    assert heard.threads == {threading.get_ident()}
    assert tasks.under_way == 0


def test_errors_of_ours_come_as_they_are_and_others_in_plain_words(tasks: Tasks, qtbot: QtBot) -> None:
    heard = Heard()

    def unplugged() -> None:
        raise CameraError("The camera is gone.", "Plug it in.")

    def defect() -> None:
        raise ZeroDivisionError("seven by nought")

    tasks.run(unplugged, done=heard.is_done, failed=heard.has_failed, lane="a")
    tasks.run(defect, done=heard.is_done, failed=heard.has_failed, lane="a")
    qtbot.waitUntil(lambda: len(heard.failed) == 2)
    assert isinstance(heard.failed[0], CameraError)
    assert heard.failed[1].message == "Something went wrong: ZeroDivisionError: seven by nought."
    assert heard.failed[1].hint == "The log has the details."
    assert not heard.done


def test_a_cancelled_task_calls_nobody(tasks: Tasks, qtbot: QtBot) -> None:
    heard, go_on = Heard(), threading.Event()
    task = tasks.run(lambda: go_on.wait(PATIENCE_S), done=heard.is_done, failed=heard.has_failed)
    task.cancel()
    go_on.set()
    tasks.run(lambda: "later", done=heard.is_done, failed=heard.has_failed)
    qtbot.waitUntil(lambda: bool(heard.done))
    assert heard.done == ["later"]
    assert not task.finished


def test_a_hanging_work_delays_no_other_outside_its_lane(tasks: Tasks, qtbot: QtBot) -> None:
    heard, go_on = Heard(), threading.Event()
    tasks.run(lambda: go_on.wait(PATIENCE_S) and "hung", done=heard.is_done, failed=heard.has_failed, lane="disk")
    tasks.run(lambda: "second in the lane", done=heard.is_done, failed=heard.has_failed, lane="disk")
    tasks.run(lambda: "elsewhere", done=heard.is_done, failed=heard.has_failed)
    qtbot.waitUntil(lambda: bool(heard.done))
    assert heard.done == ["elsewhere"]
    go_on.set()
    qtbot.waitUntil(lambda: len(heard.done) == 3)
    assert heard.done == ["elsewhere", "hung", "second in the lane"]


class Owned:
    """Tells in which thread it went away."""

    def __init__(self, gone: list[int]) -> None:
        self._gone = gone

    def work(self) -> int:
        return 7

    def __del__(self) -> None:
        self._gone.append(threading.get_ident())


def test_what_only_the_work_holds_goes_away_in_the_qt_thread(tasks: Tasks, qtbot: QtBot) -> None:
    gone: list[int] = []
    heard = Heard()
    for _ in range(20):
        tasks.run(Owned(gone).work, done=heard.is_done, failed=heard.has_failed)
    qtbot.waitUntil(lambda: len(heard.done) == 20)
    until(lambda: not any(thread.name.startswith("avatarify task") for thread in threading.enumerate()))
    tasks.run(int, done=heard.is_done, failed=heard.has_failed)
    qtbot.waitUntil(lambda: len(heard.done) == 21)
    assert len(gone) == 20
    assert set(gone) == {threading.get_ident()}


def test_a_future_is_watched(tasks: Tasks, qtbot: QtBot) -> None:
    heard = Heard()
    good: Future[int] = Future()
    given_up: Future[int] = Future()
    for future in (good, given_up):
        tasks.watch(future, done=heard.is_done, failed=heard.has_failed)
    given_up.cancel()
    good.set_result(4)
    qtbot.waitUntil(lambda: bool(heard.done and heard.failed))
    assert heard.done == [4]
    assert "given up" in heard.failed[0].message


def test_closing_waits_no_longer_than_allowed_and_calls_nobody(qtbot: QtBot) -> None:
    tasks, heard, go_on = Tasks(), Heard(), threading.Event()
    tasks.run(lambda: go_on.wait(PATIENCE_S), done=heard.is_done, failed=heard.has_failed)
    assert not tasks.close(0.02)
    go_on.set()
    assert tasks.close(PATIENCE_S)
    qtbot.wait(20)
    assert not heard.done


def test_after_closing_nothing_begins(tasks: Tasks) -> None:
    assert tasks.close(0.0)
    begun = threading.Event()
    task = tasks.run(begun.set, done=lambda _: None, failed=lambda _: None)
    assert task.cancelled
    assert not begun.is_set()
    assert not tasks.under_way

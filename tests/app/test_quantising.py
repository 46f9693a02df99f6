"""When a model is quantised in the background, and what follows from it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.call import Call
from avatarify.app.quantising import Quantising, quantising_of
from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError, FaceError
from avatarify.paths import EMBEDDED_MODEL
from avatarify.quantisation.own_model import Found
from avatarify.runtime.base import RuntimeDescription
from avatarify.runtime.quantise import Ranges
from tests.app.quiet_live import QuietLive, running_call
from tests.app.waiting import wait_for

MINE = Path("/models/mine.safetensors")
PLAIN = RuntimeDescription("openvino", "cpu", "a processor", "float32")


class Desk:
    """A call, and quantising whose work the test lets end."""

    def __init__(self, tasks: Tasks, answer: Found | AvatarifyError | None) -> None:
        self.answer = answer
        self.go_on = threading.Event()
        self.worked_on: list[Path] = []
        self.call: Call
        self.live: QuietLive
        self.call, self.live = running_call(tasks)
        self.quantising = Quantising(self.call, work=self._work)
        self.ready: list[Path] = []
        self.quantising.ready.connect(self.ready.append)

    def runs(self, model: Path, runtime: RuntimeDescription = PLAIN) -> None:
        self.live.status_now = replace(self.live.status_now, model=model, runtime=runtime)
        self.call.look()

    def _work(self, model: Path, wanted: Callable[[], bool]) -> Found | None:
        self.worked_on.append(model)
        self.go_on.wait(10)
        assert wanted()
        if isinstance(self.answer, AvatarifyError):
            raise self.answer
        return self.answer


def found(refused: str = "") -> Found:
    return Found(Ranges("abc", (), refused), {})


def test_a_model_of_the_users_is_quantised_once_and_told_when_it_is_ready(qtbot: QtBot, tasks: Tasks) -> None:
    desk = Desk(tasks, found())
    desk.runs(MINE)
    assert desk.quantising.model == MINE
    desk.runs(MINE)
    desk.go_on.set()
    wait_for(qtbot, lambda: desk.ready)
    assert desk.ready == [MINE]
    assert desk.quantising.model is None
    desk.runs(MINE)
    assert desk.worked_on == [MINE]


@pytest.mark.parametrize("answer", [found("too rough"), FaceError("No faces.", "Add some."), None])
def test_what_comes_to_nothing_changes_nothing(
    qtbot: QtBot, tasks: Tasks, answer: Found | AvatarifyError | None
) -> None:
    desk = Desk(tasks, answer)
    failures: list[object] = []
    desk.call.failed.connect(failures.append)
    desk.runs(MINE)
    desk.go_on.set()
    wait_for(qtbot, lambda: desk.quantising.model is None)
    assert (desk.ready, failures) == ([], [])


@pytest.mark.parametrize(
    ("model", "runtime"),
    [
        (EMBEDDED_MODEL, PLAIN),
        (MINE, replace(PLAIN, precision="int8")),
        (MINE, replace(PLAIN, name="eager")),
        (MINE, replace(PLAIN, device="gpu")),
    ],
    ids=["shipped", "eight bits already", "another runtime", "graphics card"],
)
def test_where_it_would_be_of_no_use_nothing_begins(tasks: Tasks, model: Path, runtime: RuntimeDescription) -> None:
    desk = Desk(tasks, found())
    desk.runs(model, runtime)
    assert desk.quantising.model is None
    assert desk.worked_on == []


def test_another_model_waits_for_the_first(qtbot: QtBot, tasks: Tasks) -> None:
    desk, other = Desk(tasks, found()), MINE.with_name("other.safetensors")
    desk.runs(MINE)
    desk.runs(other)
    assert desk.quantising.model == MINE
    desk.go_on.set()
    wait_for(qtbot, lambda: desk.ready)
    desk.call.look()
    wait_for(qtbot, lambda: desk.ready == [MINE, other])


def test_there_is_one_for_each_call(tasks: Tasks) -> None:
    call, _ = running_call(tasks)
    assert quantising_of(call) is quantising_of(call)

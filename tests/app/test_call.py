"""The call on a real live loop with a tiny model, and on devices that misbehave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.call import Call, CallState
from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError
from avatarify.live.live import Live
from avatarify.live.request import LiveRequest
from tests.app.waiting import wait_for
from tests.fakes.live import PATIENCE_S, until
from tests.fakes.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


@pytest.fixture
def call(stage: Stage, tasks: Tasks) -> Iterator[Call]:
    call = Call(stage.make_live, tasks=tasks)
    call.watch(True)  # as a preview does that can be seen: else the engine rests
    yield call
    stage.let_start.set()
    call.close(PATIENCE_S)


@pytest.fixture
def errors(call: Call) -> list[AvatarifyError]:
    """What `failed` has told."""
    heard: list[AvatarifyError] = []
    call.failed.connect(heard.append)
    return heard


def showing(call: Call) -> str:
    status = call.status
    return status.pipeline.showing.value if status is not None and status.pipeline.showing is not None else ""


def test_a_call_starts_shows_the_avatar_and_ends(call: Call, stage: Stage, qtbot: QtBot) -> None:
    states: list[CallState] = []
    pictures: list[bool] = []
    call.changed.connect(lambda: states.append(call.state))
    call.preview_ready.connect(lambda: pictures.append(True))
    call.camera_ready.connect(lambda: pictures.append(False))
    call.start(stage.request)
    assert call.state is CallState.STARTING
    assert call.busy == ("shell.busy_starting",)
    wait_for(qtbot, lambda: showing(call) == "animated")
    assert set(pictures) == {True, False}
    assert call.request is stage.request
    call.start(stage.request)
    assert len(stage.lives) == 1, "there is never a second one"
    call.stop()
    assert call.live is None
    wait_for(qtbot, lambda: call.state is CallState.STOPPED)
    assert [state for state, before in zip(states, [None, *states], strict=False) if state is not before] == [
        CallState.STARTING,
        CallState.RUNNING,
        CallState.STOPPING,
        CallState.STOPPED,
    ]


def test_commands_reach_the_live_loop(call: Call, stage: Stage, qtbot: QtBot, errors: list[AvatarifyError]) -> None:
    call.start(stage.request)
    wait_for(qtbot, lambda: showing(call) == "animated")
    call.show_avatar(2)
    wait_for(qtbot, lambda: call.status is not None and call.status.avatar == "kofi" and not call.busy)
    call.next_avatar()
    wait_for(qtbot, lambda: call.status is not None and call.status.avatar == "ilse" and not call.busy)
    call.calibrate()
    assert "shell.busy_calibrating" in call.busy
    wait_for(qtbot, lambda: call.status is not None and call.status.session.can_undo and not call.busy)
    call.toggle_pause()
    wait_for(qtbot, lambda: showing(call) == "paused")
    call.toggle_pause()
    call.open_output()
    wait_for(qtbot, lambda: call.status is not None and call.status.virtual_camera is not None)
    call.close_output()
    wait_for(qtbot, lambda: call.status is not None and call.status.virtual_camera is None)
    assert not errors


def test_an_avatar_that_is_not_there_is_told_and_the_call_goes_on(
    call: Call, stage: Stage, qtbot: QtBot, errors: list[AvatarifyError]
) -> None:
    call.start(stage.request)
    wait_for(qtbot, lambda: showing(call) == "animated")
    call.show_avatar("nobody")
    assert "nobody" in errors[0].message
    assert call.status is not None
    assert call.status.avatar == "ilse"
    assert not call.busy


def test_without_a_call_every_command_says_so(call: Call, errors: list[AvatarifyError]) -> None:
    commands = (call.calibrate, call.next_avatar, call.toggle_pause, call.reload_avatars, call.open_output)
    for command in commands:
        command()
    assert len(errors) == len(commands)
    assert {error.message for error in errors} == {"The camera is not running yet."}
    call.stop()
    call.cancel()
    assert call.state is CallState.STOPPED


def test_a_start_that_fails_can_be_tried_again(
    call: Call, stage: Stage, qtbot: QtBot, errors: list[AvatarifyError]
) -> None:
    asked: list[int] = []

    def make_request() -> LiveRequest:
        asked.append(len(asked))
        if len(asked) == 1:
            raise AvatarifyError("There is no camera here.", "Plug one in.")
        return stage.request

    call.begin(make_request)
    wait_for(qtbot, lambda: bool(errors))
    assert call.state is CallState.STOPPED
    call.restart()
    wait_for(qtbot, lambda: call.state is CallState.RUNNING)


def test_a_start_does_not_wait_for_the_window_to_read_the_avatars(
    call: Call, stage: Stage, tasks: Tasks, qtbot: QtBot
) -> None:
    read = threading.Event()
    tasks.run(lambda: read.wait(PATIENCE_S), done=lambda _: None, failed=print, lane="avatars")
    call.start(stage.request)
    wait_for(qtbot, lambda: call.state is CallState.RUNNING)
    assert not read.is_set()
    read.set()
    wait_for(qtbot, lambda: not tasks.under_way)


def test_a_start_that_was_given_up_leaves_nothing_running(call: Call, stage: Stage, qtbot: QtBot) -> None:
    stage.let_start.clear()
    call.start(stage.request)
    call.cancel()
    assert call.state is CallState.STOPPED
    stage.let_start.set()
    wait_for(qtbot, lambda: len(stage.lives) == 1 and not call.tasks.under_way)
    assert call.live is None
    assert not stage.lives[0].pipeline.status().running


def test_a_start_waits_for_the_end_of_one_that_was_given_up(stage: Stage, tasks: Tasks, qtbot: QtBot) -> None:
    begun: list[LiveRequest] = []

    def make_live(request: LiveRequest, told: Callable[[], None]) -> Live:
        begun.append(request)
        return stage.make_live(request, told)

    call = Call(make_live, tasks=tasks)
    stage.let_start.clear()
    call.start(stage.request)
    call.cancel()
    call.start(stage.request)
    threading.Event().wait(0.03)
    assert len(begun) == 1
    stage.let_start.set()
    wait_for(qtbot, lambda: call.state is CallState.RUNNING)
    assert [live is call.live for live in stage.lives] == [False, True]
    assert not stage.lives[0].pipeline.status().running
    assert call.close(PATIENCE_S)


def test_a_start_that_has_arrived_but_was_not_heard_of_is_stopped_at_the_end(call: Call, stage: Stage) -> None:
    call.start(stage.request)
    until(
        lambda: (
            bool(stage.lives) and not any(thread.name.startswith("avatarify task") for thread in threading.enumerate())
        )
    )
    assert call.live is None, "the window has not been told yet"
    assert call.close(PATIENCE_S)
    assert not stage.lives[0].pipeline.status().running


def test_after_the_end_of_the_program_no_call_begins(call: Call, stage: Stage) -> None:
    assert call.close(PATIENCE_S)
    call.start(stage.request)
    assert call.state is CallState.STOPPED
    assert not call.tasks.under_way


def test_an_unplugged_camera_is_in_the_status_until_it_is_back(call: Call, stage: Stage, qtbot: QtBot) -> None:
    call.start(stage.request)
    wait_for(qtbot, lambda: showing(call) == "animated")
    stage.plugged = False
    wait_for(qtbot, lambda: call.status is not None and "unplugged" in call.status.pipeline.capture.error)
    stage.plugged = True
    wait_for(qtbot, lambda: showing(call) == "animated")


def test_a_broken_runtime_can_be_tried_again(call: Call, stage: Stage, qtbot: QtBot) -> None:
    stage.runtime_works = False
    call.start(stage.request)
    wait_for(qtbot, lambda: call.status is not None and call.status.pipeline.animate.state.value == "failed")
    assert "shell.busy_model" not in call.busy
    stage.runtime_works = True
    call.restart()
    wait_for(qtbot, lambda: showing(call) == "animated")


def test_a_missing_virtual_camera_is_told_and_the_preview_goes_on(
    call: Call, stage: Stage, qtbot: QtBot, errors: list[AvatarifyError]
) -> None:
    stage.driver_works = False
    call.start(stage.request)
    wait_for(qtbot, lambda: showing(call) == "animated")
    call.open_output()
    wait_for(qtbot, lambda: bool(errors))
    assert errors[0].hint == "Load v4l2loopback."
    assert showing(call) == "animated"


def test_passthrough_is_only_the_users_own_doing(call: Call, stage: Stage, qtbot: QtBot) -> None:
    call.start(stage.request)
    wait_for(qtbot, lambda: showing(call) == "animated")
    call.set_passthrough(True)
    wait_for(qtbot, lambda: showing(call) == "pass-through")
    call.set_passthrough(False)
    wait_for(qtbot, lambda: showing(call) == "animated")


def test_new_pictures_are_announced(call: Call, stage: Stage, qtbot: QtBot) -> None:
    told: list[int] = []
    call.avatars_changed.connect(lambda: told.append(len(told)))
    call.start(stage.request)
    wait_for(qtbot, lambda: showing(call) == "animated")
    (stage.request.folders[0] / "kofi.png").unlink()
    before, then = len(told), threading.Event()
    call.reload_avatars(then.set)
    wait_for(qtbot, then.is_set)
    assert call.live is not None
    assert [avatar.name for avatar in call.live.avatars.all] == ["ilse"]
    assert len(told) > before


def test_a_call_that_is_ending_already_is_waited_for_at_the_end(call: Call, stage: Stage, qtbot: QtBot) -> None:
    """Else the program would go while the camera is still open."""
    call.start(stage.request)
    wait_for(qtbot, lambda: call.state is CallState.RUNNING)
    live, ended = stage.lives[0], threading.Event()
    stop = live.stop

    def slowly() -> None:
        threading.Event().wait(0.03)
        stop()
        ended.set()

    live.stop = slowly  # type: ignore[method-assign]
    call.stop()
    assert call.state is CallState.STOPPING
    assert call.close(PATIENCE_S)
    assert ended.is_set()

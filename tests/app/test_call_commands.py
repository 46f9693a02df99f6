"""What a call can be told, on a live loop that only notes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.call_commands import CallCommands
from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError, CameraError
from tests.app.quiet_live import QuietLive, avatar
from tests.app.waiting import wait_for
from tests.fakes.live_status import live_status


@pytest.fixture
def live() -> QuietLive:
    return QuietLive(live_status())


@pytest.fixture
def commands(tasks: Tasks, live: QuietLive) -> CallCommands:
    commands = CallCommands(tasks)
    commands.live = live  # type: ignore[assignment]
    return commands


@pytest.fixture
def errors(commands: CallCommands) -> list[AvatarifyError]:
    """What `failed` has told."""
    heard: list[AvatarifyError] = []
    commands.failed.connect(heard.append)
    return heard


def test_each_reaches_the_live_loop_and_is_followed_by_a_snapshot(
    commands: CallCommands, live: QuietLive, errors: list[AvatarifyError], qtbot: QtBot
) -> None:
    commands.show_avatar(2)
    commands.next_avatar(-1)
    commands.calibrate()
    commands.change_camera("1")
    commands.change_engine(Path("other.safetensors"))
    commands.open_output()
    commands.close_output()
    assert commands.status is None
    wait_for(qtbot, lambda: commands.status is live.status_now)
    assert live.told == [
        ("show_avatar", 2),
        ("next_avatar", -1),
        ("calibrate",),
        ("change_camera", "1"),
        ("change_engine", Path("other.safetensors")),
        ("open_output",),
        ("close_output",),
    ]
    assert not errors


def test_what_fails_is_told_after_the_snapshot(
    commands: CallCommands, live: QuietLive, errors: list[AvatarifyError], qtbot: QtBot
) -> None:
    live.failure = CameraError("There is no camera 7.", "Plug it in.")
    order: list[str] = []
    commands.failed.connect(lambda _: order.append("failed"))
    commands.change_camera("7")
    commands.changed.connect(lambda: order.append("changed"))
    wait_for(qtbot, lambda: bool(errors))
    assert errors == [live.failure]
    assert order == ["changed", "failed"]


def test_what_is_refused_at_once_is_told_at_once(
    commands: CallCommands, live: QuietLive, errors: list[AvatarifyError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise CameraError("A camera has no such name.", "")

    monkeypatch.setattr(live, "change_camera", refuse)
    commands.change_camera("?")
    assert [error.message for error in errors] == ["A camera has no such name."]


def test_without_a_call_they_say_so(commands: CallCommands, errors: list[AvatarifyError]) -> None:
    commands.live = None
    told = (commands.calibrate, commands.next_avatar, commands.toggle_pause, commands.reload_avatars)
    for command in told:
        command()
    commands.set_passthrough(True)
    assert {error.message for error in errors} == {"The camera is not running yet."}
    assert len(errors) == len(told) + 1


def test_avatars_are_announced_when_they_are_others(commands: CallCommands, live: QuietLive, qtbot: QtBot) -> None:
    commands.look()
    with qtbot.assertNotEmitted(commands.avatars_changed):
        commands.look()
    live.avatars.all = (avatar("zoe", 1),)
    with qtbot.waitSignal(commands.avatars_changed, timeout=1000):
        commands.look()

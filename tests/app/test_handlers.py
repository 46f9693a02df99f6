"""Every command does what its name says, on a call and choices that note what they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from avatarify.app.call import CallState
from avatarify.app.choices import Choices
from avatarify.app.commands.table import COMMANDS
from avatarify.app.handlers import handlers
from avatarify.app.tasks import Tasks
from avatarify.pipeline.status import StageState, StageStatus
from avatarify.preferences.preferences import Preferences
from avatarify.session import SessionStatus
from tests.fakes.live_status import live_status


class NotingCall:
    """Notes its commands."""

    def __init__(self) -> None:
        self.told: list[tuple[object, ...]] = []
        self.status = live_status()
        self.state = CallState.RUNNING

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments: self.told.append((name, *arguments))


class NotingWindows:
    """Notes which windows were asked for. Says yes to every question when `sure`."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.sure = False

    def ask_passthrough(self, then: Callable[[], None]) -> None:
        self.told.append("ask_passthrough")
        if self.sure:
            then()

    def __getattr__(self, name: str) -> Callable[[], None]:
        return lambda: self.told.append(name)


class NotingRecording:
    def __init__(self) -> None:
        self.told: list[str] = []

    def toggle(self) -> None:
        self.told.append("toggle")

    def take_still(self) -> None:
        self.told.append("take_still")


class Desk:
    """All that handlers work on."""

    def __init__(self, path: Path, tasks: Tasks) -> None:
        self.call, self.windows, self.recording = NotingCall(), NotingWindows(), NotingRecording()
        self.choices = Choices(Preferences(), path, tasks=tasks)
        self.handlers = handlers(self.call, self.choices, self.recording, self.windows)  # type: ignore[arg-type]

    def press(self, *ids: str) -> None:
        for id_ in ids:
            self.handlers[id_]()


@pytest.fixture
def desk(tmp_path: Path, tasks: Tasks) -> Desk:
    return Desk(tmp_path / "preferences.json", tasks)


def test_there_is_a_handler_for_each_command_and_no_other(desk: Desk) -> None:
    assert set(desk.handlers) == {command.id for command in COMMANDS}


CALLS = {
    "avatar.1": ("show_avatar", 1),
    "avatar.9": ("show_avatar", 9),
    "avatar.next": ("next_avatar",),
    "avatar.previous": ("next_avatar", -1),
    "avatar.reload": ("reload_avatars",),
    "calibration.take": ("calibrate",),
    "calibration.undo": ("undo_calibration",),
    "call.pause": ("toggle_pause",),
    "output.toggle": ("open_output",),
    "framing.reset": ("reset_framing",),
}


@pytest.mark.parametrize("id_", CALLS)
def test_what_goes_to_the_call(desk: Desk, id_: str) -> None:
    desk.press(id_)
    assert desk.call.told == [CALLS[id_]]


def test_a_call_that_ended_is_begun_again_first(desk: Desk) -> None:
    desk.call.state = CallState.STOPPED
    desk.press("output.toggle")
    assert desk.call.told == [("restart",)]


def test_the_virtual_camera_is_stopped_where_it_is_on(desk: Desk) -> None:
    desk.call.status = live_status(virtual_camera="Avatarify")
    desk.press("output.toggle")
    assert desk.call.told == [("close_output",)]


@pytest.mark.parametrize(("retried", "told"), [(True, "close_output"), (False, "open_output")])
def test_a_virtual_camera_in_trouble_is_given_up_or_asked_for_anew(desk: Desk, retried: bool, told: str) -> None:
    trouble = StageStatus(StageState.TROUBLE, "The driver is not loaded.", 1)
    desk.call.status = replace(live_status(output=trouble), retries_output=retried)
    desk.press("output.toggle")
    assert desk.call.told == [(told,)]


WINDOWS = {
    "avatar.import": "import_avatar",
    "view.compare": "toggle_compare",
    "view.details": "toggle_details",
    "window.settings": "open_settings",
    "window.models": "open_models",
    "window.keys": "open_keys",
    "window.first_run": "open_first_run",
    "window.mini": "toggle_mini",
    "window.log": "open_log",
    "help.keys": "toggle_help",
    "app.quit": "ask_quit",
}


@pytest.mark.parametrize("id_", WINDOWS)
def test_what_goes_to_the_windows(desk: Desk, id_: str) -> None:
    desk.press(id_)
    assert desk.windows.told == [WINDOWS[id_]]


SWITCHES = {
    "framing.lock": "framing.locked",
    "view.mirror_self": "camera.mirror_self",
    "view.mesh": "window.mesh",
    "view.blur_self": "window.blur_self",
    "output.mirror": "output.mirror",
    "calibration.search": "calibration.automatic",
}


@pytest.mark.parametrize("id_", SWITCHES)
def test_what_turns_a_switch_over_and_back(desk: Desk, id_: str) -> None:
    before = desk.choices.preferences.switch(SWITCHES[id_])
    desk.press(id_)
    assert desk.choices.preferences.switch(SWITCHES[id_]) is not before
    desk.press(id_)
    assert desk.choices.preferences == Preferences()


STEPS = {
    "framing.zoom_in": ("framing.zoom", 1.05, 2.0),
    "framing.zoom_out": ("framing.zoom", 0.952, 0.5),
    "framing.right": ("framing.shift_x", 0.03, 0.5),
    "framing.left": ("framing.shift_x", -0.03, -0.5),
    "framing.down": ("framing.shift_y", 0.03, 0.5),
    "framing.up": ("framing.shift_y", -0.03, -0.5),
    "overlay.more": ("window.overlay", 0.1, 1.0),
    "overlay.less": ("window.overlay", 0.0, 0.0),
}


@pytest.mark.parametrize("id_", STEPS)
def test_steps_add_up_and_end_at_their_limit(desk: Desk, id_: str) -> None:
    key, first, limit = STEPS[id_]
    desk.press(id_)
    assert desk.choices.preferences.number(key) == pytest.approx(first)
    desk.press(*[id_] * 60)
    assert desk.choices.preferences.number(key) == limit


def test_the_frame_is_reset_as_a_whole(desk: Desk) -> None:
    desk.press("framing.zoom_in", "framing.left", "framing.up", "framing.lock", "framing.reset")
    assert desk.choices.preferences == Preferences()


def test_an_offered_moment_is_taken_instead_of_searching(desk: Desk) -> None:
    status = live_status()
    session = SessionStatus(has_avatar=True, automatic=False, offered=0.9)
    desk.call.status = type(status)(**{**vars(status), "session": session})
    desk.press("calibration.search")
    assert desk.call.told == [("accept_offer",)]
    assert desk.choices.preferences == Preferences()


def test_the_real_camera_is_shown_only_after_a_yes(desk: Desk) -> None:
    desk.press("passthrough.toggle")
    assert desk.windows.told == ["ask_passthrough"]
    assert not desk.call.told
    desk.windows.sure = True
    desk.press("passthrough.toggle")
    assert desk.call.told == [("set_passthrough", True)]


def test_the_real_camera_is_hidden_without_a_question(desk: Desk) -> None:
    desk.call.status = live_status(passthrough=True)
    desk.press("passthrough.toggle")
    assert desk.call.told == [("set_passthrough", False)]
    assert not desk.windows.told


def test_films_and_stills(desk: Desk) -> None:
    desk.press("recording.toggle", "still.take")
    assert desk.recording.told == ["toggle", "take_still"]

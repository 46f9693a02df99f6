"""What is chosen reaches the call, which notes it; looks of the app change at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from avatarify.app.call import CallState
from avatarify.app.choices import Choices
from avatarify.app.follower import Follower
from avatarify.app.tasks import Tasks
from avatarify.app.text.text import language
from avatarify.app.theme.palette import DARK, LIGHT
from avatarify.app.theme.theme import current
from avatarify.paths import EMBEDDED_MODEL
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.setting import Value
from tests.app.quiet_live import QuietLive
from tests.app.waiting import wait_for
from tests.fakes.live_status import live_status


class NotingCall(QObject):
    """Runs as far as a follower can see, and notes its commands."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self.live: QuietLive | None = QuietLive(live_status())
        self.status = live_status()
        self.state = CallState.RUNNING
        self.told: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments, **named: self.told.append((name, *arguments, *named.items()))


class Desk:
    def __init__(self, tasks: Tasks, path: Path) -> None:
        self.call = NotingCall(tasks)
        self.choices = Choices(Preferences(), path, tasks=tasks)
        self.restarts: list[int] = []
        self.follower = Follower(
            self.call,  # type: ignore[arg-type]
            self.choices,
            restart=lambda: self.restarts.append(1),
        )
        self.waits: list[str] = []
        self.follower.waits.connect(self.waits.append)


@pytest.fixture
def desk(tasks: Tasks, tmp_path: Path) -> Desk:
    return Desk(tasks, tmp_path / "preferences.json")


@pytest.mark.parametrize(
    ("key", "value"),
    [("framing.zoom", 1.5), ("motion.strength", 0.5), ("comfort.smooth", False), ("calibration.automatic", False)],
)
def test_settings_of_the_engine_are_told_as_a_whole(desk: Desk, key: str, value: Value) -> None:
    desk.choices.set(key, value)
    assert desk.call.told == [("change_settings", desk.choices.preferences.settings())]


def test_look_and_pace(desk: Desk) -> None:
    desk.choices.set("output.ground", "plain")
    name, look = desk.call.told[0]
    assert (name, getattr(look, "ground").value) == ("change_look", "plain")  # noqa: B009 - it is an object to mypy
    desk.choices.set("engine.fps_cap", 20)
    assert desk.call.told[1] == ("change_pace", ("governor", True), ("fps_cap", 20.0))


def test_what_was_typed_at_the_start_holds_beside_what_is_chosen(tasks: Tasks, tmp_path: Path) -> None:
    call, choices = NotingCall(tasks), Choices(Preferences(), tmp_path / "preferences.json", tasks=tasks)
    follower = Follower(
        call,  # type: ignore[arg-type]
        choices,
        restart=lambda: None,
        typed=lambda chosen: chosen.with_value("output.mirror", True),
    )
    choices.set("output.ground", "plain")
    _, look = call.told[0]
    assert getattr(look, "mirror") is True  # noqa: B009 - it is an object to mypy
    assert choices.preferences.switch("output.mirror") is False, "and is not kept"
    follower.deleteLater()


def test_another_camera_and_another_model_are_looked_up_first(desk: Desk, qtbot: QtBot) -> None:
    desk.choices.set("camera.device", "synthetic")
    wait_for(qtbot, lambda: bool(desk.call.told))
    assert desk.call.told == [("change_camera", "synthetic")]
    desk.choices.set("engine.runtime", "eager")
    wait_for(qtbot, lambda: len(desk.call.told) == 2)
    wanted = ("change_engine", EMBEDDED_MODEL, ("runtime", "eager"), ("device", "auto"), ("precision", "auto"))
    assert desk.call.told[1] == wanted


def test_a_model_that_is_not_there_is_told(desk: Desk, qtbot: QtBot) -> None:
    failed: list[object] = []
    desk.call.failed.connect(failed.append)
    desk.choices.set("engine.model", "nothing-of-the-kind")
    wait_for(qtbot, lambda: bool(failed))
    assert not desk.call.told


def test_what_is_fixed_during_a_call_begins_a_new_one_unless_others_look(desk: Desk) -> None:
    desk.choices.set("output.size", "640x480")
    assert desk.restarts == [1]
    desk.call.status = live_status(virtual_camera="Avatarify")
    desk.choices.set("engine.portrait_size", 256)
    assert desk.restarts == [1]
    assert desk.waits == ["engine.portrait_size"]


def test_without_a_call_nothing_is_told(desk: Desk) -> None:
    desk.call.live = None
    desk.choices.set("framing.zoom", 1.5)
    desk.choices.set("output.size", "640x480")
    assert not desk.call.told
    assert not desk.restarts


def test_what_was_chosen_while_the_call_started_is_told_when_it_runs(desk: Desk, qtbot: QtBot) -> None:
    desk.call.changed.emit()
    assert desk.call.told == [], "it was asked for just so"
    desk.call.live, desk.call.state = None, CallState.STARTING
    desk.call.changed.emit()
    desk.choices.set("framing.zoom", 1.5)
    desk.choices.set("camera.device", "synthetic")
    assert desk.call.told == []
    desk.call.live, desk.call.state = QuietLive(live_status()), CallState.RUNNING
    desk.call.changed.emit()
    wait_for(qtbot, lambda: len(desk.call.told) == 2)
    assert desk.call.told == [
        ("change_settings", desk.choices.preferences.settings()),
        ("change_camera", "synthetic"),
    ]
    desk.call.changed.emit()
    assert len(desk.call.told) == 2, "once"


def test_what_was_chosen_before_a_start_that_failed_is_not_told_to_the_next_call(desk: Desk) -> None:
    desk.call.live, desk.call.state = None, CallState.STARTING
    desk.choices.set("engine.fps_cap", 20)
    desk.call.state = CallState.STOPPED
    desk.call.changed.emit()
    desk.call.live, desk.call.state = QuietLive(live_status()), CallState.RUNNING
    desk.call.changed.emit()
    assert desk.call.told == [], "it was asked for so"


def test_the_avatar_that_was_shown_last_is_kept(desk: Desk) -> None:
    desk.call.changed.emit()
    assert desk.choices.preferences.text("avatars.last") == "ada"


def test_colours_change_at_once(desk: Desk, qapp: QApplication) -> None:
    desk.choices.set("window.theme", "dark")
    assert current() == DARK
    desk.choices.set("window.theme", "light")
    assert current() == LIGHT


def test_another_language_and_other_keys_are_announced(desk: Desk) -> None:
    heard: list[str] = []
    desk.follower.words_changed.connect(lambda: heard.append(language()))
    desk.follower.keys_changed.connect(lambda: heard.append("keys"))
    desk.choices.set("window.language", "de")
    desk.choices.set("keys.preset", "desktop")
    desk.choices.set("window.language", "en")  # Qt's own words, too
    assert heard == ["de", "keys", "en"]


def test_an_engine_is_made_anew_only_for_the_model_that_runs(desk: Desk, qtbot: QtBot) -> None:
    desk.follower.renew_engine(Path("/models/another.safetensors"))
    assert desk.call.told == []
    desk.follower.renew_engine(desk.call.status.model)
    wait_for(qtbot, lambda: desk.call.told)
    assert desk.call.told[0][:2] == ("change_engine", EMBEDDED_MODEL)


def test_who_has_chosen_a_precision_keeps_the_engine(desk: Desk, qtbot: QtBot) -> None:
    desk.choices.set("engine.precision", "float32")
    wait_for(qtbot, lambda: desk.call.told and desk.call.tasks.under_way == 0)
    desk.follower.renew_engine(desk.call.status.model)
    assert desk.call.tasks.under_way == 0, "nothing begins"

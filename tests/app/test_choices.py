"""What the user chooses: told to windows, checked, and written after a while."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.choices import Choices
from avatarify.app.tasks import Tasks
from avatarify.errors import AvatarifyError, SettingsError
from avatarify.preferences.file import load
from avatarify.preferences.preferences import Preferences
from tests.app.waiting import wait_for


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "preferences.json"


def test_windows_hear_which_keys_are_another(path: Path, tasks: Tasks) -> None:
    choices, heard = Choices(Preferences(), path, tasks=tasks), []
    choices.changed.connect(heard.append)
    choices.set("framing.zoom", 1.5)
    choices.set("framing.zoom", 1.5)
    choices.toggle("window.mesh")
    choices.take(choices.preferences.with_values((("window.mesh", False), ("framing.zoom", 1.0))))
    assert heard == [("framing.zoom",), ("window.mesh",), ("framing.zoom", "window.mesh")]


def test_a_value_that_cannot_be_changes_nothing(path: Path, tasks: Tasks) -> None:
    choices = Choices(Preferences(), path, tasks=tasks)
    with pytest.raises(SettingsError):
        choices.set("framing.zoom", 9.0)
    with pytest.raises(SettingsError):
        choices.toggle("framing.zoom")
    assert choices.preferences == Preferences()


def test_it_is_written_after_a_while_by_itself(path: Path, tasks: Tasks, qtbot: QtBot) -> None:
    choices = Choices(Preferences(), path, tasks=tasks)
    choices.set("framing.zoom", 1.5)
    assert not path.exists(), "not at each step of a slider"
    wait_for(qtbot, path.exists)
    assert load(path).preferences == choices.preferences


def test_at_the_end_it_is_written_at_once_and_only_if_new(path: Path, tasks: Tasks) -> None:
    choices = Choices(Preferences(), path, tasks=tasks)
    choices.flush()
    assert not path.exists()
    choices.set("framing.zoom", 1.5)
    choices.flush()
    assert load(path).preferences == choices.preferences


def test_a_disk_that_refuses_is_told_and_the_choice_holds(path: Path, tasks: Tasks, qtbot: QtBot) -> None:
    path.parent.write_text("a file where the folder should be")
    choices, failed = Choices(Preferences(), path, tasks=tasks), []
    choices.failed.connect(failed.append)
    choices.set("framing.zoom", 1.5)
    wait_for(qtbot, lambda: bool(failed))
    assert isinstance(failed[0], AvatarifyError)
    assert choices.preferences.number("framing.zoom") == 1.5
    with pytest.raises(AvatarifyError):
        choices.flush()

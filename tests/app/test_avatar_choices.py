"""Each avatar gets back the framing and smoothing that it was left with."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from avatarify.app import avatar_choices
from avatarify.app.avatar_choices import AvatarChoices
from avatarify.app.choices import Choices
from avatarify.app.tasks import Tasks
from avatarify.errors import SettingsError
from avatarify.preferences.avatar_memory import AvatarMemory
from avatarify.preferences.preferences import Preferences


class OneAvatarCall(QObject):
    """Stands where a Call is expected: it only says which avatar is shown."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.status: SimpleNamespace | None = None

    def show_avatar(self, name: str | None) -> None:
        self.status = SimpleNamespace(avatar=name)
        self.changed.emit()


class Desk:
    """A call, the choices, and what is remembered of avatars."""

    def __init__(self, tasks: Tasks, folder: Path) -> None:
        self.path = folder / "avatar-settings.json"
        self.call = OneAvatarCall()
        self.choices = Choices(Preferences(), folder / "preferences.json", tasks=tasks)
        self.remembering = AvatarChoices(
            self.call,  # type: ignore[arg-type]
            self.choices,
            AvatarMemory(self.path),
            tasks=tasks,
        )

    def zoom(self) -> float:
        return self.choices.preferences.number("framing.zoom")


@pytest.fixture
def desk(tasks: Tasks, tmp_path: Path) -> Desk:
    return Desk(tasks, tmp_path)


def test_each_avatar_comes_back_as_it_was_left(desk: Desk) -> None:
    desk.call.show_avatar("ilse")
    desk.choices.set("framing.zoom", 1.5)
    desk.call.show_avatar("bruno")
    assert desk.zoom() == 1.5, "one that was never set takes what holds"
    desk.choices.set("framing.zoom", 0.75)
    desk.call.show_avatar("ilse")
    assert desk.zoom() == 1.5
    desk.call.show_avatar("bruno")
    assert desk.zoom() == 0.75


def test_it_is_there_again_on_another_day(desk: Desk, tasks: Tasks, tmp_path: Path) -> None:
    desk.call.show_avatar("ilse")
    desk.choices.set("comfort.smooth", False)
    desk.remembering.flush()
    again = Desk(tasks, tmp_path)
    again.call.show_avatar("ilse")
    assert not again.choices.preferences.switch("comfort.smooth")


def test_other_settings_belong_to_all(desk: Desk) -> None:
    desk.call.show_avatar("ilse")
    desk.choices.set("output.mirror", True)
    desk.call.show_avatar("bruno")
    desk.choices.set("output.mirror", False)
    desk.call.show_avatar("ilse")
    assert not desk.choices.preferences.switch("output.mirror")
    desk.remembering.flush()
    assert not desk.path.exists()


def test_switched_off_nothing_is_remembered_or_recalled(desk: Desk) -> None:
    desk.call.show_avatar("ilse")
    desk.choices.set("framing.zoom", 1.5)
    desk.choices.set("avatars.remember", False)
    desk.call.show_avatar("bruno")
    desk.choices.set("framing.zoom", 0.75)
    desk.call.show_avatar("ilse")
    assert desk.zoom() == 0.75


def test_without_an_avatar_nothing_is_kept(desk: Desk) -> None:
    desk.call.changed.emit()
    desk.choices.set("framing.zoom", 1.5)
    desk.call.show_avatar(None)
    desk.remembering.flush()
    assert not desk.path.exists()


def test_it_is_written_by_itself(desk: Desk, qtbot: QtBot) -> None:
    desk.remembering._keeping.after_ms = 1
    desk.call.show_avatar("ilse")
    desk.choices.set("framing.zoom", 1.5)
    qtbot.waitUntil(lambda: AvatarMemory(desk.path).entries() != (), timeout=2000)
    qtbot.waitUntil(lambda: not desk.remembering._keeping.pending, timeout=2000)


def test_a_removed_avatar_is_forgotten(desk: Desk) -> None:
    desk.call.show_avatar("ilse")
    desk.choices.set("framing.zoom", 1.5)
    desk.remembering.flush()
    desk.remembering.forget("ilse")
    desk.remembering.flush()
    assert AvatarMemory(desk.path).entries() == ()


def test_one_that_comes_back_is_as_it_was_left(desk: Desk) -> None:
    desk.call.show_avatar("ilse")
    desk.choices.set("framing.zoom", 1.5)
    desk.remembering.forget("ilse")
    desk.remembering.bring_back("ilse")
    desk.remembering.bring_back("bruno")
    desk.call.show_avatar("bruno")
    desk.choices.set("framing.zoom", 0.75)
    desk.call.show_avatar("ilse")
    assert desk.zoom() == 1.5


def test_another_one_of_a_removed_name_begins_anew(desk: Desk) -> None:
    desk.call.show_avatar("ilse")
    desk.choices.set("framing.zoom", 1.5)
    desk.remembering.forget("ilse")
    desk.call.show_avatar("bruno")
    desk.choices.set("framing.zoom", 0.75)
    desk.call.show_avatar("ilse")
    assert desk.zoom() == 0.75, "what holds"


def test_a_new_name_takes_along_what_was_chosen(desk: Desk) -> None:
    desk.call.show_avatar("ilse")
    desk.choices.set("framing.zoom", 1.5)
    desk.remembering.rename("ilse", "ilsebill")
    desk.choices.set("comfort.smooth", False)
    desk.remembering.flush()
    [(name, values)] = AvatarMemory(desk.path).entries()
    assert name == "ilsebill"
    assert dict(values)["comfort.smooth"] is False


def test_a_full_disk_is_told_and_nothing_is_lost(desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise SettingsError("The settings of avatars cannot be saved.", "Free some disk space.")

    write = avatar_choices.write_entries
    monkeypatch.setattr(avatar_choices, "write_entries", full)
    desk.remembering._keeping.after_ms = 1
    desk.call.show_avatar("ilse")
    with qtbot.waitSignal(desk.remembering.failed, timeout=2000) as told:
        desk.choices.set("framing.zoom", 1.5)
    assert "cannot be saved" in str(told.args[0])
    with pytest.raises(SettingsError):
        desk.remembering.flush()
    monkeypatch.setattr(avatar_choices, "write_entries", write)
    desk.remembering.flush()
    assert [name for name, _ in AvatarMemory(desk.path).entries()] == ["ilse"]

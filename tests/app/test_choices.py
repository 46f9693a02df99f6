"""What the user has chosen is told to every window and kept on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avatarify.app.choices import Choices
from avatarify.app.tasks import Tasks
from avatarify.errors import SettingsError
from avatarify.preferences.file import load
from avatarify.preferences.preferences import Preferences


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "preferences.json"


@pytest.fixture
def choices(tasks: Tasks, path: Path) -> Choices:
    return Choices(Preferences(), path, tasks=tasks)


def test_a_change_is_told_once_with_its_keys(choices: Choices) -> None:
    told: list[tuple[str, ...]] = []
    choices.changed.connect(told.append)
    choices.set("output.mirror", True)
    choices.set("output.mirror", True)
    choices.toggle("output.mirror")
    choices.take(Preferences([("motion.strength", 0.5), ("window.theme", "dark")]))
    assert told == [("output.mirror",), ("output.mirror",), ("motion.strength", "window.theme")]
    assert choices.preferences == Preferences([("motion.strength", 0.5), ("window.theme", "dark")])


def test_who_hears_of_a_change_sees_it(choices: Choices) -> None:
    seen: list[bool] = []
    choices.changed.connect(lambda _: seen.append(choices.preferences.switch("output.mirror")))
    choices.toggle("output.mirror")
    assert seen == [True]


def test_what_cannot_be_is_refused_and_nothing_is_told(choices: Choices, path: Path) -> None:
    told: list[tuple[str, ...]] = []
    choices.changed.connect(told.append)
    with pytest.raises(SettingsError, match=r"motion\.strength is 3"):
        choices.set("motion.strength", 3.0)
    with pytest.raises(SettingsError, match="no bool"):
        choices.toggle("motion.strength")
    choices.flush()
    assert told == []
    assert not path.exists()


def test_it_is_on_disk_soon_and_at_the_end(choices: Choices, path: Path, qtbot: QtBot) -> None:
    choices._keeping.after_ms = 1
    choices.set("output.mirror", True)
    qtbot.waitUntil(lambda: load(path).preferences.switch("output.mirror"), timeout=2000)
    choices._keeping.after_ms = 60_000
    choices.set("motion.strength", 0.5)
    choices.flush()
    assert load(path).preferences == choices.preferences


def test_a_disk_that_cannot_be_written_is_told_and_the_choice_holds(tasks: Tasks, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "file").write_text("")
    choices = Choices(Preferences(), tmp_path / "file" / "preferences.json", tasks=tasks)
    choices._keeping.after_ms = 1
    with qtbot.waitSignal(choices.failed, timeout=2000) as told:
        choices.set("output.mirror", True)
    assert "cannot be saved" in str(told.args[0])
    assert choices.preferences.switch("output.mirror")
    with pytest.raises(SettingsError, match="cannot be saved"):
        choices.flush()

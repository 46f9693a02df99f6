"""The entry in the menu of a desktop: readable, with an icon that exists, and a command that starts the program."""

from __future__ import annotations

import argparse
import configparser
import sys
from pathlib import Path

import pytest

from avatarify.app.desktop_entry import APP_ID, applications_folder, entry_text, install_entry, start_command
from avatarify.cli.app import add_arguments, run
from avatarify.errors import AvatarifyError


def read(text: str) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    assert parser.sections() == ["Desktop Entry"]
    return parser["Desktop Entry"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such files")
def test_written_whole_and_again(tmp_path: Path) -> None:
    path = install_entry(tmp_path / "applications")
    assert path.name == f"{APP_ID}.desktop"
    entry = read(path.read_text(encoding="utf-8"))
    assert Path(entry["Icon"]).is_file()
    assert entry["StartupWMClass"] == "avatarify"
    assert entry["Exec"].startswith(f'"{sys.executable}"')
    assert entry["Exec"].endswith('"app"')
    assert install_entry(path.parent) == path
    assert list(path.parent.iterdir()) == [path]


def test_awkward_paths_are_quoted() -> None:
    text = entry_text(("/opt/my $app/100%/run", 'say "hi"', "a\\b"), Path("/icons/a\\b.png"))
    entry = read(text)
    assert entry["Exec"] == r'"/opt/my \\$app/100%%/run" "say \\"hi\\"" "a\\\\b"'
    assert entry["Icon"] == r"/icons/a\\b.png"


def test_command_starts_this_program() -> None:
    python, script, verb = start_command()
    assert (python, verb) == (sys.executable, "app")
    assert Path(script).name == "run.py"


def test_user_s_own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert applications_folder() == tmp_path / "applications"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert applications_folder() == Path.home() / ".local/share/applications"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such files")
def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "applications").write_text("a file")
    with pytest.raises(AvatarifyError, match="cannot be written"):
        install_entry(tmp_path / "applications")


def test_other_systems_have_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(AvatarifyError, match="not win32"):
        install_entry(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such files")
def test_verb_writes_it_and_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert run(parser.parse_args(["--add-to-menu"])) == 0
    path = tmp_path / "applications" / f"{APP_ID}.desktop"
    assert path.is_file()
    assert str(path) in capsys.readouterr().out

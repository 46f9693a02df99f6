"""The table of all commands is whole: names, groups, icons, keys without a clash."""

from __future__ import annotations

import subprocess
import sys

import pytest

from avatarify.app.commands.chord import Chord
from avatarify.app.commands.keymap import PRESETS, KeyMap
from avatarify.app.commands.rules import Scope
from avatarify.app.commands.table import COMMANDS, GROUPS, command, known
from avatarify.app.text.text import languages, set_language
from avatarify.app.theme.icons import FOLDER
from avatarify.paths import PROJECT

CLASSIC = {
    **{str(number): f"avatar.{number}" for number in range(1, 10)},
    "0": "passthrough.toggle",
    "A": "avatar.previous",
    "D": "avatar.next",
    "W": "framing.zoom_in",
    "S": "framing.zoom_out",
    "U": "framing.up",
    "H": "framing.left",
    "J": "framing.down",
    "K": "framing.right",
    "Shift+Z": "framing.reset",
    "X": "calibration.take",
    "Z": "overlay.less",
    "C": "overlay.more",
    "F": "calibration.search",
    "R": "view.mirror_self",
    "T": "output.mirror",
    "L": "avatar.reload",
    "I": "view.details",
    "O": "view.mesh",
    "Esc": "app.quit",
}
"""What users of avatarify have in their fingers."""


def test_the_classic_preset_is_what_users_know() -> None:
    keymap = KeyMap(Scope.WINDOW, "classic")
    assert {key: keymap.holder(Chord.parse(key)) for key in CLASSIC} == CLASSIC


@pytest.mark.parametrize("keymap", [*(KeyMap(Scope.WINDOW, preset) for preset in PRESETS), KeyMap(Scope.GLOBAL)])
def test_no_default_clashes_and_each_can_work(keymap: KeyMap) -> None:
    held = [chord for entry in COMMANDS if (chord := keymap.default(entry.id)) is not None]
    assert len(held) == len(set(held)) > 10
    assert [str(chord) for chord in held if keymap.refusal(chord) is not None] == []


def test_ids_groups_and_icons_are_there() -> None:
    ids = [entry.id for entry in COMMANDS]
    assert len(ids) == len(set(ids))
    assert {entry.group for entry in COMMANDS} == {group.id for group in GROUPS}
    assert [entry.icon for entry in COMMANDS if entry.icon and not (FOLDER / f"{entry.icon}.svg").is_file()] == []
    assert command("avatar.3").label == "Avatar 3"
    assert known("app.quit")
    assert not known("app.explode")


def test_names_are_told_apart_in_every_language() -> None:
    try:
        for language in languages():
            set_language(language.code)
            labels = [entry.label for entry in COMMANDS]
            assert len(labels) == len(set(labels))
    finally:
        set_language("en")


def test_what_only_the_window_can_show_has_no_global_key() -> None:
    assert [entry.id for entry in COMMANDS if entry.window_only and entry.global_default is not None] == []
    assert command("passthrough.toggle").window_only, "the real camera is never shown by a key that was meant for Zoom"


def test_the_command_line_may_read_the_table_without_qt() -> None:
    code = "import sys, avatarify.app.commands.keymap; print(sorted({'PySide6', 'torch', 'numpy'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"

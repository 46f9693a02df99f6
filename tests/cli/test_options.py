"""Options are made from the schema, and say what the schema says."""

from __future__ import annotations

import argparse

import pytest

from avatarify.cli.options import add_setting_options, chosen, keys_of_groups
from avatarify.errors import SettingsError
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.schema import SETTINGS

ALL = tuple(setting.key for setting in SETTINGS if setting.cli)


def reader(*, with_defaults: bool = False) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    add_setting_options(parser, ALL, with_defaults=with_defaults)
    return parser


def read(*typed: str, preferences: Preferences | None = None) -> Preferences:
    return chosen(reader().parse_args(typed), ALL, preferences or Preferences())


def test_nothing_typed_changes_nothing() -> None:
    before = Preferences([("output.mirror", True), ("motion.strength", 0.5)])
    assert read(preferences=before) == before


def test_each_kind_of_option_arrives() -> None:
    typed = [
        "--mirror",
        "--no-badge",
        "--strength",
        "1.5",
        "--portrait-size",
        "256",
        "--ground",
        "fill",
        "--camera",
        "2",
    ]
    assert read(*typed).changed() == (
        "camera.device",
        "motion.strength",
        "output.ground",
        "output.mirror",
        "output.badge",
        "engine.portrait_size",
    )
    assert read(*typed).text("camera.device") == "2"


def test_the_last_of_a_pair_counts_and_both_override() -> None:
    mirrored = Preferences([("output.mirror", True)])
    assert not read("--no-mirror", preferences=mirrored).switch("output.mirror")
    assert read("--no-mirror", "--mirror").switch("output.mirror")
    assert not read("--absolute").switch("motion.relative")


def test_defaults_are_there_for_verbs_that_ask_for_them() -> None:
    arguments = reader(with_defaults=True).parse_args([])
    assert (arguments.model, arguments.runtime, arguments.strength) == ("lite", "auto", 1.0)
    assert reader().parse_args([]).model is None


def test_what_is_out_of_range_is_told_by_the_option() -> None:
    with pytest.raises(SettingsError, match=r"--fps-cap is 1\. Choose a value from 5 to 60"):
        read("--fps-cap", "1")


def test_help_has_range_and_default() -> None:
    told = " ".join(reader().format_help().split())
    assert "--strength X" in told
    assert "[0 to 2, default 1]" in told
    assert "[default --no-mirror]" in told
    assert "{blur,plain,fill}" in told


def test_a_group_gives_its_keys_that_the_command_line_has() -> None:
    assert keys_of_groups("camera") == ("camera.device",)
    assert keys_of_groups("window") == ()

"""The schema is whole, and agrees with the settings that the engine takes."""

from __future__ import annotations

import dataclasses
import math

import pytest

from avatarify.errors import SettingsError
from avatarify.preferences.schema import GROUPS, OF_EACH_AVATAR, SETTINGS, find_setting
from avatarify.preferences.setting import Kind, Setting
from avatarify.settings import CalibrationSettings, ComfortSettings, FramingSettings, MotionSettings, Settings

TREE = {
    "motion": MotionSettings,
    "comfort": ComfortSettings,
    "framing": FramingSettings,
    "calibration": CalibrationSettings,
}
NUMBERS = [setting for setting in SETTINGS if setting.group in TREE and setting.kind is Kind.NUMBER]


def named(setting: Setting) -> str:
    return setting.key


def test_the_tree_and_the_schema_have_the_same_settings_and_defaults() -> None:
    tree = {
        f"{group}.{field.name}": getattr(getattr(Settings(), group), field.name)
        for group, kind in TREE.items()
        for field in dataclasses.fields(kind)
    }
    assert tree == {setting.key: setting.default for setting in SETTINGS if setting.group in TREE}


@pytest.mark.parametrize("setting", NUMBERS, ids=named)
def test_the_ends_of_a_range_are_those_of_the_tree(setting: Setting) -> None:
    kind, name = TREE[setting.group], setting.key.partition(".")[2]
    assert setting.low is not None
    assert setting.high is not None
    for end, beyond in ((setting.low, -math.inf), (setting.high, math.inf)):
        kind(**{name: end})
        assert setting.check(end) == end
        for outside in (math.nextafter(end, beyond), end + math.copysign(setting.step, beyond)):
            with pytest.raises(SettingsError):
                kind(**{name: outside})
            with pytest.raises(SettingsError):
                setting.check(outside)


@pytest.mark.parametrize("setting", SETTINGS, ids=named)
def test_a_setting_is_whole(setting: Setting) -> None:
    assert setting.check(setting.default) == setting.default
    assert setting.label
    assert not setting.label.endswith(".")
    assert setting.note.endswith(".")
    assert setting.group in {group.name for group in GROUPS} or not setting.shown
    numeric = setting.kind in (Kind.NUMBER, Kind.WHOLE)
    assert numeric == (setting.low is not None) == (setting.high is not None) == (setting.step > 0)
    assert not setting.choices or setting.kind in (Kind.CHOICE, Kind.TEXT)
    assert setting.choices or setting.kind is not Kind.CHOICE
    assert len({choice.value for choice in setting.choices}) == len(setting.choices)
    assert not setting.needs or find_setting(setting.needs).kind is Kind.SWITCH
    if setting.cli:
        assert len(setting.options) == (2 if setting.kind is Kind.SWITCH else 1)
        assert all(option.startswith("--") for option in setting.options)


def test_no_key_and_no_option_is_there_twice() -> None:
    keys = [setting.key for setting in SETTINGS]
    options = [option for setting in SETTINGS for option in setting.options]
    assert len(set(keys)) == len(keys)
    assert len(set(options)) == len(options)


def test_every_page_has_something_to_show_and_groups_lie_together() -> None:
    shown = [setting.group for setting in SETTINGS if setting.shown]
    assert list(dict.fromkeys(shown)) == [group.name for group in GROUPS]
    assert shown == sorted(shown, key=[group.name for group in GROUPS].index)


def test_what_each_avatar_keeps_is_in_the_schema() -> None:
    assert [find_setting(key).key for key in OF_EACH_AVATAR] == list(OF_EACH_AVATAR)


def test_an_unknown_key_is_told_with_its_neighbours() -> None:
    with pytest.raises(SettingsError, match=r"no setting 'motion.speed'.*motion.strength"):
        find_setting("motion.speed")
    with pytest.raises(SettingsError, match=r"no setting 'speed'.*motion"):
        find_setting("speed")

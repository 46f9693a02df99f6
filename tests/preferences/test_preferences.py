"""Preferences are a value in which everything is valid, and which makes what the engine takes."""

from __future__ import annotations

import pytest

from avatarify.errors import SettingsError
from avatarify.preferences.preferences import Preferences
from avatarify.preferences.schema import SETTINGS
from avatarify.preferences.setting import Binding, Kind, Setting, Value
from avatarify.settings import Settings


def another(setting: Setting) -> Value:
    """A valid value that is not the default."""
    if setting.kind is Kind.SWITCH:
        return not setting.default
    if setting.kind is Kind.CHOICE:
        return setting.choices[-1].value
    if setting.kind is Kind.TEXT:
        return "another"
    if setting.kind is Kind.BINDINGS:
        return (Binding("call.pause", "Ctrl+P"),)
    assert setting.low is not None
    assert setting.high is not None
    low, high = setting.low, setting.high
    return int(low) if setting.kind is Kind.WHOLE else low + (high - low) / 4


def test_at_first_all_is_default() -> None:
    assert Preferences().changed() == ()
    assert Preferences().settings() == Settings()
    assert {setting.key: Preferences().get(setting.key) for setting in SETTINGS} == {
        setting.key: setting.default for setting in SETTINGS
    }


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_one_value_changes_and_goes_back(setting: Setting) -> None:
    changed = Preferences().with_value(setting.key, another(setting))
    assert changed.get(setting.key) == another(setting) != setting.default
    assert changed.changed() == (setting.key,)
    assert changed != Preferences()
    assert changed.with_default(setting.key) == Preferences()
    assert hash(changed.with_default(setting.key)) == hash(Preferences())


def test_every_setting_of_the_tree_arrives_in_it() -> None:
    tree = ("motion", "comfort", "framing", "calibration")
    ours = [setting for setting in SETTINGS if setting.group in tree]
    settings = Preferences((setting.key, another(setting)) for setting in ours).settings()
    for setting in ours:
        group, name = setting.key.split(".")
        assert getattr(getattr(settings, group), name) == another(setting), setting.key


def test_values_come_by_their_kind() -> None:
    preferences = Preferences([("keys.bindings", (Binding("app.quit", ""),))])
    assert preferences.switch("output.badge") is True
    assert preferences.number("motion.strength") == 1.0
    assert preferences.whole("engine.portrait_size") == 512
    assert preferences.text("output.ground") == "blur"
    assert preferences.bindings("keys.bindings") == (Binding("app.quit", ""),)
    with pytest.raises(SettingsError, match="no float"):
        preferences.number("output.badge")
    with pytest.raises(SettingsError, match="no int"):
        preferences.whole("output.badge")


def test_a_refused_value_changes_nothing() -> None:
    before = Preferences()
    with pytest.raises(SettingsError, match=r"motion.strength is 3"):
        before.with_values([("output.mirror", True), ("motion.strength", 3.0)])
    assert before == Preferences()
    with pytest.raises(SettingsError, match="no setting"):
        before.with_value("motion.speed", 1)
    with pytest.raises(SettingsError, match="no setting"):
        before.get("motion.speed")


def test_what_differs_from_another_is_named_in_order() -> None:
    one = Preferences([("output.mirror", True), ("motion.strength", 0.5)])
    other = Preferences([("motion.strength", 0.5), ("window.theme", "dark")])
    assert one.differing(other) == ("output.mirror", "window.theme")


def test_it_is_shown_by_what_differs() -> None:
    assert repr(Preferences()) == "Preferences(all defaults)"
    assert repr(Preferences([("output.mirror", True)])) == "Preferences(output.mirror=True)"

"""Every value passes the same door, and what does not fit is told with its range."""

from __future__ import annotations

import re

import pytest

from avatarify.errors import SettingsError
from avatarify.preferences.schema import find_setting
from avatarify.preferences.setting import Binding, Value


@pytest.mark.parametrize(
    ("key", "given", "kept"),
    [
        ("output.mirror", True, True),
        ("motion.strength", 2, 2.0),
        ("engine.portrait_size", 300, 300),
        ("output.ground", "fill", "fill"),
        ("camera.device", "Café cam", "Café cam"),
        ("keys.bindings", (Binding("call.pause", "P"), Binding("app.quit", "")), None),
    ],
)
def test_what_fits_is_kept(key: str, given: Value, kept: Value | None) -> None:
    found = find_setting(key).check(given)
    assert found == (given if kept is None else kept)
    assert type(found) is type(kept if kept is not None else given)


@pytest.mark.parametrize(
    ("key", "given", "told"),
    [
        ("output.mirror", 1, "output.mirror is 1"),
        ("output.mirror", "yes", "true or false"),
        ("motion.strength", "1", "no number"),
        ("motion.strength", True, "no number"),
        ("motion.strength", 2.1, "from 0 to 2"),
        ("motion.strength", float("nan"), "motion.strength is nan"),
        ("engine.portrait_size", 300.5, "whole number"),
        ("engine.portrait_size", 64, "from 128 to 1024"),
        ("output.ground", "stripes", "Choose one of: blur, plain, fill"),
        ("output.ground", 3, "no text"),
        ("camera.device", "two\nlines", "one line"),
        ("camera.device", "x" * 1001, "1000"),
        ("keys.bindings", ("call.pause",), "an entry 'call.pause'"),
        ("keys.bindings", (Binding("a", "X"), Binding("a", "Y")), "twice"),
        ("keys.bindings", (Binding("", "X"),), "none"),
        ("keys.bindings", (Binding("a", 5),), "no text"),  # type: ignore[arg-type]
    ],
)
def test_what_does_not_fit_is_refused(key: str, given: object, told: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(told)):
        find_setting(key).check(given)


def test_an_error_names_the_setting_as_it_was_asked_for() -> None:
    with pytest.raises(SettingsError, match=r"^--portrait-size is 64"):
        find_setting("engine.portrait_size").check(64, name="--portrait-size")


def test_options_of_the_command_line() -> None:
    assert find_setting("output.mirror").options == ("--mirror", "--no-mirror")
    assert find_setting("engine.model").options == ("--model",)
    assert find_setting("engine.model").metavar == "NAME|FILE"
    assert find_setting("window.theme").options == ()


def test_a_number_out_of_range_has_a_nearest_one_within() -> None:
    zoom = find_setting("framing.zoom")
    assert [zoom.nearest(number) for number in (0.1, 1.25, 7.0)] == [0.5, 1.25, 2.0]

"""Settings are values, and those out of range are refused."""

from __future__ import annotations

import dataclasses

import pytest

from avatarify.errors import SettingsError
from avatarify.settings import CalibrationSettings, ComfortSettings, FramingSettings, MotionSettings, Settings


def test_defaults_are_relative_and_adapted() -> None:
    assert Settings().motion == MotionSettings(relative=True, adapt_scale=True, strength=1.0)


def test_settings_are_values() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().motion = MotionSettings()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        (ComfortSettings, "min_cutoff", 0.0),
        (ComfortSettings, "beta", -1.0),
        (ComfortSettings, "ease_s", 1.5),
        (ComfortSettings, "fade_s", float("nan")),
        (FramingSettings, "zoom", 3.0),
        (FramingSettings, "shift_x", 0.6),
        (FramingSettings, "shift_y", -0.6),
        (FramingSettings, "settle_s", 11.0),
        (CalibrationSettings, "window_s", 0.0),
        (CalibrationSettings, "first_s", -1.0),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_name(group: type, name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=f"{name} is {value}"):
        group(**{name: value})

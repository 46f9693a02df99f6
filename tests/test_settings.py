from __future__ import annotations

import dataclasses

import pytest

from avatarify.settings import MotionSettings, Settings


def test_defaults_are_relative_and_adapted() -> None:
    assert Settings().motion == MotionSettings(relative=True, adapt_scale=True, strength=1.0)


def test_settings_are_values() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().motion = MotionSettings()  # type: ignore[misc]

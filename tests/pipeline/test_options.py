"""Options of the live loop, and their ranges."""

from __future__ import annotations

import dataclasses

import pytest

from avatarify.errors import SettingsError
from avatarify.pipeline.options import PipelineOptions


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hold_s", 1.01),
        ("hold_s", -0.1),
        ("fps", 0.0),
        ("fps", float("nan")),
        ("engine_fps", 0.0),
        ("retry_s", 0.0),
        ("replace_s", 1.0),
        ("stop_s", 0.0),
    ],
)
def test_values_out_of_range_are_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=f"{name} is {value}"):
        dataclasses.replace(PipelineOptions(), **{name: value})


def test_stopping_fits_into_two_seconds_by_default() -> None:
    assert PipelineOptions().stop_s < 2

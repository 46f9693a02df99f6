"""Expressions refuse what they cannot mean."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from avatarify.character.expression import NEUTRAL, RANGES, Expression
from avatarify.errors import SettingsError


def test_every_parameter_has_a_range_that_holds_its_neutral_value() -> None:
    assert set(RANGES) == {field.name for field in fields(Expression)}
    assert all(low <= getattr(NEUTRAL, name) <= high for name, (low, high) in RANGES.items())


@pytest.mark.parametrize("name", RANGES)
def test_a_value_beyond_the_range_is_named_in_the_error(name: str) -> None:
    low, high = RANGES[name]
    replace(NEUTRAL, **{name: high})
    with pytest.raises(SettingsError, match=name) as caught:
        replace(NEUTRAL, **{name: low - 0.01})
    assert str(low) in caught.value.hint

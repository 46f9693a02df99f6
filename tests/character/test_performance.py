"""Scripts start neutral, move smoothly and loop without a jump."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest

from avatarify.character.expression import NEUTRAL, Expression
from avatarify.character.performance import DEMO, IDLE, Key, Performance, perform
from avatarify.errors import SettingsError

BOTH = pytest.mark.parametrize("script", [DEMO, IDLE], ids=lambda script: script.name)
STEP = 1 / 60


def film(script: Performance, seconds: float | None = None) -> list[Expression]:
    return [perform(script, t) for t in np.arange(0, seconds or script.seconds, STEP)]


@BOTH
def test_the_first_second_is_neutral(script: Performance) -> None:
    shown = np.array([astuple(moment) for moment in film(script, 0.95)])
    assert shown == pytest.approx(np.tile(astuple(NEUTRAL), (len(shown), 1)), abs=2e-3)


@BOTH
def test_the_loop_has_no_seam(script: Performance) -> None:
    end, start = perform(script, script.seconds - 1e-4), perform(script, script.seconds)
    assert astuple(end) == pytest.approx(astuple(start), abs=1e-3)
    assert astuple(perform(script, 3.21 + 2 * script.seconds)) == pytest.approx(
        astuple(perform(script, 3.21)), abs=1e-6
    )


@BOTH
def test_nothing_jumps(script: Performance) -> None:
    rows = np.array([astuple(moment) for moment in film(script, 2 * script.seconds)])
    names = list(Expression.__dataclass_fields__)
    fastest = dict(zip(names, np.abs(np.diff(rows, axis=0)).max(0), strict=True))
    assert max(fastest[name] for name in ("yaw", "pitch", "roll")) < 2.5  # degrees in a 60th of a second
    assert max(fastest[name] for name in ("x", "y")) < 0.005
    assert fastest["blink_left"] < 0.4  # a lid falls in a tenth of a second


def test_the_demo_shows_everything() -> None:
    shown = film(DEMO)
    assert min(moment.yaw for moment in shown) == pytest.approx(-25)
    assert max(moment.yaw for moment in shown) == pytest.approx(25)
    assert max(abs(moment.pitch) for moment in shown) > 10
    assert max(abs(moment.roll) for moment in shown) > 10
    assert max(moment.blink_left for moment in shown) == pytest.approx(1)
    assert max(moment.mouth_open for moment in shown) > 0.5
    assert max(moment.smile for moment in shown) > 0.8


def test_idling_is_quiet_but_alive() -> None:
    shown = film(IDLE)
    assert max(abs(moment.yaw) for moment in shown) < 8
    assert max(moment.mouth_open for moment in shown) == 0
    assert max(moment.blink_right for moment in shown) == pytest.approx(1)
    assert min(moment.y for moment in shown) < -0.004


def test_the_same_moment_is_the_same_face() -> None:
    assert perform(DEMO, 6.3) == perform(DEMO, 6.3)


@pytest.mark.parametrize(
    "keys",
    [
        (Key(0, NEUTRAL),),
        (Key(0.5, NEUTRAL), Key(2, NEUTRAL)),
        (Key(0, NEUTRAL), Key(2, Expression(yaw=3))),
        (Key(0, NEUTRAL), Key(1.5, NEUTRAL), Key(1.0, NEUTRAL), Key(2, NEUTRAL)),
    ],
    ids=["one key", "starts late", "ends turned", "goes back"],
)
def test_a_script_that_would_jump_is_refused(keys: tuple[Key, ...]) -> None:
    with pytest.raises(SettingsError, match="broken"):
        Performance("broken", 2, keys)

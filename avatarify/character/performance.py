"""Scripts: what a character does over time, smooth, deterministic and in a loop without a seam."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from avatarify.character.expression import NEUTRAL, RANGES, Expression
from avatarify.errors import SettingsError

BLINK_CLOSE, BLINK_HOLD, BLINK_OPEN = 0.09, 0.05, 0.16  # seconds
NAMES: Final = tuple(field.name for field in fields(Expression))


@dataclass(frozen=True)
class Key:
    """At `at` seconds the face has arrived at `expression`."""

    at: float
    expression: Expression


@dataclass(frozen=True)
class Performance:
    """A script of `seconds` that starts and ends at `NEUTRAL`.

    keys: ascending in time, the first at 0 and the last at `seconds`, both neutral; between two keys the face moves
    with minimum jerk. blinks: when both eyes begin to close. speech: (from, to) in which the mouth speaks.
    breath: how far breathing lifts the person, as a fraction of the picture. All times in seconds.

    Raises SettingsError where the keys do not span the script from neutral to neutral.
    """

    name: str
    seconds: float
    keys: tuple[Key, ...]
    blinks: tuple[float, ...] = ()
    speech: tuple[tuple[float, float], ...] = ()
    breath: float = 0.0

    def __post_init__(self) -> None:
        times = [key.at for key in self.keys]
        spans = len(times) >= 2 and times[0] == 0 and times[-1] == self.seconds and times == sorted(set(times))
        if not (spans and self.keys[0].expression == NEUTRAL == self.keys[-1].expression):
            raise SettingsError(
                f"The keys of script {self.name} are at {times}.",
                f"Let them rise from a neutral one at 0 to a neutral one at {self.seconds}.",
            )


def perform(script: Performance, seconds: float) -> Expression:
    """The face at a moment; `seconds` may be any number, the script repeats."""
    now = seconds % script.seconds
    value = between(script, now)
    shut = max((blink(now - start) for start in script.blinks), default=0.0)
    value["blink_left"] = max(value["blink_left"], shut)
    value["blink_right"] = max(value["blink_right"], shut)
    for start, end in script.speech:
        opening, width = speak(now, start, end)
        value["mouth_open"] += opening
        value["mouth_wide"] += width
    # Breathing swells in after the calibration moment and out before the seam.
    swell = ease(now - 0.8) * ease(script.seconds - now)
    value["y"] -= script.breath * swell * 0.5 * (1 - np.cos(2 * np.pi * now / 4.0))
    bounded = {name: float(np.clip(value[name], *RANGES[name])) for name in NAMES}
    return Expression(**bounded)


def between(script: Performance, now: float) -> dict[str, float]:
    """Every parameter by its name, from the keys alone."""
    times = [key.at for key in script.keys]
    index = min(int(np.searchsorted(times, now, side="right")), len(times) - 1)
    before, after = script.keys[index - 1], script.keys[index]
    share = ease((now - before.at) / (after.at - before.at))
    start, end = before.expression, after.expression
    return {name: getattr(start, name) + share * (getattr(end, name) - getattr(start, name)) for name in NAMES}


def ease(t: float) -> float:
    """Minimum jerk from 0 to 1."""
    t = min(max(t, 0.0), 1.0)
    return t * t * t * (10 - 15 * t + 6 * t * t)


def blink(since: float) -> float:
    """How far the lids are shut, `since` seconds after they began."""
    closing = ease(since / BLINK_CLOSE)
    opening = ease((since - BLINK_CLOSE - BLINK_HOLD) / BLINK_OPEN)
    return closing - opening


def speak(now: float, start: float, end: float) -> tuple[float, float]:
    """Opening and width that syllables add to the mouth."""
    strength = ease((now - start) / 0.15) * ease((end - now) / 0.2)
    if strength == 0:
        return 0.0, 0.0
    since = now - start
    syllable = 0.5 - 0.5 * np.cos(2 * np.pi * 3.6 * since)
    stress = 0.62 + 0.38 * np.sin(2 * np.pi * 0.85 * since + 0.6)
    return float(0.85 * strength * syllable * stress), float(0.45 * strength * np.sin(2 * np.pi * 1.7 * since))


SMILE: Final = replace(NEUTRAL, smile=0.9, brow=0.25, mouth_open=0.06)

DEMO: Final = Performance(
    name="demo",
    seconds=9.0,
    keys=(
        Key(0.0, NEUTRAL),
        Key(1.0, NEUTRAL),
        Key(1.55, Expression(yaw=25, gaze_x=0.25)),
        Key(1.75, Expression(yaw=25, gaze_x=0.25)),
        Key(2.65, Expression(yaw=-25, gaze_x=-0.25)),
        Key(2.85, Expression(yaw=-25, gaze_x=-0.25)),
        Key(3.35, NEUTRAL),
        Key(3.70, Expression(pitch=-13, gaze_y=0.3)),
        Key(4.15, Expression(pitch=11, brow=0.3)),
        Key(4.45, NEUTRAL),
        Key(4.90, Expression(roll=13, x=0.01)),
        Key(5.55, Expression(roll=-13, x=-0.01)),
        Key(5.95, Expression(yaw=4)),
        Key(6.60, Expression(yaw=-5, pitch=-3, brow=0.6)),
        Key(7.15, Expression(yaw=5, pitch=2, smile=0.2)),
        Key(7.60, replace(SMILE, roll=3)),
        Key(8.20, replace(SMILE, roll=-3)),
        Key(8.80, NEUTRAL),
        Key(9.0, NEUTRAL),
    ),
    blinks=(2.05, 3.40, 4.50, 7.05),
    speech=((5.85, 7.20),),
)
"""Turns, nods, tilts, blinks, speaks and smiles; for the demo and for tests."""

IDLE: Final = Performance(
    name="idle",
    seconds=12.0,
    keys=(
        Key(0.0, NEUTRAL),
        Key(1.0, NEUTRAL),
        Key(2.6, Expression(yaw=4, roll=1.2, pitch=1)),
        Key(4.2, Expression(yaw=3, roll=1.5, gaze_x=0.5)),
        Key(4.9, Expression(yaw=1, roll=0.5)),
        Key(6.8, Expression(yaw=-4, roll=-1.5, pitch=-1.5)),
        Key(8.2, Expression(yaw=-5, roll=-1.2, pitch=1, smile=0.25)),
        Key(9.8, Expression(yaw=-1, pitch=1.5, smile=0.15)),
        Key(11.4, NEUTRAL),
        Key(12.0, NEUTRAL),
    ),
    blinks=(2.0, 4.15, 6.9, 9.7),
    breath=0.008,
)
"""Breathes, sways a little, blinks: somebody who waits."""

"""Keeps up with the camera on a slow machine: does less before latency grows, and more again when there is time to spare.

Decides only; knows no clock, no thread, no model. What a level means is carried out by live/engine.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

_SIZES = (768, 512, 384, 256)  # sides of avatars; below 256 they look poor
_LOOKS_FPS = 15.0  # a look costs some 8 ms of a core, which the engine needs more than a crop needs 30 looks a second
_FEWER_LOOKS_FPS = 8.0
_FEWEST_LOOKS_FPS = 5.0
_CALM_FPS = 15.0  # the last resort: other programs of the call need the processor too
_MOST_BY_REST = 1.25  # times that fewer looks, or fewer frames, make a frame cheaper at most; a size by its area
_GAP_S = 5.0  # nothing measured for so long: paused, at rest, or no camera


@dataclass(frozen=True)
class Level:
    """How much is done. number: 0 is everything. looks_fps: looks at the user's face a second. portrait_size: side of the
    avatar's picture in pixels. engine_fps: most frames a second that are animated; None: all."""

    number: int = 0
    looks_fps: float = _LOOKS_FPS
    portrait_size: int = 512
    engine_fps: float | None = None


@dataclass(frozen=True)
class GovernorStatus:
    """level: what is done now. reason: why not everything, a sentence; empty at level 0. on: False when switched off."""

    level: Level = field(default_factory=Level)
    reason: str = ""
    on: bool = True


@dataclass(frozen=True)
class GovernorSettings:
    """down_after_s: how long frames must take too long before less is done. up_after_s: how long there must be time to spare
    before more is. spare: share of the camera's period that the next level up may be expected to need. patience: how
    much longer the next try takes each time that one had to be taken back, up to longest_s; one that lasts takes that back.
    trust: for how many times that wait, up to longest_s, what a level cost is believed. settle_s: after a change, before
    anything is measured again."""

    down_after_s: float = 2.0
    up_after_s: float = 10.0
    spare: float = 0.8
    patience: float = 2.0
    longest_s: float = 600.0
    trust: float = 6.0
    settle_s: float = 1.0


class Load(NamedTuple):
    """What was measured over the last second or so, in seconds. step_s: median time of the engine for a frame. period_s: of
    the camera. latency_s: median time from capture until the frame was animated."""

    step_s: float
    period_s: float
    latency_s: float


class _Ratio(NamedTuple):
    """Of a level's cost to that of the one below it. until: when it is believed no longer."""

    value: float
    until: float


class Governor:
    """One thread. `look` is called a few times a second while frames are animated.

    Does not swing to and fro: what a level cost is remembered when it is left, as a ratio to the level below, and it is not
    tried again before that ratio says that it fits. The load may have ended between the two measurements, and then the
    ratio says too much: it is never more than a level can cost, and after a while a try is made without it. A try
    that fails makes the next one wait longer, so that under a steady load they become ever rarer.
    """

    def __init__(self, levels: tuple[Level, ...], settings: GovernorSettings | None = None) -> None:
        """levels: see `levels`."""
        self._settings = settings or GovernorSettings()
        self._levels = levels
        self._at = 0
        self._reason = ""
        self._last: float | None = None
        self._over_since: float | None = None
        self._spare_since: float | None = None
        self._settled_at = -math.inf
        self._left_s: float | None = None  # what the level above cost when it was left
        self._ratios: dict[int, _Ratio] = {}  # by the number of the level above
        self._wait_s = self._settings.up_after_s
        self._went_up_at: float | None = None  # the last change, if it was to more

    @property
    def level(self) -> Level:
        return self._levels[self._at]

    @property
    def reason(self) -> str:
        """Why not everything is done; empty at level 0."""
        return self._reason

    def look(self, now: float, load: Load) -> Level:
        """Decide. now: seconds that rise."""
        gap = self._last is not None and now - self._last > _GAP_S
        self._last = now
        if gap:
            self._left_s = None  # what is measured now is another day's load
            self._begin_anew(now)
        if now < self._settled_at:
            return self.level
        if self._left_s is not None:
            self._ratios[self._at - 1] = self._measured(now, self._left_s / max(load.step_s, 1e-6))
            self._left_s = None
        self._over_since = self._since(self._over_since, now, holds=self._is_over(load))
        self._spare_since = self._since(self._spare_since, now, holds=self._has_spare(now, load))
        if self._over_since is not None and now - self._over_since >= self._settings.down_after_s:
            self._down(now, load)
        elif self._spare_since is not None and now - self._spare_since >= self._wait_s:
            self._up(now)
        return self.level

    def _is_over(self, load: Load) -> bool:
        """The engine needs longer than the time between its frames, or frames lie about before and after it."""
        budget = self._budget(self.level, load)
        return load.step_s > budget or load.latency_s > load.step_s + 2 * budget

    def _measured(self, now: float, ratio: float) -> _Ratio:
        """Of the level above. ratio: as two measurements have it, with whatever else has changed between them."""
        above, here = self._levels[self._at - 1], self.level
        most = (above.portrait_size / here.portrait_size) ** 2 * _MOST_BY_REST
        trust_s = min(self._wait_s * self._settings.trust, self._settings.longest_s)
        return _Ratio(min(max(1.0, ratio), most), now + trust_s)

    def _has_spare(self, now: float, load: Load) -> bool:
        if self._at == 0:
            return False
        above = self._at - 1
        ratio = self._ratios.get(above)
        expected = load.step_s * (ratio.value if ratio is not None and now < ratio.until else 1.0)
        return not self._is_over(load) and expected < self._settings.spare * self._budget(self._levels[above], load)

    def _down(self, now: float, load: Load) -> None:
        if self._at == len(self._levels) - 1:
            self._over_since = now
            return
        if self._went_up_at is not None and now - self._went_up_at < 2 * self._wait_s:  # the last try was in vain
            self._wait_s = min(self._wait_s * self._settings.patience, self._settings.longest_s)
        self._went_up_at = None
        self._at += 1
        self._left_s = load.step_s
        self._reason = _told(load)
        self._begin_anew(now)

    def _up(self, now: float) -> None:
        if self._went_up_at is not None:  # the last try has lasted, and there is room for more
            self._wait_s = max(self._wait_s / self._settings.patience, self._settings.up_after_s)
        self._at -= 1
        self._left_s = None
        self._went_up_at = now
        if self._at == 0:
            self._reason = ""
        self._begin_anew(now)

    def _begin_anew(self, now: float) -> None:
        self._over_since = self._spare_since = None
        self._settled_at = now + self._settings.settle_s

    @staticmethod
    def _budget(level: Level, load: Load) -> float:
        """Seconds that a frame may take."""
        return max(load.period_s, 1.0 / level.engine_fps if level.engine_fps is not None else 0.0)

    @staticmethod
    def _since(since: float | None, now: float, *, holds: bool) -> float | None:
        if not holds:
            return None
        return now if since is None else since


def levels(portrait_size: int, *, sizes: bool, fps_cap: float | None = None) -> tuple[Level, ...]:
    """From everything to the least. portrait_size: at level 0. sizes: a smaller portrait makes a cheaper frame, which is so
    where the model blends. fps_cap: most frames a second at any level."""
    wanted = [(_LOOKS_FPS, portrait_size, fps_cap), (_FEWER_LOOKS_FPS, portrait_size, fps_cap)]
    smaller = [size for size in _SIZES if size < portrait_size] if sizes else []
    wanted += [(_FEWER_LOOKS_FPS, size, fps_cap) for size in smaller]
    least = wanted[-1][1]
    calm = _CALM_FPS if fps_cap is None else min(fps_cap, _CALM_FPS)
    wanted += [(_FEWEST_LOOKS_FPS, least, fps_cap), (_FEWEST_LOOKS_FPS, least, calm)]
    return tuple(Level(number, *each) for number, each in enumerate(wanted))


def _told(load: Load) -> str:
    if load.step_s > load.period_s:
        return (
            f"A frame took {load.step_s * 1000:.0f} ms, and the camera sends one every {load.period_s * 1000:.0f} ms."
        )
    return f"Frames were {load.latency_s * 1000:.0f} ms old when they were animated."

"""What a user can choose, as frozen values with ranges. A value out of range is refused where it is made."""

from __future__ import annotations

from dataclasses import dataclass, field

from avatarify.errors import SettingsError

ZOOM_STEP, SHIFT_STEP = 1.05, 0.03
"""How far one press of a key moves the square: a factor, a share of its side."""


@dataclass(frozen=True)
class MotionSettings:
    """How driving keypoints become the keypoints that the portrait is moved to.

    relative: transfer the change since the reference frame (paper Eq. 14) instead of the driving keypoints themselves.
    adapt_scale: scale that change by the ratio of the two faces' sizes (square roots of convex hull areas).
    strength: 0 leaves the portrait still, 1 is the driver's own motion, up to 2 exaggerates. Relative motion only.
    """

    relative: bool = True
    adapt_scale: bool = True
    strength: float = 1.0

    def __post_init__(self) -> None:
        _check("strength", self.strength, 0.0, 2.0)


@dataclass(frozen=True)
class ComfortSettings:
    """How the avatar's motion is made pleasant to look at, between the keypoints and the generator.

    smooth: filter keypoints over time (One-Euro). min_cutoff: hertz, how still a still head is held; lower is calmer and
    later. beta: hertz per unit of speed (half pictures a second), how quickly the filter lets go when the head moves.
    guard: damp poses that the portrait cannot follow instead of melting it.
    ease_s: seconds from the last seen pose to the portrait's own when the face is lost. fade_s: seconds of cross-fade when
    the avatar changes; 0 cuts.
    """

    smooth: bool = True
    min_cutoff: float = 1.5
    beta: float = 6.0
    guard: bool = True
    ease_s: float = 0.5
    fade_s: float = 0.15

    def __post_init__(self) -> None:
        _check("min_cutoff", self.min_cutoff, 0.2, 20.0)
        _check("beta", self.beta, 0.0, 50.0)
        _check("ease_s", self.ease_s, 0.0, 1.0)  # longer would let a frozen face pose as live
        _check("fade_s", self.fade_s, 0.0, 1.0)


@dataclass(frozen=True)
class FramingSettings:
    """How the square around the user's face is chosen.

    automatic: follow the face; else the middle square of the picture. locked: stay where it is now.
    zoom: 1 is the model's framing, 2 shows the face twice as large. shift_x, shift_y: of the square, as shares of its side,
    positive right and down. settle_s: seconds in which the avatar comes back to the middle after the user has moved
    elsewhere; 0 keeps it there at once.
    """

    automatic: bool = True
    locked: bool = False
    zoom: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    settle_s: float = 1.5

    def __post_init__(self) -> None:
        _check("zoom", self.zoom, 0.5, 2.0)
        _check("shift_x", self.shift_x, -0.5, 0.5)
        _check("shift_y", self.shift_y, -0.5, 0.5)
        _check("settle_s", self.settle_s, 0.0, 10.0)


@dataclass(frozen=True)
class CalibrationSettings:
    """When the reference is taken without being asked.

    automatic: take good moments by itself; else they are only offered. window_s: seconds that a good moment is kept for.
    first_s: how long the first calibration looks around before it takes the best moment it has seen; three quarters of that
    may pass while the model is loaded.
    """

    automatic: bool = True
    window_s: float = 4.0
    first_s: float = 1.0

    def __post_init__(self) -> None:
        _check("window_s", self.window_s, 0.5, 30.0)
        _check("first_s", self.first_s, 0.0, 10.0)


@dataclass(frozen=True)
class Settings:
    """The whole tree."""

    motion: MotionSettings = field(default_factory=MotionSettings)
    comfort: ComfortSettings = field(default_factory=ComfortSettings)
    framing: FramingSettings = field(default_factory=FramingSettings)
    calibration: CalibrationSettings = field(default_factory=CalibrationSettings)


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise SettingsError(f"{name} is {value}.", f"Choose a value from {low:g} to {high:g}.")

"""What a user can choose, as frozen values with ranges. A value out of range is refused where it is made."""

from __future__ import annotations

from dataclasses import dataclass, field

from avatarify.errors import SettingsError


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
        if not 0.0 <= self.strength <= 2.0:
            raise SettingsError(f"strength is {self.strength}.", "Choose a value from 0 to 2.")


@dataclass(frozen=True)
class Settings:
    """The whole tree."""

    motion: MotionSettings = field(default_factory=MotionSettings)

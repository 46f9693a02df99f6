"""What a drawn face does at one moment: where the head looks and what eyes, brows and mouth do."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from avatarify.errors import SettingsError

RANGES: Final = {
    "yaw": (-60.0, 60.0),
    "pitch": (-45.0, 45.0),
    "roll": (-60.0, 60.0),
    "x": (-0.5, 0.5),
    "y": (-0.5, 0.5),
    "scale": (0.25, 3.0),
    "mouth_open": (0.0, 1.0),
    "mouth_wide": (-1.0, 1.0),
    "smile": (-1.0, 1.0),
    "blink_left": (0.0, 1.0),
    "blink_right": (0.0, 1.0),
    "gaze_x": (-1.0, 1.0),
    "gaze_y": (-1.0, 1.0),
    "brow": (-1.0, 1.0),
}
"""Lowest and highest value of every field of `Expression`."""


@dataclass(frozen=True)
class Expression:
    """One moment of a face. Directions are those of the picture; left and right of the eyes are the person's own.

    yaw: degrees, positive turns the nose to the right of the picture.
    pitch: degrees, positive lifts the nose (looks up).
    roll: degrees, positive tilts clockwise as seen in the picture (the crown moves to the right).
    x, y: shift of the whole person as a fraction of the picture's height, positive right and down.
    scale: size of the whole person, 1 is the neutral framing.
    mouth_open: 0 closed .. 1 jaw dropped. mouth_wide: -1 pursed .. 1 stretched. smile: -1 corners down .. 1 up.
    blink_left, blink_right: 0 open .. 1 shut. The person's left eye is on the right of the picture.
    gaze_x, gaze_y: -1 .. 1, positive looks to the right of the picture and up.
    brow: -1 lowered and drawn together .. 1 raised.

    Raises SettingsError for a value outside `RANGES`.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    mouth_open: float = 0.0
    mouth_wide: float = 0.0
    smile: float = 0.0
    blink_left: float = 0.0
    blink_right: float = 0.0
    gaze_x: float = 0.0
    gaze_y: float = 0.0
    brow: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value, (low, high) = getattr(self, field.name), RANGES[field.name]
            if not low <= value <= high:
                raise SettingsError(f"{field.name} of the expression is {value}.", f"Choose from {low} to {high}.")


NEUTRAL: Final = Expression()
"""Frontal, eyes open, mouth closed: the calibration pose."""

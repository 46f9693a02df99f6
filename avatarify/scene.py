"""What a session has been told and what it tells: the scene that each step reads, and the status for windows and log lines."""

from __future__ import annotations

from dataclasses import dataclass

from avatarify.animator import Reference, Source
from avatarify.face.calibration import FaceTarget
from avatarify.face.crop import Crop
from avatarify.memory import CalibratedBy
from avatarify.settings import CalibrationSettings, ComfortSettings, FramingSettings, MotionSettings


@dataclass(frozen=True, eq=False)
class Scene:
    """All that a step reads of what was chosen, swapped as one reference.

    target: the source's own pose. reference: None before the first calibration. crop: the square whose coordinates the
    reference is in.
    """

    source: Source | None
    target: FaceTarget
    reference: Reference | None
    crop: Crop | None
    motion: MotionSettings
    comfort: ComfortSettings
    framing: FramingSettings
    calibration: CalibrationSettings


@dataclass(frozen=True)
class SessionStatus:
    """For windows and log lines. calibrated_by: who chose the reference, None before the first calibration. fitness: 0..1 how neutral the
    face is now, None without one. offered: the same of a recent moment that would make a better reference, None if none.
    crop: the square shown to the model. lag_rest_ms, lag_talking_ms: how much later smoothing makes a slow and an ordinary
    motion, 0 without.
    """

    has_avatar: bool = False
    calibrated_by: CalibratedBy | None = None
    automatic: bool = True
    lost: bool = False
    hints: tuple[str, ...] = ()
    fitness: float | None = None
    offered: float | None = None
    can_undo: bool = False
    crop: Crop | None = None
    lag_rest_ms: float = 0.0
    lag_talking_ms: float = 0.0

    @property
    def calibrated(self) -> bool:
        return self.calibrated_by is not None

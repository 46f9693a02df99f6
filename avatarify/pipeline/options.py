"""What can be chosen about the live loop, with its time limits. Values out of range are refused where they are made."""

from __future__ import annotations

from dataclasses import dataclass

from avatarify.errors import SettingsError


@dataclass(frozen=True)
class PipelineOptions:
    """fps: of the pictures while no sink says its own. engine_fps: most frames a second the engine is given; None: all.
    rest_unread: give the engine nothing while the sink knows that nobody reads it and nobody records.
    align: let the moment of sending glide to shortly after the engine's results (see pacer.py).

    All in seconds: hold_s: how long the last animated frame may be shown. stall_s: a call into a device that takes longer
    is told as a stall; replace_s: longer, and its thread is left behind and replaced. open_s: the same for opening.
    retry_s: between two attempts to open. grace_s: how long a restarted stage waits for its former thread to close.
    stop_s: how long `stop` may take.
    """

    fps: float = 30.0
    engine_fps: float | None = None
    rest_unread: bool = False
    align: bool = True
    hold_s: float = 1.0
    stall_s: float = 2.0
    replace_s: float = 5.0
    open_s: float = 15.0
    retry_s: float = 1.0
    grace_s: float = 1.0
    stop_s: float = 1.8

    def __post_init__(self) -> None:
        self._check("fps", self.fps, 1.0, 240.0)
        if self.engine_fps is not None:
            self._check("engine_fps", self.engine_fps, 0.1, 240.0)
        self._check("hold_s", self.hold_s, 0.0, 1.0)  # a frozen face must not pose as live
        self._check("stall_s", self.stall_s, 0.01, 60.0)
        self._check("replace_s", self.replace_s, self.stall_s, 600.0)
        self._check("open_s", self.open_s, self.stall_s, 600.0)
        self._check("retry_s", self.retry_s, 0.001, 60.0)
        self._check("grace_s", self.grace_s, 0.0, 60.0)
        self._check("stop_s", self.stop_s, 0.01, 60.0)

    @staticmethod
    def _check(name: str, value: float, low: float, high: float) -> None:
        if not low <= value <= high:
            raise SettingsError(f"{name} is {value}.", f"Choose a value from {low:g} to {high:g}.")

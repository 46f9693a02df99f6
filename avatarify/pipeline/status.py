"""What the live loop says about itself: frozen snapshots for a window, a log line or a test."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from avatarify.pipeline.gate import Showing


class StageState(Enum):
    """OPENING: camera, engine or virtual camera is being opened. TROUBLE: the last attempt failed and the next one follows by
    itself. STALLED: a call does not come back. FAILED: ended; the animate stage waits until it is asked to start anew."""

    STOPPED = "stopped"
    OPENING = "opening"
    RUNNING = "running"
    TROUBLE = "trouble"
    STALLED = "stalled"
    FAILED = "failed"


@dataclass(frozen=True)
class StageStatus:
    """One of the three stages. error: the last one, what happened and what to do; kept after it works again, state says
    whether it still holds. errors: how many there were. left_behind: threads that hang and were replaced or given up."""

    state: StageState = StageState.STOPPED
    error: str = ""
    errors: int = 0
    left_behind: int = 0


@dataclass(frozen=True)
class Spread:
    """Median and 95th percentile in milliseconds over the last frames. None: nothing measured yet."""

    p50_ms: float
    p95_ms: float


@dataclass(frozen=True)
class Measured:
    """Counted and measured since the start. Rates are over the last two seconds, spreads over the last 300 new frames.

    camera_fps, engine_fps, output_fps: frames read, animated, shown a second.
    dropped: camera frames that were overtaken by a newer one before the engine was free.
    latency: from `captured_at` until `send` has returned, of each animated frame's first showing. step: the engine's part
    of it. added: what is left, waiting and handing over.
    skipped_ticks: moments for showing that were missed, because the machine or the sink was late.
    shown: pictures by kind, in the order of Showing. sent: those that a virtual camera took; less while there is none.
    recorded_dropped: pictures for which a recorder had no place.
    since_camera_s, since_animated_s: seconds since the last frame; None: there was none.
    """

    camera_fps: float = 0.0
    engine_fps: float = 0.0
    output_fps: float = 0.0
    camera_frames: int = 0
    dropped: int = 0
    animated_frames: int = 0
    engine_errors: int = 0
    skipped_ticks: int = 0
    shown: tuple[tuple[Showing, int], ...] = ()
    sent: int = 0
    recorded_dropped: int = 0
    latency: Spread | None = None
    step: Spread | None = None
    added: Spread | None = None
    since_camera_s: float | None = None
    since_animated_s: float | None = None

    def shown_as(self, showing: Showing) -> int:
        """Pictures of one kind."""
        return dict(self.shown).get(showing, 0)

    @property
    def audio_delay_ms(self) -> float | None:
        """By how much to delay the microphone so that lips and voice agree: the median latency, in whole milliseconds."""
        return None if self.latency is None else float(round(self.latency.p50_ms))


@dataclass(frozen=True)
class PipelineStatus:
    """The whole live loop at one moment. showing: what was sent last. passthrough: camera pictures may go out: say so in red.
    resting: the engine gets nothing because nobody looks."""

    running: bool
    paused: bool
    passthrough: bool
    resting: bool
    showing: Showing | None
    capture: StageStatus
    animate: StageStatus
    output: StageStatus
    measured: Measured

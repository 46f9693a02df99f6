"""What a live call is to do, and what it says about itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from avatarify.errors import SettingsError
from avatarify.live.governor import GovernorStatus
from avatarify.paths import AVATARS, user_avatars
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.status import PipelineStatus
from avatarify.runtime.base import RuntimeDescription
from avatarify.session import SessionStatus
from avatarify.settings import Settings
from avatarify.virtual_camera.composition import Look

if TYPE_CHECKING:  # see live/output.py
    from avatarify.virtual_camera.recorder import RecorderStatus


@dataclass(frozen=True)
class EngineRequest:
    """Which engine. model: a checkpoint file. runtime: a name of runtime/base.py's table; runtime, device, precision may
    be "auto"."""

    model: Path
    runtime: str = "auto"
    device: str = "auto"
    precision: str = "auto"


@dataclass(frozen=True)
class LiveRequest:
    """What to run. camera: see camera/open_camera.py. model: a checkpoint file. device: of the virtual camera, None for the
    first free one; `output` False: no virtual camera at first, the call is only previewed. size: (width, height) of the
    virtual camera, which never changes during a call. avatar: by name or number; None: the first. portrait_size: side in
    pixels of portraits, and of what the model makes of them where it blends. governor: do less when the machine is too
    slow for the camera (governor.py). fps_cap: most frames a second that are animated, 1 to 240; None: all. pipeline: by
    default the engine rests while the virtual camera is there and surely nobody reads it."""

    model: Path
    camera: str = "0"
    avatar: str | int | None = None
    folders: tuple[Path, ...] = field(default_factory=lambda: (AVATARS, user_avatars()))
    device: str | None = None
    output: bool = True
    size: tuple[int, int] = (1280, 720)
    fps: float = 30.0
    look: Look = field(default_factory=Look)
    portrait_size: int = 512
    runtime: str = "auto"
    runtime_device: str = "auto"
    precision: str = "auto"
    governor: bool = True
    fps_cap: float | None = None
    settings: Settings = field(default_factory=Settings)
    pipeline: PipelineOptions = field(default_factory=lambda: PipelineOptions(rest_unread=True))

    def __post_init__(self) -> None:
        if self.fps_cap is not None and not 1.0 <= self.fps_cap <= 240.0:
            raise SettingsError(f"fps_cap is {self.fps_cap}.", "Choose a value from 1 to 240, or none.")

    @property
    def engine(self) -> EngineRequest:
        """The engine to begin with."""
        return EngineRequest(self.model, self.runtime, self.runtime_device, self.precision)


@dataclass(frozen=True)
class LiveStatus:
    """A snapshot of everything. avatar: its name, None before the first. runtime: None until the model is loaded.
    virtual_camera: its name, None while there is none; `pipeline.output` tells why not. notes: sentences for the user that
    are no errors. camera: as it was written, see LiveRequest. model: the checkpoint file in use. governor: what is done to
    keep up. in_use: some program has the virtual camera open; None where nobody can tell. reader: its name, None where none is
    known. retries_output: while the virtual camera cannot be opened that is tried again by itself; False: it has to be asked
    for anew."""

    pipeline: PipelineStatus
    session: SessionStatus
    avatar: str | None
    runtime: RuntimeDescription | None
    virtual_camera: str | None
    recording: RecorderStatus | None
    notes: tuple[str, ...]
    camera: str
    model: Path
    governor: GovernorStatus = field(default_factory=GovernorStatus)
    in_use: bool | None = None
    reader: str | None = None
    retries_output: bool = True

"""What a live call is to do, and what it says about itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from avatarify.paths import AVATARS, user_avatars
from avatarify.pipeline.options import PipelineOptions
from avatarify.pipeline.status import PipelineStatus
from avatarify.runtime.base import RuntimeDescription
from avatarify.session import SessionStatus
from avatarify.settings import Settings
from avatarify.virtual_camera.composition import Look
from avatarify.virtual_camera.recorder import RecorderStatus


@dataclass(frozen=True)
class LiveRequest:
    """What to run. camera: see camera/open_camera.py. model: a checkpoint file. device: of the virtual camera, None for the
    first free one; `output` False shows nothing to anybody. size: (width, height) of the virtual camera, which never
    changes during a call. avatar: by name or number; None: the first. portrait_size: side in pixels of portraits, and of
    what the model makes of them where it blends."""

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
    settings: Settings = field(default_factory=Settings)
    pipeline: PipelineOptions = field(default_factory=PipelineOptions)


@dataclass(frozen=True)
class LiveStatus:
    """A snapshot of everything. avatar: its name, None before the first. runtime: None until the model is loaded.
    virtual_camera: its name, None while there is none. notes: sentences for the user that are no errors."""

    pipeline: PipelineStatus
    session: SessionStatus
    avatar: str | None
    runtime: RuntimeDescription | None
    virtual_camera: str | None
    recording: RecorderStatus | None
    notes: tuple[str, ...]

"""What a live call says about itself when all is well; the test changes what it is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from avatarify.live.request import LiveStatus
from avatarify.pipeline.gate import Showing
from avatarify.pipeline.status import Measured, PipelineStatus, StageState, StageStatus
from avatarify.runtime.base import RuntimeDescription
from avatarify.session import SessionStatus

RUNNING = StageStatus(StageState.RUNNING)
MODEL = Path("/models/lite.safetensors")
ENGINE = RuntimeDescription("eager", "cpu", "a processor", "float32")


def pipeline_status(**changes: Any) -> PipelineStatus:  # noqa: ANN401 - fields of a dataclass
    """A call that runs and is only previewed, but for the changes."""
    quiet = PipelineStatus(
        running=True,
        paused=False,
        passthrough=False,
        resting=False,
        showing=Showing.ANIMATED,
        capture=RUNNING,
        animate=RUNNING,
        output=StageStatus(StageState.STOPPED),
        measured=Measured(camera_fps=30.0),
    )
    return replace(quiet, **changes)


def live_status(*, virtual_camera: str | None = None, **changes: Any) -> LiveStatus:  # noqa: ANN401
    """changes: of the pipeline. A virtual camera that is there is open and running."""
    if virtual_camera is not None:
        changes = {"output": RUNNING} | changes
    return LiveStatus(
        pipeline=pipeline_status(**changes),
        session=SessionStatus(),
        avatar="ada",
        runtime=ENGINE,
        virtual_camera=virtual_camera,
        recording=None,
        notes=(),
        camera="0",
        model=MODEL,
    )

"""Which of the call's parts are in trouble, and when that is worth a banner."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from avatarify.live.request import LiveStatus
    from avatarify.pipeline.status import StageStatus

CAPTURE, ANIMATE, OUTPUT = "capture", "animate", "output"
SOURCES = (CAPTURE, ANIMATE, OUTPUT)
_BAD = ("trouble", "stalled", "failed")


class Trouble(NamedTuple):
    """source: one of SOURCES. text: what happened and what to do. errors: how often. ended: it does not try again by itself."""

    source: str
    text: str
    errors: int
    ended: bool


def troubles(status: LiveStatus) -> tuple[Trouble, ...]:
    """All there are now. A face that is out of sight or not calibrated yet is none: the hints say so."""
    stages = {
        CAPTURE: status.pipeline.capture,
        ANIMATE: status.pipeline.animate,
        OUTPUT: status.pipeline.output,
    }
    found = tuple(
        _trouble(source, stage) for source, stage in stages.items() if stage.state.value in _BAD and stage.error
    )
    return tuple(
        trouble for trouble in found if trouble.ended or trouble.source != ANIMATE or _expected_to_work(status)
    )


def _trouble(source: str, stage: StageStatus) -> Trouble:
    return Trouble(source, stage.error, stage.errors, stage.state.value == "failed")


def _expected_to_work(status: LiveStatus) -> bool:
    """There is a calibrated face in sight, so that a frame without a picture is the engine's fault."""
    stalled = status.pipeline.animate.state.value == "stalled"
    session = status.session
    return stalled or (session.has_avatar and session.calibrated and not session.lost)

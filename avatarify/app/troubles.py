"""Which of the call's parts are in trouble, and when that is worth a banner."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from avatarify.live.request import LiveStatus
    from avatarify.pipeline.status import StageStatus

CAPTURE, ANIMATE, OUTPUT = "capture", "animate", "output"
SOURCES = (CAPTURE, ANIMATE, OUTPUT)


class Trouble(NamedTuple):
    """source: one of SOURCES. text: what happened and what to do. errors: how often. ended: it does not try again by itself."""

    source: str
    text: str
    errors: int
    ended: bool


class Troubles:
    """Looks at one snapshot after the other, because a single frame without a picture is nothing to tell."""

    def __init__(self) -> None:
        self._frames_failed: int | None = None  # up to the first snapshot in which all frames should have worked
        self._failing = False

    def look(self, status: LiveStatus | None) -> tuple[Trouble, ...]:
        """All there are now. A face that is out of sight or not calibrated yet is none: the hints say so."""
        if status is None:
            return ()
        stages = {
            CAPTURE: status.pipeline.capture,
            ANIMATE: status.pipeline.animate,
            OUTPUT: status.pipeline.output,
        }
        found = [_trouble(source, stage) for source, stage in stages.items() if stage.error and _is_bad(stage)]
        if not self._frames_fail(status):
            found = [trouble for trouble in found if trouble.source != ANIMATE]
        return tuple(found)

    def _frames_fail(self, status: LiveStatus) -> bool:
        """The engine is in trouble although there is a calibrated face in sight: it goes on to fail."""
        stage, session = status.pipeline.animate, status.session
        if stage.state.value in ("stalled", "failed"):
            return True
        if stage.state.value != "trouble" or not (session.has_avatar and session.calibrated) or session.lost:
            self._frames_failed, self._failing = None, False
        elif self._frames_failed is None:
            self._frames_failed = stage.errors
        elif stage.errors > self._frames_failed:
            self._failing = True
        return self._failing


def _is_bad(stage: StageStatus) -> bool:
    return stage.state.value in ("trouble", "stalled", "failed")


def _trouble(source: str, stage: StageStatus) -> Trouble:
    return Trouble(source, stage.error, stage.errors, stage.state.value == "failed")

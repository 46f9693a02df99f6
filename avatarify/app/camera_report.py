"""What is told about the virtual camera: its true state in plain words, and the remedy where there is one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from avatarify.app.call import CallState
from avatarify.app.text.text import tr

if TYPE_CHECKING:
    from avatarify.live.request import LiveStatus
    from avatarify.pipeline.status import StageStatus


class CameraKind(Enum):
    """What the virtual camera does. MISSING: no driver here. BUSY: another program sends to it. GONE: it was there."""

    OFF = "off"
    STARTING = "starting"
    STOPPING = "stopping"
    ON = "on"
    PAUSED = "paused"
    PASSTHROUGH = "passthrough"
    MISSING = "missing"
    BUSY = "busy"
    GONE = "gone"
    NO_RIGHTS = "no_rights"
    STALLED = "stalled"
    TROUBLE = "trouble"


@dataclass(frozen=True)
class CameraReport:
    """headline: one short sentence. detail: another one or two, or "". command: to type in a terminal, or "".
    running: the button stops; else it starts. tone: the name of a colour of Palette.
    """

    kind: CameraKind
    headline: str
    detail: str = ""
    command: str = ""
    running: bool = False
    tone: str = "muted"


_SIGNS = (
    (CameraKind.MISSING, r"There is no virtual camera|is not loaded|cannot be loaded"),
    (CameraKind.NO_RIGHTS, r"You may not open"),
    (CameraKind.GONE, r"has gone"),
    (CameraKind.BUSY, r"is in use by|another program sends|is sending to it|is already open|Close other programs"),
)
_HEADLINES = {
    CameraKind.MISSING: "camera.missing",
    CameraKind.NO_RIGHTS: "camera.no_rights",
    CameraKind.GONE: "camera.gone",
    CameraKind.BUSY: "camera.busy",
    CameraKind.STALLED: "camera.stalled",
    CameraKind.TROUBLE: "camera.trouble",
}
TROUBLES = frozenset(_HEADLINES)
"""Something is wrong; while it runs it is tried again and again."""
_IN_TROUBLE = ("trouble", "stalled", "failed")


def report(status: LiveStatus | None, state: CallState) -> CameraReport:
    """status: the newest snapshot, None where there is no call."""
    if state is CallState.STOPPING:
        return CameraReport(CameraKind.STOPPING, tr("camera.stopping"))
    if state is CallState.STOPPED or status is None:
        return _off() if state is CallState.STOPPED else CameraReport(CameraKind.STARTING, tr("camera.getting_ready"))
    output = status.pipeline.output
    if output.state.value in _IN_TROUBLE:
        return _trouble(output, retried=status.retries_output)
    if status.virtual_camera is not None:
        return _on(status, status.virtual_camera)
    if output.state.value == "opening":
        return CameraReport(CameraKind.STARTING, tr("camera.starting"), running=True)
    return _off()


def trouble_of(text: str) -> CameraKind:
    """Which trouble an error message of the virtual camera tells."""
    return next((kind for kind, sign in _SIGNS if re.search(sign, text)), CameraKind.TROUBLE)


def remedy(kind: CameraKind, error: str, *, trying: bool) -> CameraReport:
    """What to tell about an error. error: its message and hint. trying: it is tried again by itself."""
    from avatarify.virtual_camera.advice import command_in

    command = command_in(error)
    detail = _around(kind, error, command) if command else error
    if kind is CameraKind.GONE and trying:
        detail = tr("camera.gone_note") if command else tr("camera.gone_waiting")
    headline = tr(_HEADLINES[kind])
    if not trying:
        headline = headline.partition(" \N{EN DASH} ")[0]  # behind it some say that it is tried again
    return CameraReport(kind, headline, detail, command, running=trying, tone="warning")


def _around(kind: CameraKind, error: str, command: str) -> str:
    """What an error says besides the command that is shown below it."""
    before, _, after = error.partition(command)
    after = after.strip(" .")
    if kind is CameraKind.MISSING and (not after or error.partition(command)[2].startswith(".")):
        return f"{after}. {tr('camera.type_this')}" if after else tr("camera.type_this")
    return error if after else f"{before.rstrip(' :')}:"


def _off() -> CameraReport:
    return CameraReport(CameraKind.OFF, tr("camera.off"), tr("camera.off_note"))


def _on(status: LiveStatus, name: str) -> CameraReport:
    if status.pipeline.passthrough:
        return CameraReport(
            CameraKind.PASSTHROUGH, tr("camera.passthrough"), tr("camera.passthrough_note"), running=True, tone="danger"
        )
    if status.pipeline.paused:
        return CameraReport(
            CameraKind.PAUSED, tr("camera.paused"), tr("camera.paused_note"), running=True, tone="warning"
        )
    return CameraReport(CameraKind.ON, tr("camera.on", name), _reading(status), running=True, tone="success")


def _reading(status: LiveStatus) -> str:
    if status.in_use is None:
        return tr("camera.on_note")
    if not status.in_use:
        return tr("camera.not_in_use")
    return tr("camera.in_use_by", status.reader) if status.reader is not None else tr("camera.in_use")


def _trouble(output: StageStatus, *, retried: bool) -> CameraReport:
    kind = CameraKind.STALLED if output.state.value == "stalled" else trouble_of(output.error)
    return remedy(kind, output.error, trying=retried and output.state.value != "failed")

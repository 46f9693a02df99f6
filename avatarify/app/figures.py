"""All numbers of a call as rows of words: for the status line, the details and the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from avatarify.app.text.text import tr

if TYPE_CHECKING:
    from avatarify.live.request import LiveStatus
    from avatarify.pipeline.status import Spread, StageStatus

_DASH = "\N{EN DASH}"
_SPACE = "\N{NO-BREAK SPACE}"


class Figure(NamedTuple):
    """group, name: as shown. value: with its unit."""

    group: str
    name: str
    value: str


def status_words(status: LiveStatus) -> str:
    """One line: rate, latency, drops, what computes."""
    measured = status.pipeline.measured
    parts = [tr("shell.line_fps", f"{measured.engine_fps:.0f}")]
    if measured.latency is not None:
        parts.append(tr("shell.line_latency", f"{measured.latency.p50_ms:.0f}", f"{measured.latency.p95_ms:.0f}"))
    parts.append(tr("shell.line_dropped", dropped_share(status)))
    if status.runtime is not None:
        parts.append(f"{status.runtime.name} \N{MIDDLE DOT} {status.runtime.device}")
    return "   ".join(parts)


def dropped_share(status: LiveStatus) -> str:
    """Of the camera's frames, in per cent."""
    measured = status.pipeline.measured
    share = 100 * measured.dropped / measured.camera_frames if measured.camera_frames else 0.0
    return f"{share:.0f}{_SPACE}%"


def figures(status: LiveStatus) -> tuple[Figure, ...]:
    """Everything that is known."""
    pipeline, session, measured = status.pipeline, status.session, status.pipeline.measured
    speed, engine = tr("shell.group_speed"), tr("shell.group_engine")
    call, parts = tr("shell.group_call"), tr("shell.group_parts")
    rows = [
        Figure(speed, tr("shell.figure_camera_fps"), f"{measured.camera_fps:.1f}"),
        Figure(speed, tr("shell.figure_engine_fps"), f"{measured.engine_fps:.1f}"),
        Figure(speed, tr("shell.figure_output_fps"), f"{measured.output_fps:.1f}"),
        Figure(speed, tr("shell.figure_latency"), _spread(measured.latency)),
        Figure(speed, tr("shell.figure_step"), _spread(measured.step)),
        Figure(speed, tr("shell.figure_added"), _spread(measured.added)),
        Figure(speed, tr("shell.figure_audio"), _ms(measured.audio_delay_ms)),
        Figure(speed, tr("shell.figure_dropped"), f"{measured.dropped} ({dropped_share(status)})"),
        Figure(speed, tr("shell.figure_skipped"), str(measured.skipped_ticks)),
        Figure(speed, tr("shell.figure_frames"), str(measured.animated_frames)),
        Figure(speed, tr("shell.figure_errors"), str(measured.engine_errors)),
        Figure(
            speed, tr("shell.figure_smoothing"), f"{session.lag_talking_ms:.0f} / {session.lag_rest_ms:.0f}{_SPACE}ms"
        ),
    ]
    runtime = status.runtime
    if runtime is not None:
        rows += [
            Figure(engine, tr("shell.figure_runtime"), runtime.name),
            Figure(engine, tr("shell.figure_device"), f"{runtime.device} ({runtime.device_name})"),
            Figure(engine, tr("shell.figure_precision"), runtime.precision),
            Figure(engine, tr("shell.figure_governor"), status.governor.reason or tr("shell.governor_everything")),
            *(Figure(engine, tr("shell.figure_passed_over"), reason) for reason in runtime.passed_over),
        ]
    showing = pipeline.showing.value if pipeline.showing is not None else _DASH
    calibrated = session.calibrated_by.value if session.calibrated_by is not None else _DASH
    rows += [
        Figure(call, tr("shell.figure_showing"), showing),
        Figure(call, tr("shell.figure_avatar"), status.avatar or _DASH),
        Figure(call, tr("shell.figure_calibrated"), calibrated),
        Figure(call, tr("shell.figure_virtual_camera"), status.virtual_camera or _DASH),
        Figure(call, tr("shell.figure_sent"), str(measured.sent)),
        Figure(parts, tr("shell.figure_camera"), _stage(pipeline.capture)),
        Figure(parts, tr("shell.figure_engine"), _stage(pipeline.animate)),
        Figure(parts, tr("shell.figure_output"), _stage(pipeline.output)),
        *(Figure(parts, tr("shell.figure_note"), note) for note in status.notes),
    ]
    return tuple(rows)


def as_text(rows: tuple[Figure, ...]) -> str:
    """For the clipboard: lines of "group: name: value"."""
    return "\n".join(f"{row.group}: {row.name}: {row.value}" for row in rows) + "\n"


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return _DASH
    return f"{spread.p50_ms:.0f}{_SPACE}ms (p95 {spread.p95_ms:.0f}{_SPACE}ms)"


def _ms(value: float | None) -> str:
    return _DASH if value is None else f"{value:.0f}{_SPACE}ms"


def _stage(stage: StageStatus) -> str:
    told = f": {stage.error}" if stage.error else ""
    return f"{stage.state.value}{told}"

"""`live`: the webcam moves an avatar, and a virtual camera shows it to the call."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from avatarify.cli.engine import check_motion, model_named, share_cores
from avatarify.cli.live_keys import ESCAPE, keys_of, typed_keys
from avatarify.cli.options import add_setting_options, chosen, keys_of_groups
from avatarify.cli.output import say, say_json, warn
from avatarify.errors import AvatarifyError, SettingsError

if TYPE_CHECKING:
    from avatarify.live.live import Live
    from avatarify.live.request import LiveRequest, LiveStatus
    from avatarify.preferences.preferences import Preferences

NAME = "live"
HELP = "move an avatar with your webcam, for Zoom, Meet and others"
GROUPS = ("camera", "output", "framing", "motion", "comfort", "calibration", "engine")
"""Of the settings that this verb has options for."""
_TITLES = {"output": "virtual camera", "comfort": "smoothness"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.epilog = (
        "An option that is left out has the value that you chose in the app; --no-preferences ignores those choices, "
        "and then the defaults hold. What is typed here is for this call only."
    )
    parser.add_argument("--avatar", metavar="NAME", help="by name or number (the first)")
    parser.add_argument(
        "--avatars", type=Path, action="append", default=[], metavar="DIR", help="a folder with more portraits"
    )
    parser.add_argument("--record", type=Path, metavar="FILE", help="what the virtual camera shows, as an mp4")
    parser.add_argument(
        "--pass-through", action="store_true", help="DANGER: shows your real camera picture, not the avatar"
    )
    parser.add_argument("--seconds", type=float, metavar="S", help="stop by itself")
    parser.add_argument("--json", action="store_true", help="the status each second, one JSON object a line")
    parser.add_argument("--no-preferences", action="store_true", help="ignore what you chose in the app")
    for group in GROUPS:
        add_setting_options(parser.add_argument_group(_TITLES.get(group, group)), keys_of_groups(group))


def run(arguments: argparse.Namespace) -> int:
    """Run until q, Ctrl-C or --seconds. Raises AvatarifyError."""
    if arguments.seconds is not None and arguments.seconds <= 0:
        raise SettingsError(f"--seconds is {arguments.seconds:g}.", "Choose more than 0.")
    share_cores()
    from avatarify.live.live import Live

    request = make_request(arguments)
    with Live(request) as live:
        if not arguments.json:
            say(greeting(request.camera, avatar_list(live)))
            if sys.stdin.isatty():
                say(
                    "keys: " + ", ".join(f"{key.key} {key.label}" for key in keys_of(request.settings)[9:]) + ", q quit"
                )
        if arguments.pass_through:
            live.pipeline.passthrough.switch_on()
            warn("PASS-THROUGH IS ON: the call sees your real camera picture.")
        try:
            follow(live, arguments)
        except KeyboardInterrupt:
            if not arguments.json:
                say()
        finally:
            ended = live.stop_recording()
    if ended is not None:
        if ended.error is not None:
            raise ended.error
        warn(f"recorded {ended.frames} pictures, {ended.seconds:.1f} s: {ended.path}")
    return 0


def make_request(arguments: argparse.Namespace) -> LiveRequest:
    """What the options ask for, on top of what the user chose for good."""
    preferences = chosen(arguments, keys_of_groups(*GROUPS), _preferences(arguments))
    check_motion(arguments, preferences)
    from avatarify.camera.devices import first_camera
    from avatarify.live.preferred import preferred_request

    avatar = arguments.avatar
    request = preferred_request(
        preferences,
        model=model_named(preferences.text("engine.model")),
        camera=preferences.text("camera.device") or first_camera(),
        avatar=int(avatar) if avatar is not None and avatar.isdecimal() else avatar,
    )
    return dataclasses.replace(request, folders=(request.folders[0], *arguments.avatars, *request.folders[1:]))


def _preferences(arguments: argparse.Namespace) -> Preferences:
    from avatarify.paths import user_preferences
    from avatarify.preferences.file import load
    from avatarify.preferences.preferences import Preferences

    if arguments.no_preferences:
        return Preferences()
    loaded = load(user_preferences())
    for note in loaded.notes:
        warn(note)
    return loaded.preferences


def avatar_list(live: Live) -> str:
    """Names with their numbers; those that cannot be used are left out."""
    names = [f"{avatar.number or '-'} {avatar.name}" for avatar in live.avatars.all if avatar.usable]
    return ", ".join(names)


def follow(live: Live, arguments: argparse.Namespace) -> None:
    """Handle keys and tell the status until the end."""
    keys = {key.key: key for key in keys_of(live.request.settings)}
    ends_at = None if arguments.seconds is None else time.monotonic() + arguments.seconds
    told: tuple[str, ...] = ()
    tell_at = time.monotonic() + 1.0
    pending: list[Future[object]] = []
    to_record: Path | None = arguments.record
    with typed_keys() as next_key:
        while ends_at is None or time.monotonic() < ends_at:
            typed = next_key(0.1)
            if typed in ("q", ESCAPE):
                return
            if typed in keys:
                try:
                    outcome = keys[typed].press(live)
                except AvatarifyError as error:
                    warn(f"{keys[typed].label}: {error}")
                else:
                    if isinstance(outcome, Future):
                        pending.append(outcome)
            pending = _told_failures(pending)
            status = live.status()
            if to_record is not None and status.pipeline.measured.sent:
                live.record(to_record)
                to_record = None
            if time.monotonic() >= tell_at:
                tell_at += 1.0
                told = _tell(status, told, arguments)


def greeting(camera: str, avatars: str) -> str:
    """The first line. camera: as it was asked for; the secrets of an address stay out."""
    from avatarify.camera.open_camera import shown_name

    return f"camera {shown_name(camera)}; avatars: {avatars}"


def describe(status: LiveStatus) -> str:
    """One line: what the call sees, how fast, and what is wrong."""
    pipeline, session, measured = status.pipeline, status.session, status.pipeline.measured
    showing = pipeline.showing.value if pipeline.showing is not None else "starting"
    parts = [f"{status.avatar or 'no avatar'}: {showing.upper() if pipeline.passthrough else showing}"]
    parts.append(f"{measured.output_fps:.0f} fps out, {measured.engine_fps:.0f} animated, {measured.camera_fps:.0f} in")
    if measured.latency is not None:
        parts.append(f"latency {measured.latency.p50_ms:.0f} ms (p95 {measured.latency.p95_ms:.0f})")
    if session.calibrated_by is not None:
        parts.append(f"calibrated by {session.calibrated_by.value}")
    elif status.runtime is not None:
        parts.append("not calibrated")
    if status.governor.level.number:
        parts.append(f"doing less (level {status.governor.level.number})")
    if pipeline.resting:
        parts.append("at rest, nobody looks")
    if session.hints:
        parts.append(session.hints[0])
    return "; ".join(parts)


def problems(status: LiveStatus) -> tuple[str, ...]:
    """What is wrong now, and what the user should know, in sentences."""
    stages = {"camera": status.pipeline.capture, "engine": status.pipeline.animate, "output": status.pipeline.output}
    troubles = [
        f"{name}: {stage.error}"
        for name, stage in stages.items()
        if stage.error and stage.state.value in ("trouble", "stalled", "failed")
    ]
    slow = (status.governor.reason,) if status.governor.reason else ()
    return (*troubles, *slow, *status.notes)


def _tell(status: LiveStatus, told: tuple[str, ...], arguments: argparse.Namespace) -> tuple[str, ...]:
    """Print what is new; returns what holds now."""
    if arguments.json:
        say_json(dataclasses.asdict(status), indent=None)
        return told
    now = problems(status)
    for sentence in now:
        if sentence not in told:
            warn(sentence)
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\x1b[K{describe(status)}")
        sys.stdout.flush()
    else:
        say(describe(status))
    return now


def _told_failures(pending: list[Future[object]]) -> list[Future[object]]:
    """Tell what commands failed; returns those that are still under way."""
    for future in [future for future in pending if future.done()]:
        pending.remove(future)
        error = None if future.cancelled() else future.exception()
        if error is not None:
            warn(f"that did not work: {error}")
    return pending

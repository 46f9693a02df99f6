"""`control`: tells a running app what to do, from a launcher, a Stream Deck or a desktop's own shortcut."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from avatarify.cli.output import say, say_json
from avatarify.errors import ControlError

if TYPE_CHECKING:
    from avatarify.control.messages import ControlStatus

NAME = "control"
HELP = "tell a running app what to do: next avatar, pause, status and more"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    from avatarify.control.verbs import VERBS

    width = max(len(f"{verb.name} {verb.argument}") for verb in VERBS)
    lines = [f"  {f'{verb.name} {verb.argument}':{width}}  {verb.does}" for verb in VERBS]
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n".join(("commands:", *lines))
    parser.add_argument("command", metavar="COMMAND", help="one of those below")
    parser.add_argument("argument", metavar="ARGUMENT", nargs="?", default="", help="where the command wants one")
    parser.add_argument("--json", action="store_true", help="the answer, or the status, as one JSON object in a line")


def run(arguments: argparse.Namespace) -> int:
    """Raises ControlError: no app runs, or it did not do it."""
    from avatarify.control.client import send
    from avatarify.control.messages import Message

    reply = send(Message(arguments.command, arguments.argument))
    if arguments.json:
        say_json(asdict(reply.status if reply.status is not None else reply), indent=None)
        return 0 if reply.ok else 1
    if not reply.ok:
        raise ControlError(reply.error, reply.hint)
    if reply.status is not None:
        say(describe(reply.status))
    elif reply.text:
        say(reply.text)
    return 0


def describe(status: ControlStatus) -> str:
    """Two lines for a person."""
    parts = [status.state, f"avatar {status.avatar}" if status.avatar else "no avatar"]
    parts.append(f"virtual camera {status.virtual_camera}" if status.virtual_camera else "virtual camera off")
    parts += [word for word, on in (("paused", status.paused), ("recording", status.recording)) if on]
    if status.passthrough:
        seen = "THE CALL SEES THE REAL CAMERA" if status.virtual_camera else "the real camera, which only you see"
        parts.append(f"PASS-THROUGH: {seen}")
    if status.latency_p50_ms is not None:
        parts.append(f"{status.engine_fps:.0f} new pictures a second, latency {status.latency_p50_ms:.0f} ms")
    lines = ["; ".join(parts)]
    if status.avatars:
        lines.append(f"avatars: {', '.join(status.avatars)}")
    return "\n".join(lines)

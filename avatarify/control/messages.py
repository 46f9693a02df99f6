"""What goes over the socket: one line of JSON there, one line of JSON back.

{"version": 1, "command": "avatar", "argument": "3"}
{"version": 1, "ok": true, "text": "", "status": null}
{"version": 1, "ok": false, "error": "There is no avatar 'x'.", "hint": "..."}
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from avatarify.control.verbs import verb
from avatarify.errors import ControlError

VERSION = 1
MESSAGE_LIMIT = 4096
"""Bytes of a message with its line end."""
REPLY_LIMIT = 1 << 20
"""Bytes of a reply with its line end."""
_LONGEST_ARGUMENT = 1024


@dataclass(frozen=True)
class Message:
    """command: the name of one of VERBS. argument: "" where the command takes none."""

    command: str
    argument: str = ""


@dataclass(frozen=True)
class ControlStatus:
    """How the app is doing. state: stopped, starting, running or stopping. showing: what the virtual camera shows.
    avatars: names in their order. fps: pictures a second that go out. Latencies from camera to virtual camera, in ms."""

    state: str
    avatar: str | None = None
    avatars: tuple[str, ...] = ()
    virtual_camera: str | None = None
    showing: str | None = None
    paused: bool = False
    passthrough: bool = False
    recording: bool = False
    fps: float = 0.0
    engine_fps: float = 0.0
    latency_p50_ms: float | None = None
    latency_p95_ms: float | None = None
    runtime: str | None = None


@dataclass(frozen=True)
class Reply:
    """ok: it was done. text: a remark on that. error, hint: what happened and what to do, where it was not."""

    ok: bool
    text: str = ""
    error: str = ""
    hint: str = ""
    status: ControlStatus | None = None


def encode_message(message: Message) -> bytes:
    """Raises ControlError for a message that no app would take."""
    _check(message)
    return _line({"version": VERSION, "command": message.command, "argument": message.argument})


def decode_message(line: bytes) -> Message:
    """Raises ControlError: not of this form, another version, unknown command, argument missing or not wanted."""
    entries = _entries(line, MESSAGE_LIMIT)
    _expect_version(entries.get("version"))
    command, argument = entries.get("command"), entries.get("argument", "")
    if (
        not isinstance(command, str)
        or not isinstance(argument, str)
        or set(entries) - {"version", "command", "argument"}
    ):
        raise ControlError("This is no message to Avatarify.", 'Send {"version": 1, "command": "next"} and a line end.')
    message = Message(command, argument)
    _check(message)
    return message


def encode_reply(reply: Reply) -> bytes:
    """In one line."""
    return _line({"version": VERSION, **asdict(reply)})


def decode_reply(line: bytes) -> Reply:
    """Raises ControlError for what is no reply of this version."""
    entries = _entries(line, REPLY_LIMIT)
    _expect_version(entries.pop("version", None))
    status = entries.pop("status", None)
    known = {field.name: field.type for field in fields(Reply)}
    texts = {name: str(value) for name, value in entries.items() if name in known and name != "ok"}
    return Reply(ok=entries.get("ok") is True, status=_status(status), **texts)


def _check(message: Message) -> None:
    wanted = verb(message.command)
    if wanted.argument and not message.argument.strip():
        raise ControlError(f"{wanted.name} wants {wanted.argument}.", "Add it, as in `avatar 3`.")
    if message.argument and not wanted.argument:
        raise ControlError(f"{wanted.name} takes no {message.argument!r}.", "Leave it out.")
    if len(message.argument) > _LONGEST_ARGUMENT or not message.argument.isprintable():
        raise ControlError(f"That is no {wanted.argument}.", "Use a number or a name.")


def _line(entries: dict[str, object]) -> bytes:
    return json.dumps(entries).encode() + b"\n"


def _entries(line: bytes, limit: int) -> dict[str, object]:
    if len(line) > limit:
        raise ControlError(f"More than {limit} bytes in a line.", "Send less.")
    try:
        entries = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ControlError("What came over the socket is no JSON.", "Send one JSON object a line.") from error
    if not isinstance(entries, dict):
        raise ControlError("What came over the socket is no JSON object.", "Send one JSON object a line.")
    return entries


def _expect_version(version: object) -> None:
    if version != VERSION or isinstance(version, bool):
        raise ControlError(
            f"The other side speaks version {version!r} of the protocol, this one {VERSION}.",
            "Use the command line of the same Avatarify that runs.",
        )


def _status(entries: object) -> ControlStatus | None:
    if entries is None:
        return None
    if not isinstance(entries, dict) or not isinstance(entries.get("state"), str):
        raise ControlError("The status that came is not understood.", "Use the command line of the same Avatarify.")
    known = {field.name for field in fields(ControlStatus)}
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in entries.items() if name in known
    }
    return ControlStatus(**values)

"""Messages over the socket: each comes back as it was, and what is none is refused."""

from __future__ import annotations

import json

import pytest

from avatarify.control.messages import (
    MESSAGE_LIMIT,
    ControlStatus,
    Message,
    Reply,
    decode_message,
    decode_reply,
    encode_message,
    encode_reply,
)
from avatarify.control.verbs import VERBS
from avatarify.errors import ControlError


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_goes_over_and_comes_back(verb: object) -> None:
    message = Message(verb.name, "ilse" if verb.argument else "")  # type: ignore[attr-defined]
    line = encode_message(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode_message(line) == message


@pytest.mark.parametrize(
    "reply",
    [
        Reply(ok=True),
        Reply(ok=True, text="Under way."),
        Reply(ok=False, error="There is no avatar 'ö'.\nReally.", hint="Choose one."),
        Reply(ok=True, status=ControlStatus("running", avatar="ilse", avatars=("ilse", "max"), latency_p50_ms=81.5)),
    ],
)
def test_replies_go_over_and_come_back(reply: Reply) -> None:
    line = encode_reply(reply)
    assert line.count(b"\n") == 1
    assert decode_reply(line) == reply


def test_an_unknown_command_is_answered_with_those_there_are() -> None:
    with pytest.raises(ControlError, match="There is no command 'explode'") as refused:
        decode_message(b'{"version": 1, "command": "explode"}\n')
    assert all(verb.name in refused.value.hint for verb in VERBS)


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ({"command": "next"}, "version None"),
        ({"version": 2, "command": "next"}, "version 2"),
        ({"version": True, "command": "next"}, "version True"),
        ({"version": 1}, "no message"),
        ({"version": 1, "command": 7}, "no message"),
        ({"version": 1, "command": "next", "shell": "rm"}, "no message"),
        ({"version": 1, "command": "avatar"}, "avatar wants AVATAR"),
        ({"version": 1, "command": "avatar", "argument": "  "}, "avatar wants AVATAR"),
        ({"version": 1, "command": "avatar", "argument": ["3"]}, "no message"),
        ({"version": 1, "command": "next", "argument": "3"}, "next takes no '3'"),
        ({"version": 1, "command": "avatar", "argument": "a\nb"}, "That is no AVATAR"),
        ({"version": 1, "command": "avatar", "argument": "a" * 2000}, "That is no AVATAR"),
        ([], "no JSON object"),
        (None, "no JSON object"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(entries: object, complaint: str) -> None:
    with pytest.raises(ControlError, match=complaint):
        decode_message(json.dumps(entries).encode())


@pytest.mark.parametrize(
    "line", [b"", b"next\n", b"\xff\xfe\n", b"[" * 2000 + b"\n", b"{" + b" " * MESSAGE_LIMIT + b"}\n"]
)
def test_rubbish_is_refused(line: bytes) -> None:
    with pytest.raises(ControlError):
        decode_message(line)


def test_an_impossible_message_is_not_even_sent() -> None:
    with pytest.raises(ControlError, match="There is no command"):
        encode_message(Message("explode"))


@pytest.mark.parametrize(
    "line",
    [
        b'{"version": 9, "ok": true}',
        b'{"version": 1, "ok": true, "status": 3}',
        b'{"version": 1, "ok": true, "status": {}}',
    ],
)
def test_what_is_no_reply_is_refused(line: bytes) -> None:
    with pytest.raises(ControlError):
        decode_reply(line)


def test_a_reply_may_say_more_than_we_know() -> None:
    line = b'{"version": 1, "ok": true, "mood": "fine", "status": {"state": "running", "mood": "fine"}}'
    assert decode_reply(line) == Reply(ok=True, status=ControlStatus("running"))

"""The control socket from both ends: the real client, the real server, a call that is made up."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from avatarify.app import control_server
from avatarify.app.call import CallState
from avatarify.app.control_server import ControlServer
from avatarify.control.address import socket_path
from avatarify.control.client import send
from avatarify.control.messages import ControlStatus, Message, Reply, decode_reply
from avatarify.errors import AvatarifyError, ControlError, MediaError
from avatarify.live.request import LiveStatus
from avatarify.pipeline.status import Measured, Spread
from tests.fakes.live_status import live_status

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the socket's file, its rights")


class Doer(QObject):
    """Something whose work may take until `end`."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.busy: tuple[str, ...] = ()

    def begin(self, what: str) -> None:
        self.busy = (what,)
        self.changed.emit()

    def end(self, error: AvatarifyError | None = None) -> None:
        """As the app does: first it is not busy any more, then it tells what went wrong."""
        self.busy = ()
        self.changed.emit()
        if error is not None:
            self.failed.emit(error)


class MadeUpCall(Doer):
    """Stands where a Call is expected. Some commands are done at once, some take until `end`, some fail."""

    def __init__(self) -> None:
        super().__init__()
        self.live = None
        self.state = CallState.RUNNING
        self.status: LiveStatus | None = None
        self.done: list[str] = []

    def show_avatar(self, key: str | int) -> None:
        self.done.append(f"avatar {key!r}")
        if key == "nobody":
            self.failed.emit(MediaError("There is no avatar 'nobody'.", "Choose ilse or max."))
        else:
            self.begin("shell.busy_avatar")

    def pause(self, paused: bool) -> None:
        self.status = live_status(paused=paused)


class MadeUpRecording(Doer):
    """Stands where a Recording is expected. slow: a film is being opened until the test says what came of it."""

    slow = False

    def toggle(self) -> None:
        if self.slow:
            self.begin("film")


Ask = Callable[[Message], Future[Reply]]


@pytest.fixture
def call(qapp: object) -> MadeUpCall:
    return MadeUpCall()


@pytest.fixture
def recording(qapp: object) -> MadeUpRecording:
    return MadeUpRecording()


@pytest.fixture
def server(call: MadeUpCall, recording: MadeUpRecording) -> Iterator[ControlServer]:
    ids = ("avatar.next", "avatar.previous", "calibration.take", "output.toggle", "recording.toggle", "still.take")
    handlers: dict[str, Callable[[], None]] = {id_: partial(call.done.append, id_) for id_ in ids}
    handlers["call.pause"] = lambda: call.done.append("call.pause")

    def record() -> None:
        call.done.append("recording.toggle")
        recording.toggle()

    handlers["recording.toggle"] = record
    server = ControlServer(call, handlers, recording=recording)  # type: ignore[arg-type]
    server.listen()
    yield server
    server.close()


@pytest.fixture
def ask(server: ControlServer) -> Iterator[Ask]:
    """Sends from another thread, as another program would."""
    with ThreadPoolExecutor(8) as pool:
        yield lambda message: pool.submit(send, message, limit_s=10.0)


def answer(qtbot: QtBot, reply: Future[Reply]) -> Reply:
    qtbot.waitUntil(reply.done)
    return reply.result()


@pytest.mark.parametrize(
    ("command", "done"),
    [
        ("next", "avatar.next"),
        ("previous", "avatar.previous"),
        ("calibrate", "calibration.take"),
        ("toggle-output", "output.toggle"),
        ("record", "recording.toggle"),
        ("still", "still.take"),
    ],
)
def test_commands_reach_their_handlers(qtbot: QtBot, ask: Ask, call: MadeUpCall, command: str, done: str) -> None:
    assert answer(qtbot, ask(Message(command))) == Reply(ok=True)
    assert call.done == [done]


def test_an_avatar_is_shown_before_the_answer_comes(qtbot: QtBot, ask: Ask, call: MadeUpCall) -> None:
    reply = ask(Message("avatar", " 3 "))
    qtbot.waitUntil(lambda: call.done == ["avatar 3"])
    qtbot.wait(20)
    assert not reply.done()
    call.end()
    assert answer(qtbot, reply) == Reply(ok=True)


def test_what_fails_at_once_and_what_fails_later_is_told(qtbot: QtBot, ask: Ask, call: MadeUpCall) -> None:
    assert answer(qtbot, ask(Message("avatar", "nobody"))) == Reply(
        ok=False, error="There is no avatar 'nobody'.", hint="Choose ilse or max."
    )
    reply = ask(Message("avatar", "ilse"))
    qtbot.waitUntil(lambda: "avatar 'ilse'" in call.done)
    call.end(MediaError("Its picture has gone.", "Look for it."))
    assert answer(qtbot, reply).error == "Its picture has gone."


def test_what_takes_too_long_is_under_way(
    qtbot: QtBot, ask: Ask, call: MadeUpCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_server, "DONE_WITHIN_MS", 30)
    assert answer(qtbot, ask(Message("avatar", "ilse"))) == Reply(ok=True, text="Under way.")
    call.end()


@pytest.mark.parametrize("error", [None, MediaError("The disk is full.", "Make room.")])
def test_a_film_is_recorded_before_the_answer_comes(
    qtbot: QtBot, ask: Ask, server: ControlServer, recording: MadeUpRecording, error: AvatarifyError | None
) -> None:
    recording.slow = True
    reply = ask(Message("record"))
    qtbot.waitUntil(lambda: recording.busy == ("film",))
    qtbot.wait(20)
    assert not reply.done(), "the disk has not been tried yet"
    recording.end(error)
    told = answer(qtbot, reply)
    assert told == (Reply(ok=True) if error is None else Reply(ok=False, error="The disk is full.", hint="Make room."))
    qtbot.waitUntil(lambda: server._talks == [])


def test_what_was_under_way_before_is_not_waited_for(qtbot: QtBot, ask: Ask, call: MadeUpCall) -> None:
    call.busy = ("shell.busy_model",)
    assert answer(qtbot, ask(Message("next"))) == Reply(ok=True)


def test_pause_and_resume_say_what_they_want(qtbot: QtBot, ask: Ask, call: MadeUpCall) -> None:
    assert answer(qtbot, ask(Message("pause"))).error == "The camera is not running yet."
    call.pause(False)
    assert answer(qtbot, ask(Message("resume"))) == Reply(ok=True, text="It is not paused.")
    assert answer(qtbot, ask(Message("pause"))) == Reply(ok=True)
    assert call.done == ["call.pause"]
    call.pause(True)
    assert answer(qtbot, ask(Message("pause"))) == Reply(ok=True, text="It is paused already.")
    assert answer(qtbot, ask(Message("resume"))) == Reply(ok=True)
    assert call.done == ["call.pause", "call.pause"]


def test_the_status_is_told(qtbot: QtBot, ask: Ask, call: MadeUpCall) -> None:
    call.state = CallState.STOPPED
    assert answer(qtbot, ask(Message("status"))).status == ControlStatus("stopped")
    measured = Measured(output_fps=29.97, engine_fps=12.34, latency=Spread(81.5, 120.0))
    call.state, call.status = CallState.RUNNING, live_status(virtual_camera="Avatarify", measured=measured)
    assert answer(qtbot, ask(Message("status"))).status == ControlStatus(
        state="running",
        avatar="ada",
        virtual_camera="Avatarify",
        showing="animated",
        fps=30.0,
        engine_fps=12.3,
        latency_p50_ms=81.5,
        latency_p95_ms=120.0,
        runtime="eager on cpu (a processor), float32",
    )


def test_raise_is_a_signal(qtbot: QtBot, ask: Ask, server: ControlServer) -> None:
    with qtbot.waitSignal(server.raised):
        reply = ask(Message("raise"))
    assert answer(qtbot, reply) == Reply(ok=True)


def test_several_may_speak_at_once(qtbot: QtBot, ask: Ask, call: MadeUpCall, server: ControlServer) -> None:
    replies = [ask(Message("next")) for _ in range(6)]
    qtbot.waitUntil(lambda: all(reply.done() for reply in replies))
    assert [reply.result().ok for reply in replies] == [True] * 6
    assert call.done == ["avatar.next"] * 6
    qtbot.waitUntil(lambda: server._talks == [])


def raw(qtbot: QtBot, sent: bytes, *, whole: bool = True) -> Reply:
    """What a stranger gets who sends just this."""

    def converse() -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(10)
            connection.connect(str(socket_path()))
            connection.sendall(sent)
            if whole:
                connection.shutdown(socket.SHUT_WR)
            received = b""
            while piece := connection.recv(65536):
                received += piece
            return received

    with ThreadPoolExecutor(1) as pool:
        received = pool.submit(converse)
        qtbot.waitUntil(received.done)
        return decode_reply(received.result())


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        (b"hello\n", "no JSON"),
        (b'{"version": 1, "command": "explode"}\n', "no command 'explode'"),
        (b'{"version": 7, "command": "next"}\n', "version 7"),
        (b"x" * 5000, "More than 4096 bytes"),
    ],
)
def test_strangers_are_told_what_is_wrong(
    qtbot: QtBot, server: ControlServer, call: MadeUpCall, sent: bytes, complaint: str
) -> None:
    reply = raw(qtbot, sent, whole=False)
    assert not reply.ok
    assert complaint in reply.error
    assert call.done == []


def test_who_says_nothing_is_shown_the_door(
    qtbot: QtBot, call: MadeUpCall, server: ControlServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control_server, "MESSAGE_WITHIN_MS", 30)
    assert raw(qtbot, b'{"version"', whole=False).error == "No line within 30 ms."
    assert call.done == []


def test_who_goes_away_while_it_is_being_done_is_forgotten(
    qtbot: QtBot, server: ControlServer, call: MadeUpCall
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(socket_path()))
        connection.sendall(b'{"version": 1, "command": "avatar", "argument": "ilse"}\n')
        qtbot.waitUntil(lambda: call.done == ["avatar 'ilse'"])
    qtbot.waitUntil(lambda: server._talks == [])
    call.end()


def test_only_the_user_gets_in(server: ControlServer) -> None:
    path = socket_path()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_socket_whose_rights_cannot_be_set_is_not_used(
    qtbot: QtBot, call: MadeUpCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, mode: int) -> None:
        raise OSError(1, "Operation not permitted", str(path))

    server = ControlServer(call, {})
    monkeypatch.setattr(Path, "chmod", refused)
    with pytest.raises(ControlError, match="cannot be kept to yourself: Operation not permitted"):
        server.listen()
    monkeypatch.undo()
    server.close()


def test_a_second_app_is_refused_and_the_first_goes_on(qtbot: QtBot, ask: Ask, call: MadeUpCall) -> None:
    second = ControlServer(call, {})  # type: ignore[arg-type]
    with pytest.raises(ControlError, match="running already"):
        second.listen()
    second.close()
    assert answer(qtbot, ask(Message("next"))).ok


def test_a_socket_that_was_left_behind_is_taken_over(qtbot: QtBot, call: MadeUpCall) -> None:
    path = socket_path()
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(path))
    server = ControlServer(call, {})  # type: ignore[arg-type]
    server.listen()
    assert raw(qtbot, b'{"version": 1, "command": "status"}\n').ok
    server.close()
    assert not path.exists()


def test_the_end_is_told_to_who_waits(qtbot: QtBot, ask: Ask, server: ControlServer, call: MadeUpCall) -> None:
    reply = ask(Message("avatar", "ilse"))
    qtbot.waitUntil(lambda: call.done == ["avatar 'ilse'"])
    server.close()
    server.close()
    assert answer(qtbot, reply).error == "Avatarify is ending."


def test_it_answers_at_once(qtbot: QtBot, ask: Ask) -> None:
    began = time.monotonic()
    assert answer(qtbot, ask(Message("status"))).ok
    assert time.monotonic() - began < control_server.MESSAGE_WITHIN_MS / 1000, (
        "it does not wait for more of the message"
    )

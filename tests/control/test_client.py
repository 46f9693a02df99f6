"""Telling a running app something, and hearing its answer."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from avatarify.control.client import send
from avatarify.control.messages import REPLY_LIMIT, Message, Reply, encode_reply
from avatarify.errors import ControlError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sockets of POSIX")


class App:
    """The other end of the socket: hears one line and answers with these bytes, or not at all."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread: threading.Thread | None = None
        self.heard = b""
        self.let_go = threading.Event()

    def answer(self, reply: bytes | None) -> None:
        self._thread = threading.Thread(target=self._converse, args=(reply,), daemon=True)
        self._thread.start()

    def _converse(self, reply: bytes | None) -> None:
        connection, _ = self._listener.accept()
        with connection:
            self.heard = connection.recv(65536)
            if reply is None:
                self.let_go.wait(10)
                return
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # who has heard too much hangs up
                for start in range(0, len(reply), 8000):  # in pieces, as it may come
                    connection.sendall(reply[start : start + 8000])

    def close(self) -> None:
        self.let_go.set()
        if self._thread is not None:
            self._thread.join(5)
        self._listener.close()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def app(home: Path) -> Iterator[App]:
    app = App(home / "runtime" / "control.sock")
    yield app
    app.close()


def test_a_message_is_answered(app: App) -> None:
    app.answer(encode_reply(Reply(ok=True, text="done")))
    assert send(Message("avatar", "3")) == Reply(ok=True, text="done")
    assert app.heard == b'{"version": 1, "command": "avatar", "argument": "3"}\n'


def test_a_long_answer_comes_whole(app: App) -> None:
    reply = Reply(ok=True, text="a" * 50000)
    app.answer(encode_reply(reply))
    assert send(Message("status")) == reply


def test_without_an_app_it_is_told_how_to_start_one(home: Path) -> None:
    with pytest.raises(ControlError, match="Avatarify is not running") as refused:
        send(Message("next"))
    assert "run.py app" in refused.value.hint


def test_a_socket_that_was_left_behind_is_no_app(home: Path) -> None:
    path = home / "runtime" / "control.sock"
    path.parent.mkdir()
    left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left.bind(str(path))
    left.close()
    with pytest.raises(ControlError, match="Avatarify is not running"):
        send(Message("next"))


def test_an_app_that_hangs_is_not_waited_for_for_ever(app: App) -> None:
    app.answer(None)
    began = time.monotonic()
    with pytest.raises(ControlError, match=r"did not answer within 0\.1 s"):
        send(Message("next"), limit_s=0.1)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (lambda: b"", "ended without an answer"),
        (lambda: b"hello\n", "no JSON"),
        (lambda: b"a" * (REPLY_LIMIT + 70000), "More than"),
    ],
    ids=["nothing", "rubbish", "too much"],
)
def test_a_bad_answer_is_told(app: App, reply: Callable[[], bytes], complaint: str) -> None:
    app.answer(reply())
    with pytest.raises(ControlError, match=complaint):
        send(Message("next"))


def test_a_folder_that_somebody_else_has_made_is_not_asked(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    app.answer(encode_reply(Reply(ok=True)))
    other = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: other)
    with pytest.raises(ControlError, match="runtime is not a folder of yours"):
        send(Message("raise"))
    assert app.heard == b""


def test_a_link_to_a_folder_is_not_followed(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (home / "runtime").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(ControlError, match="runtime is not a folder of yours"):
        send(Message("next"))

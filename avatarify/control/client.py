"""Tells a running app something and waits for what it says. Needs neither Qt nor anything else that is slow to import."""

from __future__ import annotations

import socket
import sys
import threading
import time
from pathlib import Path

from avatarify.control.address import pipe_name, refuse_foreign_folder, socket_path
from avatarify.control.messages import REPLY_LIMIT, Message, Reply, decode_reply, encode_message
from avatarify.errors import ControlError

REPLY_WITHIN_S = 20.0
_RETRY_S = 0.05


def send(message: Message, *, limit_s: float = REPLY_WITHIN_S) -> Reply:
    """Waits at most `limit_s`. Raises ControlError: no app runs, it does not answer, or the message is none."""
    line = encode_message(message)
    if sys.platform == "win32":
        return decode_reply(_through_pipe(line, limit_s))
    return decode_reply(_through_socket(socket_path(), line, limit_s))


def _through_socket(path: Path, line: bytes, limit_s: float) -> bytes:
    until = time.monotonic() + limit_s
    refuse_foreign_folder(path.parent)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.settimeout(limit_s)
            connection.connect(str(path))
        except OSError as error:
            raise _not_running() from error
        try:
            connection.sendall(line)
            received = bytearray()
            while not received.endswith(b"\n") and len(received) <= REPLY_LIMIT:
                connection.settimeout(max(0.001, until - time.monotonic()))
                piece = connection.recv(65536)
                if not piece:
                    break
                received += piece
        except TimeoutError as error:
            raise _no_answer(limit_s) from error
        except OSError as error:
            raise ControlError(f"Avatarify broke off ({error.strerror}).", "Try again.") from error
    if not received:
        raise ControlError("Avatarify ended without an answer.", "Start it again.")
    return bytes(received)


def _through_pipe(line: bytes, limit_s: float) -> bytes:
    """A file on a pipe has no time limit, so a thread waits for it."""
    answer: list[bytes | OSError] = []

    def converse() -> None:
        until = time.monotonic() + limit_s
        while True:
            try:
                with Path(rf"\\.\pipe\{pipe_name()}").open("r+b", buffering=0) as pipe:
                    pipe.write(line)
                    received = bytearray()
                    while not received.endswith(b"\n") and len(received) <= REPLY_LIMIT:
                        piece = pipe.read(65536)
                        if not piece:
                            break
                        received += piece
                answer.append(bytes(received))
            except FileNotFoundError as error:
                answer.append(error)
            except OSError as error:  # all ends of the pipe are in use
                if time.monotonic() < until:
                    time.sleep(_RETRY_S)
                    continue
                answer.append(error)
            return

    thread = threading.Thread(target=converse, name="control", daemon=True)
    thread.start()
    thread.join(limit_s)
    if not answer:
        raise _no_answer(limit_s)
    if isinstance(answer[0], OSError):
        raise _not_running() from answer[0]
    return answer[0]


def _not_running() -> ControlError:
    return ControlError("Avatarify is not running.", "Start it with `python3 run.py app`.")


def _no_answer(limit_s: float) -> ControlError:
    return ControlError(f"Avatarify did not answer within {limit_s:g} s.", "Look at its window.")

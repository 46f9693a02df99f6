"""Quantising beside a call: in a process of its own that gives way to everything else on the machine."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from avatarify.errors import AvatarifyError, RuntimeUnavailableError

if TYPE_CHECKING:  # imports torch, for which a window does not wait
    from avatarify.quantisation.own_model import Found

_GIVES_WAY = 15  # of 19
_LOOK_S = 0.25
_END_S = 1.0
_log = logging.getLogger(__name__)


def quantise_apart(model: Path, wanted: Callable[[], bool] = lambda: True) -> Found | None:
    """See own_model.quantise_model; blocks its thread. wanted: asked four times a second; None is returned when it no longer is.

    Raises what quantise_model raises, and RuntimeUnavailableError when the process dies.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, model), name="avatarify quantising", daemon=True)
    process.start()
    theirs.close()
    try:
        while not ours.poll(_LOOK_S):
            if not wanted():
                return None
        answer: Found | AvatarifyError = ours.recv()
    except (EOFError, ConnectionError) as error:
        process.join(_END_S)
        raise RuntimeUnavailableError(
            f"Quantising {model.name} ended with {process.exitcode}.",
            "It may have run out of memory: close other programs.",
        ) from error
    finally:
        ours.close()
        process.join(_END_S)
        if process.is_alive():
            process.kill()
            process.join(_END_S)
    if isinstance(answer, AvatarifyError):
        raise answer
    return answer


def _work(connection: Connection, model: Path) -> None:
    """The process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(connection,), name="avatarify end", daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_GIVES_WAY)
    import torch

    from avatarify.quantisation.own_model import quantise_model

    torch.set_num_threads(1)
    try:
        connection.send(quantise_model(model, tell=_log.info))
    except AvatarifyError as error:
        connection.send(error)


def _end_with(connection: Connection) -> None:
    """Nobody sends anything: what comes is the end of the one who waits for the answer, and then there is nothing to do any more."""
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)

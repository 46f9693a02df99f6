"""A contender in a process of its own: threads of one runtime that go on spinning would slow whatever runs next to them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Literal, NamedTuple

from avatarify.bench.contenders import Contender
from avatarify.bench.footage import Footage
from avatarify.bench.runner import Block, Ready, Runner, Taken
from avatarify.errors import AvatarifyError, RuntimeUnavailableError

_START_LIMIT_S = 600.0  # a compiler may need minutes
_WORK_LIMIT_S = 300.0  # over what was asked for: a slow model's frames take seconds
_END_LIMIT_S = 10.0


@dataclass(frozen=True)
class _Order:
    """What the process is told. frames: of "pictures", how many."""

    what: Literal["block", "pictures", "end"]
    seconds: float = 0.0
    staged: bool = False
    frames: int = 0


class _Defect(NamedTuple):
    """Something that is no AvatarifyError was raised in the process."""

    text: str


class Worker:
    """A Runner elsewhere; see runner.Runs. Idle between orders: its process waits for the next one.

    Raises what the contender's `open` raises, and RuntimeUnavailableError when the process dies.
    """

    def __init__(self, contender: Contender, footage: Footage) -> None:
        self.contender = contender
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as in a call (cli/engine.py); the process inherits it
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, contender, footage), daemon=True)
        self._process.start()
        theirs.close()
        try:
            answer = self._answer(_START_LIMIT_S)
            assert isinstance(answer, Ready)
            self.ready = answer
        except BaseException:
            self._end()
            raise

    def block(self, seconds: float, *, staged: bool = False) -> Block:
        """See Runs."""
        answer = self._ask(_Order("block", seconds=seconds, staged=staged), seconds + _WORK_LIMIT_S)
        assert isinstance(answer, Block)
        return answer

    def pictures(self, frames: int) -> list[Taken]:
        """See Runs."""
        answer = self._ask(_Order("pictures", frames=frames), _WORK_LIMIT_S)
        assert isinstance(answer, list)
        return answer

    def close(self) -> float:
        """See Runs."""
        try:
            memory = self._ask(_Order("end"), _END_LIMIT_S)
            assert isinstance(memory, float)
        finally:
            self._end()
        return memory

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _ask(self, order: _Order, limit_s: float) -> object:
        try:
            self._connection.send(order)
        except ConnectionError as error:
            raise self._died() from error
        return self._answer(limit_s)

    def _answer(self, limit_s: float) -> object:
        try:
            if not self._connection.poll(limit_s):
                raise RuntimeUnavailableError(
                    f"{self.contender.name} has not answered for {limit_s:.0f} s.", "Leave it out with --runtime."
                )
            answer: object = self._connection.recv()
        except (EOFError, ConnectionError) as error:
            raise self._died() from error
        if isinstance(answer, AvatarifyError):
            raise answer
        if isinstance(answer, _Defect):
            raise RuntimeError(f"{self.contender.name}: {answer.text}")
        return answer

    def _died(self) -> RuntimeUnavailableError:
        self._process.join(_END_LIMIT_S)
        return RuntimeUnavailableError(
            f"The process of {self.contender.name} ended with {self._process.exitcode}.",
            "It may have run out of memory; what it said itself stands above.",
        )

    def _end(self) -> None:
        """The process ends by itself when nobody can give it orders any more."""
        self._connection.close()
        self._process.join(1.0)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_END_LIMIT_S)


def _serve(connection: Connection, contender: Contender, footage: Footage) -> None:
    """The process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who gives the orders, and ends this one too
    try:
        with Runner(contender, footage) as runner:
            connection.send(runner.ready)
            while (order := connection.recv()).what != "end":
                if order.what == "block":
                    connection.send(runner.block(order.seconds, staged=order.staged))
                else:
                    connection.send(runner.pictures(order.frames))
            connection.send(runner.close())
    except (EOFError, ConnectionError):
        pass  # who gave the orders has gone
    except AvatarifyError as error:
        connection.send(error)
    except Exception as error:  # noqa: BLE001 - told to the one who asked, in whose process it is raised again
        connection.send(_Defect(f"{type(error).__name__}: {error}"))

"""Who starts, and who cannot."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np
import pytest

from avatarify.bench.contenders import Contender, RuntimeContender
from avatarify.bench.footage import Footage
from avatarify.bench.lineup import Lineup, PassedOver, reasons
from avatarify.bench.runner import Block, Ready, Taken
from avatarify.errors import RuntimeUnavailableError, SettingsError
from avatarify.runtime.base import RuntimeDescription

FOOTAGE = Footage((b"",), np.zeros((4, 4, 3), np.uint8))
HAS = {"quick": ("bfloat16", "float32"), "plain": ("float32",), "elsewhere": ()}
"""Runtimes and their precisions, their own choice first."""


class ReadyRuns:
    """Ready at once, measures nothing."""

    def __init__(self, contender: Contender, precision: str) -> None:
        self.contender = contender
        self.ready = Ready(RuntimeDescription("any", "cpu", "nothing", precision), 0.0, 4)

    def block(self, seconds: float, *, staged: bool = False) -> Block:
        raise AssertionError("nobody measures here")

    def pictures(self, frames: int) -> list[Taken]:
        raise AssertionError("nobody looks here")

    def close(self) -> float:
        return 0.0

    def __enter__(self) -> ReadyRuns:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


class Starter:
    """Starts what HAS says, and notes who was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, contender: Contender, footage: Footage) -> ReadyRuns:
        assert isinstance(contender, RuntimeContender)
        self.asked.append(contender.name)
        has = HAS[contender.runtime]
        if not has:
            raise RuntimeUnavailableError("No such device.", "Buy one.")
        if contender.precision not in ("auto", *has):
            raise RuntimeUnavailableError(f"There is no {contender.precision}.")
        return ReadyRuns(contender, has[0] if contender.precision == "auto" else contender.precision)


def test_everybody_is_tried_once_and_nobody_twice() -> None:
    starter = Starter()
    lineup = Lineup(Path("model"), ("quick", "plain", "elsewhere"), ("auto", "float32", "bfloat16", "int8"))
    refused: dict[tuple[str, str], PassedOver] = {}
    with ExitStack() as stack:
        entries = lineup.open(256, FOOTAGE, stack, refused, start=starter)
        assert [(entry.runtime, entry.precision) for entry in entries] == [
            ("quick", "auto"),
            ("quick", "float32"),
            ("plain", "auto"),
        ]
        assert starter.asked == [
            *("quick", "quick float32", "quick int8"),
            *("plain", "plain bfloat16", "plain int8"),
            "elsewhere",
        ]
        assert reasons(list(refused.values())) == [
            "not quick int8: There is no int8.",
            "not plain bfloat16: There is no bfloat16.",
            "not plain int8: There is no int8.",
            "not elsewhere: No such device. Buy one.",
        ]
        starter.asked.clear()
        lineup.open(512, FOOTAGE, stack, refused, start=starter)
        assert starter.asked == ["quick", "quick float32", "plain"], "the refused are not asked at the next size"


def test_one_reason_is_told_once() -> None:
    both = [PassedOver("quick", precision, "Too old.") for precision in ("float16", "int8")]
    assert reasons(both) == ["not quick float16, int8: Too old."]


def test_what_is_wrong_for_everybody_is_raised() -> None:
    def refuse(contender: Contender, footage: Footage) -> ReadyRuns:
        raise SettingsError("The size is 5.")

    with ExitStack() as stack, pytest.raises(SettingsError):
        Lineup(Path("model"), ("quick",)).open(5, FOOTAGE, stack, {}, start=refuse)

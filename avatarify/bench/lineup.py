"""Which runtimes start, in which precisions: every pair is tried once, and whoever cannot run here is told with the reason."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from avatarify.bench.accuracy import Start
from avatarify.bench.contenders import RuntimeContender
from avatarify.bench.footage import Footage
from avatarify.bench.runner import Runs
from avatarify.bench.worker import Worker
from avatarify.errors import RuntimeUnavailableError
from avatarify.runtime.base import RUNTIMES

AUTO = "auto"
PRECISIONS = (AUTO, "float32", "float16", "bfloat16", "int8")
"""All that a runtime may offer for its decoder, what it takes by itself first."""


QUICK = tuple(name for name in RUNTIMES if name != "compiled")
"""Runtimes that start in seconds."""


class PassedOver(NamedTuple):
    """A runtime that cannot run here, or not in this precision."""

    runtime: str
    precision: str
    reason: str


class Entry(NamedTuple):
    """A runtime that runs. precision: as it was asked for; the runtime's description tells which one "auto" became."""

    runtime: str
    precision: str
    runs: Runs


@dataclass(frozen=True)
class Lineup:
    """Who is to be measured. runtimes: names of the table. precisions: tried for each of them, in this order.
    compose: see RuntimeLoop."""

    model: Path
    runtimes: tuple[str, ...] = tuple(RUNTIMES)
    precisions: tuple[str, ...] = PRECISIONS
    device: str = AUTO
    compose: bool = True

    def open(
        self,
        side: int | None,
        footage: Footage,
        stack: ExitStack,
        refused: dict[tuple[str, str], PassedOver],
        *,
        start: Start = Worker,
        on_news: Callable[[str], None] = lambda _: None,
    ) -> list[Entry]:
        """Start them one after the other, so that each warms up alone; `stack` ends them.

        refused: (runtime, precision) to reason, added to; who is in it is not tried again. A runtime that cannot run in the
        precision of its own choice is not asked for others; the precision that it did choose is not started twice.
        Raises what a contender raises but RuntimeUnavailableError.
        """
        entries: list[Entry] = []
        for runtime in self.runtimes:
            chosen = ""
            for precision in self.precisions:
                if precision == chosen or {(runtime, precision), (runtime, AUTO)} & refused.keys():
                    continue
                contender = RuntimeContender(runtime, self.model, self.device, precision, side, self.compose)
                on_news(f"starting {contender.name}")
                try:
                    runs = stack.enter_context(start(contender, footage))
                except RuntimeUnavailableError as error:
                    refused[runtime, precision] = PassedOver(runtime, precision, str(error))
                    continue
                if precision == AUTO:
                    chosen = runs.ready.description.precision
                entries.append(Entry(runtime, precision, runs))
        return entries


def reasons(passed_over: list[PassedOver]) -> list[str]:
    """As lines for people, precisions with one reason together."""
    together: dict[tuple[str, str], list[str]] = {}
    for one in passed_over:
        together.setdefault((one.runtime, one.reason), []).append(one.precision)
    return [
        f"not {runtime}{'' if AUTO in found else ' ' + ', '.join(found)}: {reason}"
        for (runtime, reason), found in together.items()
    ]

"""Measures runtimes with one model on this machine, fairly: each in a process of its own, in turns, against one yardstick."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import numpy as np

from avatarify.bench.accuracy import Accuracy, Start, accuracy, yardstick
from avatarify.bench.contenders import NaiveContender
from avatarify.bench.footage import Footage, drawn_footage
from avatarify.bench.lineup import Lineup, PassedOver
from avatarify.bench.remembered import remember_order
from avatarify.bench.results import BenchResult, StageTime
from avatarify.bench.rounds import Plan, take_turns, times_faster
from avatarify.bench.runner import Block, Runs
from avatarify.bench.stopwatch import STAGES, Lap
from avatarify.bench.worker import Worker
from avatarify.errors import RuntimeUnavailableError

COMPARED = 6
"""Pictures that are held against the yardstick's."""

NAIVE = "naive"
"""The runtime's name in the row of the yardstick of speed."""

_BLOCK_S = 1.0


@dataclass(frozen=True)
class BenchRequest:
    """model_name: what to call it. runtimes, precisions: names, every pair is tried; "auto" leaves the choice to the runtime.
    sizes: sides of the portrait, empty for the model's own. seconds: of measuring, for each runtime at each size. naive: measure
    the naive path too, and how many times faster each runtime is; its row comes first, under the name NAIVE."""

    model: Path
    model_name: str
    runtimes: tuple[str, ...] = ("auto",)
    device: str = "auto"
    precisions: tuple[str, ...] = ("auto",)
    sizes: tuple[int, ...] = ()
    seconds: float = 6.0
    naive: bool = False


class Bench(NamedTuple):
    """What was found, in the order of the table."""

    results: tuple[BenchResult, ...]
    passed_over: tuple[PassedOver, ...]


def measure(
    request: BenchRequest,
    *,
    footage: Footage | None = None,
    start: Start = Worker,
    on_news: Callable[[str], None] = lambda _: None,
) -> Bench:
    """Takes about seconds * runtimes * sizes, and some seconds for the start of each. start: see accuracy.Start. on_news: told what
    happens. A comparison of runtimes is remembered for "auto", by its first size.

    Raises RuntimeUnavailableError when nothing can run, SettingsError for a size that the model cannot make, CheckpointError.
    """
    film = footage if footage is not None else drawn_footage()
    lineup = Lineup(request.model, request.runtimes, request.precisions, request.device)
    plan = Plan(max(1, round(request.seconds / _BLOCK_S)), min(request.seconds, _BLOCK_S), staged=True)
    results: list[BenchResult] = []
    runs_here = False
    refused: dict[tuple[str, str], PassedOver] = {}
    for side in request.sizes or (None,):
        on_news("the yardstick, eager float32")
        expected = yardstick(request.model, film, side, COMPARED, start=start)
        with ExitStack() as stack:
            naive = _naive(request, side, film, stack, refused, start=start, on_news=on_news)
            entries = lineup.open(side, film, stack, refused, start=start, on_news=on_news)
            pictures = [entry.runs.pictures(COMPARED) for entry in entries]
            on_news(f"{len(naive) + len(entries)} in turns, {plan.rounds} rounds")
            turns = take_turns([*naive, *(entry.runs for entry in entries)], plan)
            base = turns[0] if naive else None
            rows = [_result(request.model_name, runs, blocks, base) for runs, blocks in zip(naive, turns, strict=False)]
            found = [
                (entry.precision, _result(request.model_name, entry.runs, blocks, base, accuracy(taken, expected)))
                for entry, blocks, taken in zip(entries, turns[len(naive) :], pictures, strict=True)
            ]
        if not runs_here and len(request.runtimes) > 1:
            remember_order(request.model, request.device, found, tuple(refused.values()))
        results += [*rows, *(result for _, result in found)]
        runs_here = runs_here or bool(found)
    if not runs_here:
        told = "; ".join(one.reason for one in refused.values())
        raise RuntimeUnavailableError(f"No runtime works here ({told})", "`doctor` shows the details.")
    return Bench(tuple(results), tuple(refused.values()))


def stage_times(laps: Sequence[Lap]) -> tuple[StageTime, ...]:
    """Median and 95th percentile of each stage that was timed, in the order of the frame's way."""
    times: dict[str, list[float]] = {stage: [] for stage in STAGES}
    for lap in laps:
        times[lap.stage].append(lap.ms)
    return tuple(
        StageTime(stage, statistics.median(found), float(np.percentile(found, 95)))
        for stage, found in times.items()
        if found
    )


def _naive(
    request: BenchRequest,
    side: int | None,
    footage: Footage,
    stack: ExitStack,
    refused: dict[tuple[str, str], PassedOver],
    *,
    start: Start,
    on_news: Callable[[str], None],
) -> list[Runs]:
    """The naive path, if it is asked for and runs here; `stack` ends it, as in Lineup.open."""
    if not request.naive or (NAIVE, "float32") in refused:
        return []
    on_news("starting the naive path")
    try:
        contender = NaiveContender(request.model, request.device, side, compose=True)
        return [stack.enter_context(start(contender, footage))]
    except RuntimeUnavailableError as error:
        refused[NAIVE, "float32"] = PassedOver(NAIVE, "float32", str(error))
        return []


def _result(
    model: str, worker: Runs, blocks: Sequence[Block], naive: Sequence[Block] | None, error: Accuracy | None = None
) -> BenchResult:
    """Ends the worker. naive: the naive path's blocks of the same rounds, if there are any."""
    whole = [ms for block in blocks for ms in block.whole_ms]
    ready = worker.ready
    return BenchResult(
        runtime=ready.description.name,
        model=model,
        size=ready.side,
        fps=1000 * len(whole) / sum(whole),
        ms_p50=statistics.median(whole),
        ms_p95=float(np.percentile(whole, 95)),
        warm_up_s=ready.warm_up_s,
        memory_mb=worker.close(),
        max_error=None if error is None else error.max_error,
        mean_error=None if error is None else error.mean_error,
        device=ready.description.device,
        device_name=ready.description.device_name,
        precision=ready.description.precision,
        stages=stage_times([lap for block in blocks for lap in block.laps]),
        measured_at=datetime.now(tz=timezone.utc).isoformat(timespec="seconds"),
        times_naive=None if naive is None else times_faster(naive, blocks),
    )

"""What a comparison means for "auto": the fastest runtime is taken from the next start on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from avatarify.bench.lineup import PassedOver
from avatarify.bench.results import BenchResult
from avatarify.runtime.choice import Measured, remember

_ENGINE = ("detect", "transfer", "generate")


def remember_order(
    model: Path,
    device: str,
    results: Sequence[tuple[str, BenchResult]],
    passed_over: Sequence[PassedOver],
    *,
    cache: Path | None = None,
) -> None:
    """Keep which runtime was how fast, for each precision that several were asked for. results: with the precision that was
    asked for, of one size. device: as it was asked for. cache: instead of the user's folder.
    """
    for asked in dict.fromkeys(precision for precision, _ in results):
        timed = [_measured(one) for precision, one in results if precision == asked]
        failed = [Measured(one.runtime, None, one.reason) for one in passed_over if one.precision == asked]
        if len(timed) + len(failed) > 1:
            remember(model, device, asked, (*timed, *failed), cache=cache)


def _measured(result: BenchResult) -> Measured:
    return Measured(result.runtime, _engine_ms(result), start_s=result.warm_up_s)


def _engine_ms(result: BenchResult) -> float:
    """Of the stages that differ between runtimes; the whole frame where they were not timed."""
    stages = [stage.ms_p50 for stage in result.stages if stage.stage in _ENGINE]
    return sum(stages) if stages else result.ms_p50

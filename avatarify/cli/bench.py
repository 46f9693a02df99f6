"""`bench`: how fast a model runs on this machine, stage by stage, and how the runtimes compare."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from avatarify.cli.engine import add_engine_arguments, model_path, share_cores
from avatarify.cli.output import say, say_json, warn
from avatarify.errors import SettingsError

if TYPE_CHECKING:
    from avatarify.bench.results import BenchResult

NAME = "bench"
HELP = "measure how fast a model runs here, stage by stage"
LONGEST_S = 600.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of this verb."""
    parser.add_argument(
        "--compare",
        action="store_true",
        help="every runtime in every precision, in turns with the naive path (--runtime or --precision narrow it down)",
    )
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=(),
        metavar="N,N",
        help="sides of the animated picture in pixels (512; models other than lite have their own)",
    )
    parser.add_argument(
        "--seconds", type=float, default=6.0, metavar="S", help="of measuring, for each runtime and size (6)"
    )
    parser.add_argument("--json", action="store_true", help="the results as a list of objects")
    add_engine_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measure, keep the figures for the app, print them. Raises AvatarifyError."""
    if not 0.1 <= arguments.seconds <= LONGEST_S:
        raise SettingsError(f"--seconds is {arguments.seconds:g}.", f"Choose 0.1 to {LONGEST_S:g}.")
    share_cores()
    from avatarify.bench.benchmark import NAIVE, BenchRequest, measure
    from avatarify.bench.lineup import PRECISIONS, reasons
    from avatarify.bench.results import keep_results
    from avatarify.runtime.base import RUNTIMES

    model = model_path(arguments)
    runtimes, precisions = (tuple(RUNTIMES), PRECISIONS) if arguments.compare else (("auto",), ("auto",))
    request = BenchRequest(
        model=model,
        model_name=model.stem,
        runtimes=runtimes if arguments.runtime == "auto" else (arguments.runtime,),
        device=arguments.device,
        precisions=precisions if arguments.precision == "auto" else (arguments.precision,),
        sizes=arguments.sizes,
        seconds=arguments.seconds,
        naive=arguments.compare,
    )
    found = measure(request, on_news=warn)
    try:
        keep_results([result for result in found.results if result.runtime != NAIVE])
    except OSError as error:
        warn(f"The figures could not be kept for the app ({error}).")
    if arguments.json:
        say_json([dataclasses.asdict(result) for result in found.results])
    else:
        for line in table(found.results):
            say(line)
    for reason in reasons(list(found.passed_over)):
        warn(reason)
    return 0


def table(results: Sequence[BenchResult]) -> list[str]:
    """The figures as text: a row a result, then a row a stage."""
    from avatarify.bench.stopwatch import AROUND_THE_NETWORK

    heads = (
        "RUNTIME",
        "DEVICE",
        "PRECISION",
        "SIZE",
        "FPS",
        "MS p50",
        "p95",
        "WARM-UP s",
        "x NAIVE",
        "MEMORY MB",
        "ERROR max",
        "mean",
    )
    rows = [
        (
            *(one.runtime, one.device, one.precision, str(one.size), f"{one.fps:.1f}"),
            *(f"{one.ms_p50:.2f}", f"{one.ms_p95:.2f}", f"{one.warm_up_s:.2f}"),
            *("-" if one.times_naive is None else f"{one.times_naive:.2f}", f"{one.memory_mb:.0f}"),
            *("-" if one.max_error is None else f"{one.max_error:.0f}",),
            *("-" if one.mean_error is None else f"{one.mean_error:.3f}",),
        )
        for one in results
    ]
    naive = any(one.times_naive is not None for one in results)
    names = list(dict.fromkeys(one.device_name for one in results))
    lines = [f"{results[0].model} on {', '.join(names)}", "", *_aligned([heads, *rows], left=3)]
    stages = list(dict.fromkeys(stage.stage for one in results for stage in one.stages))
    if stages:
        columns = [("STAGE, ms p50 / p95", *(f"{one.runtime} {one.precision} {one.size}" for one in results))]
        by_name = [{stage.stage: stage for stage in one.stages} for one in results]
        for name in stages:
            found = [each.get(name) for each in by_name]
            columns.append((name, *("-" if one is None else f"{one.ms_p50:.2f} / {one.ms_p95:.2f}" for one in found)))
        around = [[each[name].ms_p50 for name in AROUND_THE_NETWORK if name in each] for each in by_name]
        columns.append(("around the network", *(f"{sum(each):.2f}" if each else "-" for each in around)))
        lines += ["", *_aligned(columns, left=1)]
    return [
        *lines,
        "",
        "A frame: 640x480 MJPG from the camera to 1280x720 for the virtual camera. Error: grey levels from eager float32.",
        *(["naive: the same networks as a demonstration would use them (docs/performance.md)."] if naive else []),
    ]


def _aligned(rows: Sequence[Sequence[str]], *, left: int) -> list[str]:
    """Columns of equal width; the first `left` begin at the left, the others end at the right."""
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _sizes(text: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of pixels such as 256,512") from None
    if not all(64 <= size <= 4096 for size in sizes):
        raise argparse.ArgumentTypeError(f"{text}: sizes are 64 to 4096 pixels")
    return tuple(dict.fromkeys(sizes))

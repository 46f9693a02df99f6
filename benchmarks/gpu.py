"""All that a GPU has to show, in one go: the ways of a frame beside the naive one, and the networks against what the card can do.

usage: python -m benchmarks.gpu [--device cuda] [--model FILE] [--json] [--peak-half N --peak-single N --bandwidth N]

The full network (vox-256) with random weights at 256 px, unless a model is given. Ways: from the camera's MJPG frame to the uint8
picture, each in a process of its own, in turns; the ratio's base is the naive path in eager float32. Networks: each of its own,
as a recorded graph, for 1 to 16 portraits at once, the decoder in float16 with channels last. Floor: operations of the
convolutions over the card's peak, or bytes of weights and activations over its bandwidth, whichever takes longer. The
peaks are those of the maker's data sheet for H100 and H200 (SXM, dense); for another card, give them. Real time: how
many calls of 30 frames a second the card could hold. On a processor the same runs in float32, without graphs.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from avatarify.bench.accuracy import Start, accuracy, yardstick
from avatarify.bench.benchmark import stage_times
from avatarify.bench.contenders import Contender, NaiveContender, RuntimeContender
from avatarify.bench.footage import Footage, drawn_footage
from avatarify.bench.random_model import write_random_model
from avatarify.bench.results import StageTime
from avatarify.bench.rounds import Plan, median_ms, take_turns, times_faster
from avatarify.bench.worker import Worker
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.config import VOX_256
from avatarify.model.dense_motion import DenseMotion
from avatarify.model.generator import SourceFeatures
from avatarify.model.motion import Keypoints
from avatarify.model.network import FirstOrderModel
from avatarify.runtime.cuda_graph import CudaGraphBackend, Recorder
from avatarify.runtime.device import choose_device
from avatarify.runtime.rewrites.networks import Networks
from avatarify.runtime.static import Plan as StepPlan
from avatarify.runtime.torch_steps import TorchBackend
from benchmarks.operations import Peaks, counted

BATCHES = (1, 2, 4, 8, 16)
PEAKS = {"H200": Peaks(989.0, 67.0, 4800.0), "H100": Peaks(989.0, 67.0, 3350.0)}
NO_GPU = "No GPU was measured: these are a processor's figures, and say nothing about a card."
_FPS = 30.0
_COMPARED = 6
_WARM = 3


@dataclass(frozen=True)
class Way:
    """One way of a frame. memory_mb: what torch held on the card at most, or the process. max_error, mean_error: grey levels from
    eager float32 on the processor; None for the naive path, which keeps another crop."""

    name: str
    ms_p50: float
    ms_p95: float
    times_naive: float
    real_time: float
    memory_mb: float
    max_error: float | None
    mean_error: float | None
    stages: tuple[StageTime, ...]


@dataclass(frozen=True)
class NetworkTime:
    """One network with so many portraits at once. floor_ms: None where no peaks are known. memory_mb: on the card, at most; None
    on a processor."""

    network: str
    precision: str
    batch: int
    ms: float
    giga_operations: float
    floor_ms: float | None
    real_time: float
    memory_mb: float | None


@dataclass(frozen=True)
class Report:
    """All of it. note: empty where a GPU was measured."""

    device_name: str
    torch: str
    note: str
    ways: tuple[Way, ...]
    networks: tuple[NetworkTime, ...]


def ways(model: Path, device: str, plan: Plan, footage: Footage, start: Start) -> tuple[Way, ...]:
    """The naive one first."""
    on_card = choose_device(device).device.type == "cuda"
    asked = (("eager", "float16"), ("cuda-graph", "float16")) if on_card else (("eager", "float32"),)
    contenders: list[Contender] = [NaiveContender(model, device)]
    contenders += [RuntimeContender(name, model, device, precision, compose=False) for name, precision in asked]
    expected = yardstick(model, footage, None, _COMPARED, start=start)
    found = []
    with ExitStack() as stack:
        runs = [stack.enter_context(start(contender, footage)) for contender in contenders]
        errors = [None, *(accuracy(run.pictures(_COMPARED), expected) for run in runs[1:])]
        turns = take_turns(runs, plan)
        for run, blocks, error in zip(runs, turns, errors, strict=True):
            middle = median_ms(blocks)
            told = run.ready.description
            found.append(
                Way(
                    name=f"{told.name} {told.precision}",
                    ms_p50=middle,
                    ms_p95=float(np.percentile([ms for block in blocks for ms in block.whole_ms], 95)),
                    times_naive=times_faster(turns[0], blocks),
                    real_time=1000 / middle / _FPS,
                    memory_mb=run.close(),
                    max_error=None if error is None else error.max_error,
                    mean_error=None if error is None else error.mean_error,
                    stages=stage_times([lap for block in blocks for lap in block.laps]),
                )
            )
    return tuple(found)


class _Called(nn.Module):
    """A part of a model as a module of its own. run: tensors to a tuple of tensors."""

    def __init__(self, model: FirstOrderModel, run: Callable[..., tuple[Tensor, ...]]) -> None:
        super().__init__()
        self.model, self._run = model, run

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        return self._run(*inputs)


@torch.no_grad()
def network_times(
    path: Path, device: torch.device, batches: Sequence[int], seconds: float, peaks: Peaks | None
) -> tuple[NetworkTime, ...]:
    """Each network by itself. seconds: for each of them with each batch."""
    on_card = device.type == "cuda"
    checkpoint = load_checkpoint(path)
    networks = Networks(checkpoint.config, checkpoint.build)
    model, side = networks.model.to(device), checkpoint.config.image_size
    half = torch.float16 if on_card else torch.float32
    backend = CudaGraphBackend(device, reduced=half, record=Recorder(device)) if on_card else TorchBackend(device)

    def detect(image: Tensor) -> tuple[Tensor, ...]:
        return tuple(model.detect(image))

    def encode(image: Tensor) -> tuple[Tensor, ...]:
        return tuple(model.encode(image))

    def motion(*inputs: Tensor) -> tuple[Tensor, ...]:
        source, driving = Keypoints(*inputs[-4:-2]), Keypoints(*inputs[-2:])
        features = SourceFeatures(*inputs[:-4])
        dense = model.generator.motion(features, source, driving)
        return *dense, *model.generator.additions(features, dense)

    found = []
    for batch in batches:
        image = torch.rand(batch, 3, side, side, device=device)
        keypoints = detect(image)
        features = torch.rand(
            batch, networks.feature_channels, networks.config.feature_side, networks.config.feature_side, device=device
        )
        still = *encode(image), *keypoints, *keypoints
        added = motion(*still)[len(DenseMotion._fields) :]
        given = {
            "detect": (_Called(model, detect), (image,)),
            "encode": (_Called(model, encode), (image,)),
            "motion": (_Called(model, motion), still),
            "decoder": (networks.decoder(), (features, *added[1:])),
        }
        for name, (module, inputs) in given.items():
            reduced = name == "decoder"
            if on_card:
                torch.cuda.reset_peak_memory_stats(device)
            step = backend.step(StepPlan(name, lambda module=module: module, reduced=reduced), inputs)  # type: ignore[misc]
            work = counted(step.run)
            ms = timed(backend.chain(step), device, seconds)
            found.append(
                NetworkTime(
                    network=name,
                    precision=str(half if reduced else torch.float32).removeprefix("torch."),
                    batch=batch,
                    ms=ms,
                    giga_operations=work.giga,
                    floor_ms=None if peaks is None else work.floor_ms(peaks),
                    real_time=1000 * batch / ms / _FPS,
                    memory_mb=torch.cuda.max_memory_allocated(device) / 1e6 if on_card else None,
                )
            )
    return tuple(found)


def timed(run: Callable[[], None], device: torch.device, seconds: float) -> float:
    """Median milliseconds until the device has nothing left to do."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 2 * _WARM or time.perf_counter() < end:
        began = time.perf_counter()
        run()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[_WARM:])


def peaks_of(name: str, options: argparse.Namespace) -> Peaks | None:
    """Of a card by its maker's name, with what the options say instead; None where something is missing."""
    known = next((peaks for card, peaks in PEAKS.items() if card in name), None)
    given = (options.peak_half, options.peak_single, options.bandwidth)
    listed = (None,) * 3 if known is None else dataclasses.astuple(known)
    half, single, memory = (one if one is not None else other for one, other in zip(given, listed, strict=True))
    return None if half is None or single is None or memory is None else Peaks(half, single, memory)


def tables(report: Report) -> list[str]:
    """As Markdown."""
    lines = [f"{report.device_name}; torch {report.torch}", *([report.note] if report.note else []), ""]
    lines += ["| way | ms, median | p95 | x naive | real time | memory, MB | error, max / mean |", "|---" * 7 + "|"]
    for way in report.ways:
        error = "" if way.max_error is None else f"{way.max_error:.0f} / {way.mean_error:.3f}"
        lines.append(
            f"| {way.name} | {way.ms_p50:.2f} | {way.ms_p95:.2f} | {way.times_naive:.2f} | {way.real_time:.2f} | "
            f"{way.memory_mb:.0f} | {error} |"
        )
    lines += [
        "",
        f"| stage, ms | {' | '.join(way.name for way in report.ways)} |",
        "|---" * (1 + len(report.ways)) + "|",
    ]
    names = dict.fromkeys(stage.stage for way in reversed(report.ways) for stage in way.stages)
    for name in names:
        cells = ({stage.stage: f"{stage.ms_p50:.2f}" for stage in way.stages}.get(name, "") for way in report.ways)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += [
        "",
        "| network | precision | batch | ms | 10^9 operations | floor, ms | x floor | real time | memory, MB |",
    ]
    lines.append("|---" * 9 + "|")
    for one in report.networks:
        floor = "| |" if one.floor_ms is None else f"{one.floor_ms:.3f} | {one.ms / one.floor_ms:.1f} |"
        memory = "" if one.memory_mb is None else f"{one.memory_mb:.0f}"
        lines.append(
            f"| {one.network} | {one.precision} | {one.batch} | {one.ms:.2f} | {one.giga_operations:.2f} | {floor} "
            f"{one.real_time:.2f} | {memory} |"
        )
    return lines


def main(arguments: Sequence[str] | None = None, *, start: Start = Worker) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1 or cpu (cuda)")
    parser.add_argument("--model", type=Path, help="a checkpoint instead of the full network with random weights")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each way (5)")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each turn, and of each network (1)")
    parser.add_argument("--batches", type=int, nargs="+", default=list(BATCHES))
    parser.add_argument("--peak-half", type=float, metavar="N", help="10^12 operations a second in float16")
    parser.add_argument("--peak-single", type=float, metavar="N", help="the same in float32, without tensor cores")
    parser.add_argument("--bandwidth", type=float, metavar="N", help="10^9 bytes a second of the card's memory")
    parser.add_argument("--json", action="store_true", help="one object instead of tables")
    options = parser.parse_args(arguments)
    choice = choose_device(options.device)
    plan = Plan(options.rounds, options.seconds, staged=True, pause_s=min(0.3, options.seconds))
    with tempfile.TemporaryDirectory() as folder:
        model = options.model or write_random_model(Path(folder) / "vox-256.safetensors", VOX_256)
        peaks = peaks_of(choice.name, options)
        report = Report(
            device_name=choice.name,
            torch=torch.__version__,
            note="" if choice.device.type == "cuda" else NO_GPU,
            ways=ways(model, options.device, plan, drawn_footage(), start),
            networks=network_times(model, choice.device, options.batches, options.seconds, peaks),
        )
    if options.json:
        print(json.dumps(dataclasses.asdict(report), indent=1))
    else:
        print("\n".join(tables(report)))


if __name__ == "__main__":
    main()

"""A whole measurement, with networks of milliseconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.bench.benchmark import NAIVE, BenchRequest, measure, stage_times
from avatarify.bench.contenders import Contender, NaiveContender
from avatarify.bench.footage import Footage, pressed
from avatarify.bench.runner import Runner
from avatarify.bench.stopwatch import STAGES, Lap
from avatarify.errors import RuntimeUnavailableError, SettingsError
from avatarify.runtime.choice import recall
from tests.fakes.models import TINY_PLAIN, write_tiny_model

PICTURE = np.random.default_rng(1).integers(0, 255, (96, 96, 3), np.uint8)
FOOTAGE = Footage(pressed([PICTURE, PICTURE[::-1]], 90) * 3, PICTURE)


def test_results_and_who_was_passed_over(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    told: list[str] = []
    request = BenchRequest(
        model,
        "tiny",
        runtimes=("eager",),
        device="cpu",
        precisions=("float32", "int8"),
        sizes=(64, 96),
        seconds=0.1,
    )
    found = measure(request, footage=FOOTAGE, start=Runner, on_news=told.append)
    assert [(one.runtime, one.precision, one.size) for one in found.results] == [
        ("eager", "float32", 64),
        ("eager", "float32", 96),
    ]
    for one in found.results:
        assert (one.model, one.device, one.max_error) == ("tiny", "cpu", 0.0)
        assert one.fps == pytest.approx(1000 / one.ms_p50, rel=0.9)
        assert one.ms_p50 <= one.ms_p95
        assert tuple(stage.stage for stage in one.stages) == STAGES
    assert [(one.runtime, one.precision) for one in found.passed_over] == [("eager", "int8")]
    assert told.count("starting eager int8") == 1, "who cannot run is not tried again"


def test_the_naive_path_comes_first_and_is_no_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVATARIFY_HOME", str(tmp_path / "home"))
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    request = BenchRequest(
        model, "tiny", ("eager", "cuda-graph"), "cpu", ("float32",), (64, 96), seconds=0.1, naive=True
    )
    found = measure(request, footage=FOOTAGE, start=Runner)
    assert [(one.runtime, one.size) for one in found.results] == [
        (NAIVE, 64),
        ("eager", 64),
        (NAIVE, 96),
        ("eager", 96),
    ]
    for naive, eager in zip(found.results[::2], found.results[1::2], strict=True):
        assert naive.times_naive == 1.0
        assert naive.max_error is None
        assert {stage.stage for stage in naive.stages} >= {"detect", "generate", "compose", "copy"}, "the same way"
        assert eager.times_naive == pytest.approx(naive.ms_p50 / eager.ms_p50, rel=0.9)
        assert eager.max_error == 0.0
    assert [one.name for one in recall(model, "cpu", "float32")] == ["eager", "cuda-graph"]


def test_where_only_the_naive_path_runs_nobody_runs(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    request = BenchRequest(model, "tiny", ("cuda-graph",), "cpu", seconds=0.1, naive=True)
    with pytest.raises(RuntimeUnavailableError, match="No runtime works here"):
        measure(request, footage=FOOTAGE, start=Runner)


def test_a_naive_path_that_cannot_run_is_told(tmp_path: Path) -> None:
    def start(contender: Contender, footage: Footage) -> Runner:
        if isinstance(contender, NaiveContender):
            raise RuntimeUnavailableError("No such device.", "Take another.")
        return Runner(contender, footage)

    model = write_tiny_model(tmp_path / "tiny.safetensors")
    request = BenchRequest(model, "tiny", ("eager",), "cpu", ("float32",), (64,), seconds=0.1, naive=True)
    found = measure(request, footage=FOOTAGE, start=start)
    assert [(one.runtime, one.times_naive) for one in found.results] == [("eager", None)]
    assert found.passed_over == ((NAIVE, "float32", "No such device. Take another."),)


def test_nobody_can_run(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    with pytest.raises(RuntimeUnavailableError, match="no precision 'int8'"):
        measure(
            BenchRequest(model, "tiny", device="cpu", precisions=("int8",), seconds=0.1), footage=FOOTAGE, start=Runner
        )


def test_a_size_that_the_model_has_not(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors", TINY_PLAIN)
    with pytest.raises(SettingsError, match="The size is 96"):
        measure(BenchRequest(model, "tiny", device="cpu", sizes=(96,), seconds=0.1), footage=FOOTAGE, start=Runner)


def test_stage_times() -> None:
    laps = [Lap("detect", ms) for ms in (1.0, 2.0, 9.0)] + [Lap("decode", 4.0)]
    decode, detect = stage_times(laps)
    assert (decode.stage, decode.ms_p50, decode.ms_p95) == ("decode", 4.0, 4.0)
    assert (detect.stage, detect.ms_p50) == ("detect", 2.0)
    assert detect.ms_p95 == pytest.approx(8.3)

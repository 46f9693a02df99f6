"""A whole measurement, with networks of milliseconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.bench.benchmark import BenchRequest, measure, stage_times
from avatarify.bench.footage import Footage, pressed
from avatarify.bench.runner import Runner
from avatarify.bench.stopwatch import STAGES, Lap
from avatarify.errors import RuntimeUnavailableError, SettingsError
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

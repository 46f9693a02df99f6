"""The whole script on the processor, with a model that takes milliseconds."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest
import torch

from avatarify.bench.runner import Runner
from avatarify.errors import RuntimeUnavailableError
from benchmarks import gpu
from benchmarks.gpu import NO_GPU, PEAKS, main, peaks_of
from benchmarks.operations import Peaks
from tests.fakes.models import TINY_PLAIN, write_tiny_model


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    torch.set_num_threads(1)
    model = write_tiny_model(tmp_path / "tiny.safetensors", TINY_PLAIN)
    short = ["--rounds", "1", "--seconds", "0.01", "--batches", "1", "3"]
    return ["--device", "cpu", "--model", str(model), *short]


def test_on_a_processor_it_says_that_no_gpu_was_measured(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main([*arguments, "--json"], start=Runner)
    report = json.loads(capsys.readouterr().out)
    assert report["note"] == NO_GPU
    assert [way["name"] for way in report["ways"]] == ["naive float32", "eager float32"]
    naive, eager = report["ways"]
    assert naive["times_naive"] == 1.0
    assert naive["max_error"] is None
    assert eager["max_error"] == 0.0, "it is the yardstick"
    assert {stage["stage"] for stage in eager["stages"]} >= {"detect", "transfer", "generate"}
    networks = report["networks"]
    assert [(one["network"], one["batch"]) for one in networks] == [
        (name, batch) for batch in (1, 3) for name in ("detect", "encode", "motion", "decoder")
    ]
    for one, three in zip(networks[:4], networks[4:], strict=True):
        assert three["giga_operations"] == pytest.approx(3 * one["giga_operations"])
        assert one["floor_ms"] is None
        assert one["real_time"] == pytest.approx(1000 / one["ms"] / 30)


def test_tables(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main([*arguments, "--peak-half", "100", "--peak-single", "1", "--bandwidth", "50"], start=Runner)
    lines = capsys.readouterr().out.splitlines()
    assert NO_GPU in lines
    rows = [line for line in lines if line.startswith("|")]
    decoder = next(line for line in rows if line.startswith("| decoder | float32 | 1 |"))
    ms, _, floor, times = (float(cell) for cell in decoder.split("|")[4:8])
    assert floor > 0
    assert times == pytest.approx(ms / floor, rel=0.3)
    heads = [index for index, line in enumerate(lines) if line.startswith("|---")]
    assert len(heads) == 3
    for index in heads:
        assert lines[index].count("|") == lines[index - 1].count("|") == lines[index + 1].count("|")


def test_peaks_are_the_cards_or_those_that_are_given() -> None:
    nothing = argparse.Namespace(peak_half=None, peak_single=None, bandwidth=None)
    assert peaks_of("NVIDIA H200", nothing) == PEAKS["H200"]
    assert peaks_of("NVIDIA H100 80GB HBM3", nothing) == PEAKS["H100"]
    assert peaks_of("NVIDIA GeForce RTX 4070", nothing) is None
    given = argparse.Namespace(peak_half=10.0, peak_single=None, bandwidth=5.0)
    assert peaks_of("NVIDIA H100 80GB HBM3", given) == Peaks(10.0, PEAKS["H100"].single, 5.0)
    assert peaks_of("another card", given) is None


def test_without_a_card_it_is_refused(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(RuntimeUnavailableError, match="'cuda' cannot be used"):
        main(["--device", "cuda", *arguments[2:]], start=Runner)


@pytest.mark.cuda
def test_on_a_card(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    gpu.main(["--device", "cuda", *arguments[2:], "--json"], start=Runner)
    report = json.loads(capsys.readouterr().out)
    assert report["note"] == ""
    assert [way["name"] for way in report["ways"]] == ["naive float32", "eager float16", "cuda-graph float16"]
    assert {one["precision"] for one in report["networks"] if one["network"] == "decoder"} == {"float16"}
    assert all(one["memory_mb"] > 0 for one in report["networks"])

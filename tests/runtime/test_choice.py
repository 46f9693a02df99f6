"""Which runtime is taken here, by what was measured."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import torch

from avatarify.runtime import choice
from avatarify.runtime.choice import Measured, known_good, order, recall, remember

FOUND = (Measured("eager", 41.2), Measured("openvino", 14.0), Measured("compiled", None, "there is no C++ compiler"))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"weights")
    return path


def test_what_was_measured_here_decides(model: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    remember(model, "auto", "auto", FOUND, cache=cache)
    chosen = order(model, "auto", "auto", cache=cache)
    assert chosen.names == ("openvino", "eager")
    assert chosen.left == (
        "eager: 41.2 ms a frame, openvino 14.0 (measured here)",
        "compiled: there is no C++ compiler",
    )


def test_a_measurement_is_of_one_model_device_and_precision(model: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    remember(model, "auto", "auto", FOUND, cache=cache)
    assert recall(model, "auto", "auto", cache=cache) == FOUND
    assert recall(model, "cpu", "auto", cache=cache) == ()
    assert recall(model, "auto", "float32", cache=cache) == ()
    model.write_bytes(b"other weights")
    assert recall(model, "auto", "auto", cache=cache) == ()


def test_a_newer_openvino_is_measured_anew(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    remember(model, "auto", "auto", FOUND, cache=cache)
    monkeypatch.setattr(choice, "_version", lambda package: "9999")
    assert recall(model, "auto", "auto", cache=cache) == ()


def test_a_measurement_without_a_number_is_none(model: Path, tmp_path: Path) -> None:
    remember(model, "auto", "auto", (Measured("eager", None, "gone"),), cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '[{"name": "eager"}]', '[{"name": 1, "frame_ms": "x", "reason": ""}]']
)
def test_a_damaged_measurement_is_told(
    model: Path, tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    cache = tmp_path / "cache"
    remember(model, "auto", "auto", FOUND, cache=cache)
    (path,) = cache.iterdir()
    path.write_text(text)
    with caplog.at_level(logging.WARNING):
        assert recall(model, "auto", "auto", cache=cache) == ()
    assert "is damaged" in caplog.text
    assert not path.exists()


def test_without_a_measurement_the_machine_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice.platform, "machine", lambda: "AMD64")
    assert known_good("cpu").names == ("openvino", "eager")
    monkeypatch.setattr(choice.platform, "machine", lambda: "arm64")
    assert known_good("cpu").names == ("eager", "openvino")
    assert known_good("gpu").names == ("openvino",)
    assert known_good("mps").names == ("eager",)
    assert known_good("cuda:1").names == ("cuda-graph", "eager")
    if not torch.cuda.is_available():
        assert known_good("auto").names[0] != "cuda-graph"
    assert "up to a minute" in known_good("cpu").left[0]


def test_where_there_is_a_gpu_the_processor_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "why_not", lambda kind: None if kind == "cuda" else "not here")
    assert known_good("auto").names == ("cuda-graph", "eager", "openvino")
    assert known_good("cuda").names == ("cuda-graph", "eager"), "asked for by name: that, or an error"


def test_a_model_that_cannot_be_read_is_left_to_the_loader(tmp_path: Path) -> None:
    assert order(tmp_path / "absent.safetensors", "cpu", "auto", cache=tmp_path) == known_good("cpu")

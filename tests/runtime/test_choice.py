"""Which runtime is taken here, by what was measured."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
import torch

from avatarify.runtime import choice
from avatarify.runtime.choice import Measured, by_measurement, known_good, order, recall, remember

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


@pytest.mark.parametrize(
    ("frame_ms", "start_s", "first"),
    [(13.0, 9.0, "compiled"), (13.0, 45.0, "openvino"), (11.0, 45.0, "compiled"), (15.0, 1.0, "openvino")],
)
def test_a_slow_start_has_to_be_worth_it(
    model: Path, tmp_path: Path, frame_ms: float, start_s: float, first: str
) -> None:
    found = (Measured("openvino", 14.0, start_s=2.0), Measured("compiled", frame_ms, start_s=start_s))
    remember(model, "auto", "auto", found, cache=tmp_path / "cache")
    assert order(model, "auto", "auto", cache=tmp_path / "cache").names[0] == first


def test_what_was_faster_but_starts_slowly_is_told() -> None:
    found = by_measurement((Measured("compiled", 13.0, start_s=45.0), Measured("openvino", 14.0, start_s=2.0)))
    assert found.left == ("compiled: 13.0 ms a frame, openvino 14.0 (measured here), and 45 s to start",)


def test_a_measurement_from_before_starts_were_kept_counts(model: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    remember(model, "auto", "auto", FOUND, cache=cache)
    (path,) = cache.iterdir()
    rows = [{key: row[key] for key in ("name", "frame_ms", "reason")} for row in json.loads(path.read_text())]
    path.write_text(json.dumps(rows))
    assert recall(model, "auto", "auto", cache=cache) == FOUND


def test_where_there_is_a_gpu_the_processor_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "why_not", lambda kind: None if kind == "cuda" else "not here")
    assert known_good("auto").names == ("cuda-graph", "eager", "openvino")
    assert known_good("cuda").names == ("cuda-graph", "eager"), "asked for by name: that, or an error"


def test_a_model_that_cannot_be_read_is_left_to_the_loader(tmp_path: Path) -> None:
    assert order(tmp_path / "absent.safetensors", "cpu", "auto", cache=tmp_path) == known_good("cpu")

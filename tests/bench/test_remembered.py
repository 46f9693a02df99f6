"""A comparison decides what "auto" takes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from avatarify.bench.lineup import PassedOver
from avatarify.bench.remembered import remember_order
from avatarify.bench.results import StageTime
from avatarify.runtime.choice import order, recall
from tests.bench.test_results import RESULT

EAGER = dataclasses.replace(RESULT, stages=(StageTime("decode", 9.0, 9.0), StageTime("generate", 30.0, 31.0)))
QUICK = dataclasses.replace(RESULT, runtime="openvino", stages=(StageTime("generate", 12.0, 13.0),))


def test_the_fastest_comes_first_and_reasons_are_kept(tmp_path: Path) -> None:
    model = tmp_path / "model.safetensors"
    model.write_bytes(b"any")
    passed_over = [PassedOver("cuda-graph", "auto", "No GPU."), PassedOver("eager", "int8", "No int8.")]
    remember_order(model, "auto", [("auto", EAGER), ("auto", QUICK), ("float32", EAGER)], passed_over, cache=tmp_path)
    found = order(model, "auto", "auto", cache=tmp_path)
    assert found.names == ("openvino", "eager")
    assert "eager: 30.0 ms a frame, openvino 12.0" in found.left[0]
    assert "cuda-graph: No GPU." in found.left
    assert recall(model, "auto", "float32", cache=tmp_path) == (), "one runtime alone is no comparison"


def test_the_start_is_kept(tmp_path: Path) -> None:
    model = tmp_path / "model.safetensors"
    model.write_bytes(b"any")
    slow = dataclasses.replace(QUICK, runtime="compiled", warm_up_s=40.0)
    remember_order(model, "auto", [("auto", slow), ("auto", QUICK)], [], cache=tmp_path)
    assert [one.start_s for one in recall(model, "auto", "auto", cache=tmp_path)] == [40.0, QUICK.warm_up_s]
    assert order(model, "auto", "auto", cache=tmp_path).names == ("openvino", "compiled"), "as fast, but slow to start"


def test_without_stages_the_whole_frame_counts(tmp_path: Path) -> None:
    model = tmp_path / "model.safetensors"
    model.write_bytes(b"any")
    bare = dataclasses.replace(EAGER, stages=(), ms_p50=8.0)
    remember_order(model, "cpu", [("auto", QUICK), ("auto", bare)], [], cache=tmp_path)
    assert order(model, "cpu", "auto", cache=tmp_path).names == ("eager", "openvino")

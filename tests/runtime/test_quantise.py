from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.errors import RuntimeUnavailableError
from avatarify.paths import EMBEDDED_MODEL
from avatarify.runtime.base import RuntimeRequest
from avatarify.runtime.graph_cache import file_digest
from avatarify.runtime.openvino import OpenVinoRuntime
from avatarify.runtime.quantise import Ranges, ranges_of, ranges_path
from avatarify.runtime.rewrites.networks import Networks
from benchmarks.calibrate_int8 import Reach, moved_features, ranges
from tests.fakes.models import TINY_BLEND, tiny_model, write_tiny_model
from tests.runtime.test_eager import picture


def test_ranges_are_written_and_read() -> None:
    written = Ranges("abc", ((0.0, 9.5), None, (-3.25, 3.25)))
    assert Ranges.from_json(written.to_json()) == written
    for text in ("{", "{}", '{"model": "a", "layers": [1]}', '{"model": "a", "layers": [[1, "x"]]}'):
        with pytest.raises(ValueError, match=r".+"):
            Ranges.from_json(text)


def test_the_embedded_model_has_ranges_of_exactly_these_weights() -> None:
    found = ranges_of(EMBEDDED_MODEL, file_digest(EMBEDDED_MODEL))
    assert found is not None
    assert len(found.layers) == 9  # two in each of three residual blocks, two doublings, and the last convolution
    assert [index for index, pair in enumerate(found.layers) if pair is None] == [6, 7], "doublings stay float32"
    assert ranges_of(EMBEDDED_MODEL, "another model's hash") is None


def test_ranges_that_are_damaged_are_told(tmp_path: Path) -> None:
    model = tmp_path / "mine.safetensors"
    ranges_path(model).write_text("{", encoding="utf-8")
    with pytest.raises(RuntimeUnavailableError, match=r"mine-decoder-int8\.json is damaged .*Delete it"):
        ranges_of(model, "any")


def test_a_range_leaves_out_a_lonely_extreme_and_keeps_the_sign() -> None:
    values = torch.cat([torch.rand(100_000), torch.tensor([8.0])])
    reach = Reach()
    reach.look(values)
    reach.count(values)
    low, high = reach.best()
    assert low == 0
    assert 1 <= high < 8
    signed = Reach()
    signed.look(values - 0.5)
    signed.count(values - 0.5)
    assert signed.best()[0] == -signed.best()[1]


def test_a_model_runs_in_eight_bits_when_it_has_ranges_and_not_before(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    with pytest.raises(RuntimeUnavailableError, match="has not been quantised"):
        OpenVinoRuntime.load(model, RuntimeRequest("cpu", "int8"), cache=tmp_path / "cache")
    network = tiny_model()
    moved = list(moved_features(network, [[picture(64, seed) for seed in range(6)]], 3))
    assert len(moved) == 3
    layers = ranges(Networks(TINY_BLEND, lambda: network).decoder(), moved, doublings=True)
    assert None not in layers
    ranges_path(model).write_text(Ranges(file_digest(model), layers).to_json())
    pictures = []
    for precision in ("float32", "auto"):
        runtime = OpenVinoRuntime.load(model, RuntimeRequest("cpu", precision), cache=tmp_path / "cache")
        source = runtime.encode_source(picture(64))
        pictures.append(runtime.generate(source, runtime.detect(picture(64, 1))).astype(int))
    assert runtime.description.precision == "int8"
    assert 0 < np.abs(pictures[0] - pictures[1]).max() <= 8

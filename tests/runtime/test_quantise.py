"""Ranges of eight-bit networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from avatarify.errors import RuntimeUnavailableError
from avatarify.model.checkpoint import load_checkpoint
from avatarify.model.config import ModelConfig
from avatarify.paths import EMBEDDED_MODEL
from avatarify.runtime.base import RuntimeRequest
from avatarify.runtime.graph_cache import file_digest
from avatarify.runtime.int8_ranges import find_ranges
from avatarify.runtime.openvino import OpenVinoRuntime
from avatarify.runtime.quantise import Ranges, ranges_of, ranges_path
from tests.fakes.models import TINY_BLEND, TINY_CUED, write_tiny_model
from tests.runtime.test_eager import picture


def test_ranges_are_written_and_read() -> None:
    written = Ranges("abc", ((0.0, 9.5), None, (-3.25, 3.25)))
    assert Ranges.from_json(written.to_json()) == written
    refused = Ranges("abc", (), 'pictures are "rough"')
    assert Ranges.from_json(refused.to_json()) == refused
    for text in ("{", "{}", "[]", '{"model": "a", "layers": [1]}', '{"model": "a", "layers": [[1, "x"]]}'):
        with pytest.raises(ValueError, match=r".+"):
            Ranges.from_json(text)


def test_the_embedded_model_has_ranges_of_exactly_these_weights() -> None:
    found = ranges_of(EMBEDDED_MODEL, file_digest(EMBEDDED_MODEL))
    assert found is not None
    shape = load_checkpoint(EMBEDDED_MODEL).config.generator
    blocks, doublings = 2 * shape.num_bottleneck_blocks, shape.num_down_blocks  # and then the last convolution
    stay = [index for index, pair in enumerate(found.layers) if pair is None]
    assert len(found.layers) == blocks + doublings + 1
    assert stay == [*range(blocks, blocks + doublings + 1)], "doublings and the last stay float32"
    assert ranges_of(EMBEDDED_MODEL, "another model's hash") is None


def test_ranges_that_are_damaged_are_told(tmp_path: Path) -> None:
    model = tmp_path / "mine.safetensors"
    ranges_path(model).write_text("{", encoding="utf-8")
    with pytest.raises(RuntimeUnavailableError, match=r"mine-decoder-int8\.json is damaged .*Delete it"):
        ranges_of(model, "any")


@pytest.mark.parametrize("config", [TINY_BLEND, TINY_CUED], ids=["blend", "cued"])
def test_a_model_runs_in_eight_bits_when_it_has_ranges_and_not_before(tmp_path: Path, config: ModelConfig) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors", config)
    with pytest.raises(RuntimeUnavailableError, match=r"no decoder in eight bits.*models quantise"):
        OpenVinoRuntime.load(model, RuntimeRequest("cpu", "int8"), cache=tmp_path / "cache")
    found = find_ranges(model, [[picture(64, seed) for seed in range(6)]], frames=3, doublings=True)
    ranges_path(model).write_text(found.to_json())
    pictures = []
    for precision in ("float32", "auto"):
        runtime = OpenVinoRuntime.load(model, RuntimeRequest("cpu", precision), cache=tmp_path / "cache")
        source = runtime.encode_source(picture(64))
        pictures.append(runtime.generate(source, runtime.detect(picture(64, 1))).astype(int))
    assert runtime.description.precision == "int8"
    assert 0 < np.abs(pictures[0] - pictures[1]).max() <= 8

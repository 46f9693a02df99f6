from __future__ import annotations

from pathlib import Path

import pytest
import torch

from avatarify.runtime.graph_cache import file_digest
from avatarify.runtime.int8_ranges import Reach, find_ranges
from tests.fakes.models import TINY_CUED, write_tiny_model
from tests.runtime.test_eager import picture


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


def test_ranges_are_of_exactly_these_weights_and_leave_doublings_alone(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    clips = [[picture(64, seed) for seed in range(6)]]
    found = find_ranges(model, clips, frames=3)
    assert found.model == file_digest(model)
    assert [pair is None for pair in found.layers] == [False, False, True, True, True, True]
    every = find_ranges(model, clips, frames=3, doublings=True).layers
    assert None not in every
    assert every[0] == found.layers[0]
    cued = find_ranges(write_tiny_model(tmp_path / "cued.safetensors", TINY_CUED), clips, frames=3)
    assert [pair is None for pair in cued.layers] == [pair is None for pair in found.layers], "cues are told in float32"
    with pytest.raises(ValueError, match="no clips"):
        find_ranges(model, [], frames=3)

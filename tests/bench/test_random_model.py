"""Model files with random weights."""

from __future__ import annotations

from pathlib import Path

import torch

from avatarify.bench.random_model import write_random_model
from avatarify.model.checkpoint import load_checkpoint
from tests.fakes.models import TINY_PLAIN


def test_a_file_that_loads_the_same_each_time_and_leaves_chance_alone(tmp_path: Path) -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one = load_checkpoint(write_random_model(tmp_path / "a.safetensors", TINY_PLAIN))
    assert torch.equal(torch.rand(1), expected)
    other = load_checkpoint(write_random_model(tmp_path / "b.safetensors", TINY_PLAIN))
    assert one.config == TINY_PLAIN
    assert all(torch.equal(one.generator[key], other.generator[key]) for key in one.generator)
    variances = torch.cat([value for key, value in one.generator.items() if key.endswith("running_var")])
    assert variances.std() > 0.1, "folding a batch norm has to change something"

"""A contender in this process."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from avatarify.bench.contenders import RuntimeContender
from avatarify.bench.footage import Footage, pressed
from avatarify.bench.runner import FEWEST_FRAMES, Runner
from avatarify.bench.stopwatch import STAGES
from tests.fakes.models import write_tiny_model

PICTURE = np.random.default_rng(1).integers(0, 255, (96, 96, 3), np.uint8)
FOOTAGE = Footage(pressed([PICTURE, PICTURE[::-1]], 90), PICTURE)


def test_a_runtime_from_the_first_picture_to_its_memory(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    with Runner(RuntimeContender("eager", model, "cpu", "float32", 96), FOOTAGE) as runner:
        assert str(runner.ready.description).startswith("eager on cpu")
        assert runner.ready.side == 96
        assert 0 < runner.ready.warm_up_s < 60
        block = runner.block(0.05, staged=True)
        assert len(block.whole_ms) >= FEWEST_FRAMES
        assert min(block.whole_ms) > 0
        assert {lap.stage for lap in block.laps} == set(STAGES)
        assert runner.block(0.0).laps == ()
        first, second = runner.pictures(2)
        assert first.image.shape == (96, 96, 3)
        assert first.keypoints.shape == (10, 2)
        assert not np.array_equal(first.image, second.image)
        assert 50 < runner.close() < 10_000

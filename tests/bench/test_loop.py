"""The way of one frame."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from avatarify.bench.footage import Footage, pressed
from avatarify.bench.loop import RuntimeLoop, _waiter, picture_side
from avatarify.bench.stopwatch import AROUND_THE_NETWORK, STAGES, Stopwatch
from avatarify.errors import SettingsError
from avatarify.model.config import LITE, VOX_256
from avatarify.runtime.device import choose_device
from avatarify.runtime.eager import EagerRuntime
from tests.fakes.models import tiny_model

PICTURE = np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8)
FOOTAGE = Footage(pressed([PICTURE], 90), np.ascontiguousarray(PICTURE[:, :120]))


def loop(*, compose: bool) -> RuntimeLoop:
    return RuntimeLoop(EagerRuntime(tiny_model(), choose_device("cpu")), FOOTAGE, side=96, compose=compose)


def test_every_stage_is_timed_once_in_its_order() -> None:
    watch = Stopwatch(lambda: None)
    step = loop(compose=True).step(FOOTAGE.jpegs[0], watch)
    assert tuple(lap.stage for lap in watch.laps) == STAGES
    assert set(AROUND_THE_NETWORK) < set(STAGES)
    assert step.image.shape == (96, 96, 3)
    assert step.keypoints.value.shape == (1, 10, 2)


def test_without_composing_the_way_ends_with_the_picture() -> None:
    watch = Stopwatch(lambda: None)
    loop(compose=False).step(FOOTAGE.jpegs[0], watch)
    assert [lap.stage for lap in watch.laps][-1] == "generate"


def test_what_is_waited_for_is_the_device_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[str] = []
    monkeypatch.setattr(torch.cuda, "synchronize", waited.append)
    _waiter("cuda:1")()
    _waiter("cpu")()
    assert waited == ["cuda:1"]


def test_sizes() -> None:
    assert picture_side(LITE, None) == 512
    assert picture_side(LITE, 300) == 300
    assert picture_side(VOX_256, None) == picture_side(VOX_256, 256) == 256
    with pytest.raises(SettingsError, match="512"):
        picture_side(VOX_256, 512)
    with pytest.raises(SettingsError, match="20"):
        picture_side(LITE, 20)

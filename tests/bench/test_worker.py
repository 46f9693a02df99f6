"""Contenders in processes of their own."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from avatarify.bench import worker as room
from avatarify.bench.contenders import RuntimeContender
from avatarify.bench.footage import Footage, pressed
from avatarify.bench.loop import UNTIMED, Loop, Step
from avatarify.bench.runner import FEWEST_FRAMES
from avatarify.bench.stopwatch import Stopwatch
from avatarify.bench.worker import Worker
from avatarify.errors import RuntimeUnavailableError
from avatarify.model.motion import Keypoints
from avatarify.runtime.base import RuntimeDescription
from tests.fakes.models import write_tiny_model

PICTURE = np.random.default_rng(1).integers(0, 255, (96, 96, 3), np.uint8)
FOOTAGE = Footage(pressed([PICTURE, PICTURE[::-1]], 90), PICTURE)


class CountingLoop:
    """Its pictures are as bright as the number of its steps; the fourth ends the process if `mortal`, and itself never if
    it `hangs`."""

    description = RuntimeDescription("counting", "cpu", "nothing", "float32")

    def __init__(self, *, mortal: bool, hangs: bool) -> None:
        self._mortal, self._hangs = mortal, hangs
        self._steps = 0

    def step(self, jpeg: bytes, watch: Stopwatch = UNTIMED) -> Step:
        self._steps += 1
        if self._mortal and self._steps == 4:
            os._exit(7)
        if self._hangs and self._steps == 4:
            threading.Event().wait()
        watch.lap("generate")
        return Step(Keypoints(torch.zeros(1, 2, 2), torch.zeros(1, 2, 2, 2)), np.full((4, 4, 3), self._steps, np.uint8))

    def wait(self) -> None:
        pass

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class CountingContender:
    mortal: bool = False
    hangs: bool = False
    name: str = "counting"

    def open(self, footage: Footage) -> Loop:
        return CountingLoop(mortal=self.mortal, hangs=self.hangs)


@dataclass(frozen=True)
class DefectiveContender:
    name: str = "defective"

    def open(self, footage: Footage) -> Loop:
        raise ZeroDivisionError("its own fault")


def test_who_cannot_run_here_says_why(tmp_path: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny.safetensors")
    with pytest.raises(RuntimeUnavailableError, match="no precision 'int8'") as caught:
        Worker(RuntimeContender("eager", model, "cpu", "int8"), FOOTAGE)
    assert caught.value.hint


def test_a_process_that_dies_is_told() -> None:
    with Worker(CountingContender(mortal=True), FOOTAGE) as worker, pytest.raises(RuntimeUnavailableError, match="7"):
        worker.block(1.0)


def test_a_process_that_hangs_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_WORK_LIMIT_S", 0.05)
    with (
        Worker(CountingContender(hangs=True), FOOTAGE) as worker,
        pytest.raises(RuntimeUnavailableError, match="counting has not answered"),
    ):
        worker.block(0.0)


def test_a_defect_in_the_process_is_raised_here() -> None:
    with pytest.raises(RuntimeError, match="defective: ZeroDivisionError: its own fault"):
        Worker(DefectiveContender(), FOOTAGE)


def test_orders_are_carried_out_elsewhere() -> None:
    with Worker(CountingContender(), FOOTAGE) as worker:
        assert str(worker.ready.description) == "counting on cpu (nothing), float32"
        assert worker.ready.side == 4
        block = worker.block(0.0, staged=True)
        assert (len(block.whole_ms), len(block.laps)) == (FEWEST_FRAMES, 1)
        (taken,) = worker.pictures(1)
        # Warm-up, the first of the block, those that were timed, this one.
        assert taken.image[0, 0, 0] == 1 + 1 + FEWEST_FRAMES + 1 + 1
        assert 20 < worker.close() < 10_000

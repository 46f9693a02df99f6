"""Opens a contender, runs it in blocks and shows what it makes. Usually in a process of its own: see worker.py."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch

from avatarify.bench.contenders import Contender
from avatarify.bench.footage import Footage
from avatarify.bench.footprint import peak_memory_mb
from avatarify.bench.loop import Loop
from avatarify.bench.stopwatch import Lap, Stopwatch
from avatarify.frame import Image
from avatarify.runtime.base import RuntimeDescription

FEWEST_FRAMES = 2
"""Of a block, however long they take."""


class Ready(NamedTuple):
    """description: what runs. warm_up_s: from the model file to the first picture. side: of that picture."""

    description: RuntimeDescription
    warm_up_s: float
    side: int


class Block(NamedTuple):
    """Frames in a row. whole_ms: of each frame that nobody interrupted. laps: of the others, stage by stage; may be empty."""

    whole_ms: tuple[float, ...]
    laps: tuple[Lap, ...]


class Taken(NamedTuple):
    """What a frame became. keypoints: float32 [K,2], the driving picture's. image: uint8 [N,N,3] RGB."""

    keypoints: npt.NDArray[np.float32]
    image: Image


class Runs(Protocol):
    """A contender that is ready: here or in a process of its own."""

    contender: Contender
    ready: Ready

    def block(self, seconds: float, *, staged: bool = False) -> Block:
        """Run so long, at least FEWEST_FRAMES. staged: every second frame is timed stage by stage instead."""
        ...

    def pictures(self, frames: int) -> list[Taken]:
        """What becomes of the first `frames` frames of the footage."""
        ...

    def close(self) -> float:
        """End. Returns the most memory that was held, in MB (see BenchResult)."""
        ...

    def __enter__(self) -> Runs: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Runner:
    """Returns when the first picture is made. Raises what the contender's `open` raises."""

    def __init__(self, contender: Contender, footage: Footage) -> None:
        self.contender = contender
        self._jpegs: Sequence[bytes] = footage.jpegs
        began = time.perf_counter()
        self._loop: Loop = contender.open(footage)
        first = self._loop.step(self._jpegs[0])
        self._loop.wait()
        self.ready = Ready(self._loop.description, time.perf_counter() - began, first.image.shape[0])

    def block(self, seconds: float, *, staged: bool = False) -> Block:
        """See Runs."""
        loop = self._loop
        loop.step(self._jpegs[0])  # after a pause caches and clocks are cold
        loop.wait()
        whole: list[float] = []
        laps: list[Lap] = []
        end = time.perf_counter() + seconds
        index = 0
        while len(whole) < FEWEST_FRAMES or time.perf_counter() < end:
            index += 1
            jpeg = self._jpegs[index % len(self._jpegs)]
            if staged and index % 2 == 0:
                watch = Stopwatch(loop.wait)
                loop.step(jpeg, watch)
                laps += watch.laps
            else:
                began = time.perf_counter()
                loop.step(jpeg)
                whole.append((time.perf_counter() - began) * 1000)
        return Block(tuple(whole), tuple(laps))

    def pictures(self, frames: int) -> list[Taken]:
        """See Runs."""
        taken = []
        for jpeg in self._jpegs[:frames]:
            step = self._loop.step(jpeg)
            taken.append(Taken(step.keypoints.value[0].detach().float().cpu().numpy(), step.image))
        return taken

    def close(self) -> float:
        """See Runs. Twice is fine."""
        memory = peak_memory_mb()
        device = self.ready.description.device
        if device.startswith("cuda"):
            memory = torch.cuda.max_memory_allocated(device) / 1e6
        self._loop.close()
        return memory

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.close()

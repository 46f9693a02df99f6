"""What convolutions have to do at least: their operations, and the bytes that they read and write."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

_CONVOLUTIONS = (torch.ops.aten.convolution.default, torch.ops.aten.conv2d.default)


@dataclass(frozen=True)
class Peaks:
    """What a device does at most. half, single: 10**12 operations a second in float16 on tensor cores and in float32 without them.
    memory: 10**9 bytes a second."""

    half: float
    single: float
    memory: float

    def floor_ms(self, operations: Mapping[torch.dtype, int], moved: int) -> float:
        """Milliseconds below which nobody comes: the longer of computing and of moving."""
        rates = {torch.float16: self.half, torch.bfloat16: self.half}
        computing = sum(count / (rates.get(kind, self.single) * 1e12) for kind, count in operations.items())
        return 1000 * max(computing, moved / (self.memory * 1e9))


@dataclass(frozen=True)
class Work:
    """operations: multiplications and additions, by the type of their numbers. moved: bytes of weights, and of activations that each
    convolution reads and writes once."""

    operations: Mapping[torch.dtype, int]
    moved: int

    @property
    def giga(self) -> float:
        """10**9 operations."""
        return sum(self.operations.values()) / 1e9

    def floor_ms(self, peaks: Peaks) -> float:
        """See Peaks."""
        return peaks.floor_ms(self.operations, self.moved)


def counted(run: Callable[[], object]) -> Work:
    """Of all convolutions in one run, wherever they stand."""
    with torch.no_grad(), _Counting() as counting:
        run()
    return Work(dict(counting.operations), counting.moved)


class _Counting(TorchDispatchMode):
    """Sees what torch computes while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: dict[torch.dtype, int] = {}
        self.moved = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # noqa: ANN401
        made = func(*args, **(kwargs or {}))
        if func in _CONVOLUTIONS:
            self._count(args[0], args[1], made, transposed=len(args) > 6 and args[6])
        return made

    def _count(self, given: Tensor, weight: Tensor, made: Tensor, *, transposed: bool) -> None:
        """A weight is used for each pixel of the output; of a transposed convolution for each of the input."""
        each = math.prod(weight.shape[1:])  # products that one number of the output is the sum of
        products = (given if transposed else made).numel() * each
        self.operations[weight.dtype] = self.operations.get(weight.dtype, 0) + 2 * products
        self.moved += sum(tensor.numel() * tensor.element_size() for tensor in (given, weight, made))

"""What the steps between two rows of the log had in the middle, and whether it is still a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from avatarify.errors import AvatarifyError
from avatarify.train.distributed import World
from avatarify.train.log import LogRow
from avatarify.train.objective import GeneratorLosses


class StepTerms(NamedTuple):
    """Scalars of one step, on the device. gradient: norm before clipping. discriminator: its own loss, 0 without one."""

    total: Tensor
    losses: GeneratorLosses
    discriminator: Tensor
    gradient: Tensor


_NAMES = LogRow._fields[1:-2]  # without the step, the learning rate and the seconds


class Means:
    """Averages terms between two rows of the log without asking the device for a number in between."""

    def __init__(self) -> None:
        self._sum: Tensor | None = None
        self._count = 0

    def add(self, terms: StepTerms) -> None:
        """Of one more step."""
        flat = torch.stack([terms.total, *terms.losses, terms.discriminator, terms.gradient]).float()
        self._sum = flat if self._sum is None else self._sum + flat
        self._count += 1

    @property
    def pending(self) -> bool:
        """Whether there are steps since the last row."""
        return self._count > 0

    def check(self, step: int) -> None:
        """Raises AvatarifyError where a loss of the steps since the last row was no number. Waits for the device. step: the last."""
        if self._sum is not None:
            _check((self._sum / self._count).tolist(), step)

    def row(self, step: int, rate: float, seconds: float, world: World) -> LogRow:
        """Means over steps and processes; begins anew. Raises AvatarifyError, on all processes alike, where a loss is no number."""
        if self._sum is None:
            raise AssertionError("a row of the log without a step")
        values = (world.mean(self._sum) / self._count).tolist()
        self._sum, self._count = None, 0
        _check(values, step)
        return LogRow._make((step, *values, rate, seconds))


def _check(values: Sequence[float], step: int) -> None:
    for name, value in zip(_NAMES, values, strict=True):
        bounded = abs(value) < float("inf")
        if not bounded and name != "gradient":  # float16 skips steps of infinite gradients by itself
            raise broken(f"the loss `{name}` is {value}, or keypoints are no numbers any more", step)


def broken(what: str, step: int) -> AvatarifyError:
    """What stops a run for good. what: the beginning of a sentence."""
    return AvatarifyError(
        f"At step {step} {what}.",
        "Begin again from the last model (--init) with a lower --learning-rate, or with --precision float32.",
    )

"""Means of the steps between two rows, as long as they are numbers."""

from __future__ import annotations

import pytest
import torch

from avatarify.errors import AvatarifyError
from avatarify.train.distributed import World
from avatarify.train.means import Means, StepTerms
from avatarify.train.objective import GeneratorLosses


def terms(total: float, *, gradient: float = 1.0) -> StepTerms:
    """Of a step, with no loss but the total."""
    nothing = torch.zeros(())
    losses = GeneratorLosses(*[nothing] * len(GeneratorLosses._fields))
    return StepTerms(torch.tensor(total), losses, nothing, torch.tensor(gradient))


def test_a_row_has_the_means_since_the_last() -> None:
    means = Means()
    for total in (1.0, 4.0):
        means.add(terms(total))
    row = means.row(7, 1e-3, 2.0, World.alone())
    assert (row.step, row.total, row.gradient, row.learning_rate, row.seconds) == (7, 2.5, 1.0, 1e-3, 2.0)
    assert not means.pending
    means.add(terms(3.0))
    assert means.row(8, 1e-3, 2.0, World.alone()).total == 3.0


@pytest.mark.parametrize("total", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_told(total: float) -> None:
    means = Means()
    means.check(6)  # nothing to look at
    means.add(terms(total))
    means.add(terms(1.0))
    with pytest.raises(AvatarifyError, match=f"At step 7 the loss `total` is {total}"):
        means.check(7)
    with pytest.raises(AvatarifyError, match=f"At step 7 the loss `total` is {total}"):
        means.row(7, 1e-3, 2.0, World.alone())


def test_an_infinite_gradient_is_a_step_that_float16_skips() -> None:
    means = Means()
    means.add(terms(1.0, gradient=float("inf")))
    means.check(1)
    assert means.row(1, 1e-3, 2.0, World.alone()).gradient == float("inf")

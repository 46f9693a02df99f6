"""A slowly following copy of the model: steadier than the last step, and what is exported."""

from __future__ import annotations

import copy

import torch

from avatarify.model.network import FirstOrderModel

_WARM_UP = 10  # steps; the first weights are noise and must not linger


def averaged_copy(model: FirstOrderModel) -> FirstOrderModel:
    """A copy to be moved by `follow`: evaluation mode, no gradients."""
    return copy.deepcopy(model).eval().requires_grad_(False)


@torch.no_grad()
def follow(average: FirstOrderModel, model: FirstOrderModel, *, decay: float, step: int) -> None:
    """average += (1 - d) (model - average), d = min(decay, (1 + step) / (10 + step)); of running statistics too."""
    share = 1 - min(decay, (1 + step) / (_WARM_UP + step))
    current = model.state_dict()
    for name, kept in average.state_dict().items():
        if kept.is_floating_point():
            kept.lerp_(current[name], share)
        else:
            kept.copy_(current[name])

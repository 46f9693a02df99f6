"""A model with a halving more first learns to see and to move as the one that it was made from."""

from __future__ import annotations

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor

from avatarify.media.progress import Progress
from avatarify.model.dense_motion import DenseMotion
from avatarify.model.motion import Keypoints
from avatarify.model.network import FirstOrderModel, fit
from avatarify.train.dataset import Batch
from avatarify.train.losses import l1

_RATE = 1e-3
_VALUE, _DEFORMATION = 10.0, 10.0  # in [-1,1]; Jacobians and occlusion count 1


def imitate(
    model: FirstOrderModel, teacher: FirstOrderModel, batches: Iterable[Batch], *, progress: Progress | None = None
) -> None:
    """Teach the motion path of `model`, which stays in training mode, with Adam; its decoder learns by the losses.

    teacher: with the same keypoints; its maps may be coarser. One step a batch: keypoints and Jacobians of both pictures, then
    the motion between the teacher's own. progress: told of every pair.
    """
    model.train()
    optimizer = torch.optim.Adam([each for each in model.parameters() if each.requires_grad], lr=_RATE)
    for batch in batches:
        optimizer.zero_grad(set_to_none=True)
        loss = imitation_loss(model, teacher, batch.source, batch.driving)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        if progress is not None:
            progress.update(len(batch.source))


def imitation_loss(model: FirstOrderModel, teacher: FirstOrderModel, source: Tensor, driving: Tensor) -> Tensor:
    """How far apart the two motion paths are. source, driving: [B,3,S,S] in [0,1]."""
    both = torch.cat([source, driving])
    with torch.no_grad():
        wanted = teacher.detect(both)
        known = [Keypoints(*each) for each in zip(wanted.value.chunk(2), wanted.jacobian.chunk(2), strict=True)]
        goal = _motion(teacher, source, known)
    seen, motion = model.detect(both), _motion(model, source, known)
    side = motion.deformation.shape[1]
    flow = _resized(goal.deformation.permute(0, 3, 1, 2), side, by_corners=teacher.config.flow_by_corners)
    return (
        _VALUE * l1(seen.value, wanted.value)
        + l1(seen.jacobian, wanted.jacobian)
        + _DEFORMATION * l1(motion.deformation, flow.permute(0, 2, 3, 1))
        + l1(motion.occlusion_map, _resized(goal.occlusion_map, motion.occlusion_map.shape[-1]))
    )


def _motion(model: FirstOrderModel, source: Tensor, keypoints: list[Keypoints]) -> DenseMotion:
    dense = model.generator.dense_motion_network
    motion: DenseMotion = dense(dense.down(fit(source, model.config.image_size)), *keypoints)
    return motion


def _resized(x: Tensor, side: int, *, by_corners: bool = False) -> Tensor:
    return F.interpolate(x, size=(side, side), mode="bilinear", align_corners=by_corners)

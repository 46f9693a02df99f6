"""The keypoint detector of a trained model learns to see faces that it does not know, before everything learns together.

Seeing is a third of a step's work. By itself the detector looks at three times as many faces in the same time, all of them bent at random.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable

import torch
from torch import Tensor

from avatarify.media.progress import Progress
from avatarify.model.motion import Keypoints
from avatarify.model.network import FirstOrderModel
from avatarify.train import losses
from avatarify.train.config import TrainConfig
from avatarify.train.dataset import Batch
from avatarify.train.landmarks import joined, part
from avatarify.train.objective import autocast
from avatarify.train.transform import Transform


def teach_detector(
    model: FirstOrderModel, batches: Iterable[Batch], config: TrainConfig, *, progress: Progress | None = None
) -> None:
    """Teach the detector of `model`, which stays in training mode, with Adam at the configuration's rates for its `detector_steps`.

    One step a batch. progress: told of every pair.
    """
    teacher = copy.deepcopy(model).eval().requires_grad_(False)
    model.train()
    optimizer = torch.optim.Adam(model.kp_detector.parameters(), lr=config.learning_rate, betas=config.betas)
    for step, batch in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate_at(step, config.detector_steps)
        optimizer.zero_grad(set_to_none=True)
        detector_loss(model, teacher, batch, config).backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.kp_detector.parameters(), config.gradient_clip or float("inf"))
        optimizer.step()
        if progress is not None:
            progress.update(len(batch.source))


def detector_loss(model: FirstOrderModel, teacher: FirstOrderModel, batch: Batch, config: TrainConfig) -> Tensor:
    """What `model` sees in both pictures of each pair, worsened and bent by the pair's transform, beside their landmarks; where there are
    none, beside what `teacher` sees in them as they are. Jacobians: all as the teacher's (paper Eq. 12). Weights are those of training.

    In bfloat16 where training is: that moves keypoints by some hundredths of a pixel of their maps, and the steps that follow are exact.
    """
    weights, first = config.weights, model.config.num_keypoints - len(config.landmarks.points)
    transform = Transform(*(torch.cat([each, each]) for each in batch.transform))
    shown = transform.frame(torch.cat([batch.source, batch.seen]), align_corners=model.config.align_corners)
    with torch.no_grad():
        wanted: Keypoints = teacher.detect(torch.cat([batch.source, batch.driving]))
    with autocast(
        shown, "float32" if config.precision == "float16" else config.precision
    ):  # nothing scales gradients here
        seen = model.detect(shown)
    found = transform.points(seen.value)
    guided = slice(len(config.landmarks.points))
    landmarks = joined([part(batch.source_landmarks, guided), part(batch.driving_landmarks, guided)])
    return losses.weighted_sum(
        [
            (weights.equivariance_value, losses.l1(found[:, :first], wanted.value[:, :first])),
            (weights.equivariance_jacobian, losses.equivariance_jacobian(wanted, seen, transform)),
            (weights.landmark, losses.landmark(found[:, first:], landmarks, config.landmarks.gaps)),
        ]
    )

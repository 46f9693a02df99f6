from __future__ import annotations

import copy
import dataclasses

import pytest
import torch

from avatarify.media.progress import Progress
from avatarify.model.network import FirstOrderModel
from avatarify.train import losses
from avatarify.train.dataset import Batch, PairDataset, make_batches
from avatarify.train.detector_lessons import detector_loss, teach_detector
from avatarify.train.landmarks import part
from avatarify.train.transform import Transform, random_transform
from tests.fakes.models import lively
from tests.train.films import TINY_GUIDED

_UNBENT = random_transform(torch.Generator(), affine_sigma=0, spline_sigma=0, spline_points=5)
_GUIDED = slice(len(TINY_GUIDED.landmarks.points))
_FREE = TINY_GUIDED.model.num_keypoints - _GUIDED.stop


@pytest.fixture
def model() -> FirstOrderModel:
    torch.manual_seed(5)
    network = lively(FirstOrderModel(TINY_GUIDED.model), gentle=True)
    network.kp_detector.kp.weight.mul_(8)
    return network.requires_grad_(True).eval()


def batches(guided: PairDataset, steps: int) -> list[Batch]:
    return [batch.to(torch.device("cpu")) for batch in make_batches(guided, first_step=0, steps=steps)]


def test_unbent_the_loss_of_the_teacher_itself_is_its_distance_from_the_landmarks(
    guided: PairDataset, model: FirstOrderModel
) -> None:
    (batch,) = batches(guided, 1)
    size = len(batch.source)
    unbent = Transform(*(each.expand(size, *each.shape[1:]) for each in _UNBENT))
    batch = batch._replace(transform=unbent, seen=batch.driving)
    misplaced = [
        losses.landmark(model.detect(image).value[:, _FREE:], part(where, _GUIDED), TINY_GUIDED.landmarks.gaps)
        for image, where in ((batch.source, batch.source_landmarks), (batch.driving, batch.driving_landmarks))
    ]
    expected = TINY_GUIDED.weights.landmark * float(sum(misplaced).detach()) / 2  # type: ignore[union-attr]
    found = float(detector_loss(model, model, batch, TINY_GUIDED).detach())
    assert expected > 0.1
    assert found == pytest.approx(expected, rel=1e-3)


def test_bent_faces_are_held_to_what_the_teacher_sees_in_them_unbent(
    guided: PairDataset, model: FirstOrderModel
) -> None:
    (batch,) = batches(guided, 1)
    alone = dataclasses.replace(TINY_GUIDED, weights=dataclasses.replace(TINY_GUIDED.weights, landmark=0.0))
    assert float(detector_loss(model, model, batch, alone).detach()) > 0.01
    wanted = model.detect(torch.cat([batch.source, batch.driving]))
    transform = Transform(*(torch.cat([each, each]) for each in batch.transform))
    shown = transform.frame(torch.cat([batch.source, batch.seen]), align_corners=True)
    seen = model.detect(shown)
    value = losses.l1(transform.points(seen.value)[:, :_FREE], wanted.value[:, :_FREE])
    jacobian = losses.equivariance_jacobian(wanted, seen, transform)
    expected = alone.weights.equivariance_value * value + alone.weights.equivariance_jacobian * jacobian
    assert float(detector_loss(model, model, batch, alone).detach()) == pytest.approx(
        float(expected.detach()), rel=1e-4
    )


def test_the_detector_comes_nearer_to_the_landmarks_and_nothing_else_changes(
    guided: PairDataset, model: FirstOrderModel
) -> None:
    lessons = batches(guided, 2) * 12
    weights = dataclasses.replace(TINY_GUIDED.weights, equivariance_jacobian=0.1)  # those of this teacher are noise
    config = dataclasses.replace(
        TINY_GUIDED, weights=weights, detector_steps=len(lessons), learning_rate=3e-3, milestones=()
    )
    teacher, painting = copy.deepcopy(model), copy.deepcopy(model.generator.state_dict())
    progress = Progress(None, stream=None)
    teach_detector(model, lessons, config, progress=progress)
    assert model.training
    assert progress.done == 24 * TINY_GUIDED.batch
    before, after = (
        sum(float(detector_loss(each.train(), teacher.eval(), batch, config).detach()) for batch in lessons[:2])
        for each in (copy.deepcopy(teacher), model)
    )
    assert after < 0.9 * before
    for name, value in model.generator.state_dict().items():
        assert torch.equal(value, painting[name]), name


@pytest.mark.parametrize(("precision", "looked"), [("bfloat16", torch.bfloat16), ("float16", torch.float32)])
def test_it_looks_in_bfloat16_and_never_in_float16_whose_gradients_nobody_scales(
    guided: PairDataset, model: FirstOrderModel, precision: str, looked: torch.dtype
) -> None:
    (batch,) = batches(guided, 1)
    found: list[torch.dtype] = []
    teacher = copy.deepcopy(model)
    model.kp_detector.kp.register_forward_hook(lambda _module, _given, made: found.append(made.dtype))
    config = dataclasses.replace(TINY_GUIDED, precision=precision)
    detector_loss(model, teacher, batch, config)
    assert found == [looked]


def test_its_rate_follows_the_schedule_of_the_lessons(
    guided: PairDataset, model: FirstOrderModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = []
    stepped = torch.optim.Adam.step

    def step(optimizer: torch.optim.Adam) -> None:
        rates.append(optimizer.param_groups[0]["lr"])
        stepped(optimizer)

    monkeypatch.setattr(torch.optim.Adam, "step", step)
    config = dataclasses.replace(TINY_GUIDED, detector_steps=4, milestones=(50,), learning_rate=1e-3)
    teach_detector(model, batches(guided, 4), config)
    assert rates == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4])

from __future__ import annotations

import dataclasses

import pytest
import torch

from avatarify.media.progress import Progress
from avatarify.model.network import FirstOrderModel
from avatarify.train.cache import FrameCache
from avatarify.train.dataset import Batch, PairDataset, make_batches
from avatarify.train.imitation import imitate, imitation_loss
from tests.fakes.models import lively
from tests.train.films import FINER_MODEL, TINY, TINY_MODEL


@pytest.fixture
def teacher() -> FirstOrderModel:
    torch.manual_seed(5)
    model = lively(FirstOrderModel(TINY_MODEL), gentle=True)
    model.kp_detector.kp.weight.mul_(8)
    model.generator.dense_motion_network.mask.weight.mul_(8)
    return model


def batches(cache: FrameCache, steps: int) -> list[Batch]:
    made = make_batches(PairDataset(TINY, cache), first_step=0, steps=steps)
    return [batch.to(torch.device("cpu")) for batch in made]


def test_a_model_imitates_itself_without_a_fault(cache: FrameCache, teacher: FirstOrderModel) -> None:
    (batch,) = batches(cache, 1)
    assert float(imitation_loss(teacher, teacher, batch.source, batch.driving)) == pytest.approx(0, abs=1e-5)


def test_a_finer_model_with_lids_has_occlusion_and_deformation_of_two_sizes(
    cache: FrameCache, teacher: FirstOrderModel
) -> None:
    motion = dataclasses.replace(FINER_MODEL.dense_motion, anchors=3, lids=3)
    model = FirstOrderModel(dataclasses.replace(FINER_MODEL, dense_motion=motion))
    (batch,) = batches(cache, 1)
    assert float(imitation_loss(model, teacher, batch.source, batch.driving).detach()) > 0


def test_a_finer_model_comes_nearer_to_its_teacher(cache: FrameCache, teacher: FirstOrderModel) -> None:
    torch.manual_seed(1)
    model = FirstOrderModel(FINER_MODEL).train()
    (batch,) = batches(cache, 1)
    progress = Progress(None, stream=None)
    before = float(imitation_loss(model, teacher, batch.source, batch.driving).detach())
    imitate(model, teacher, batches(cache, 12) * 3, progress=progress)
    after = float(imitation_loss(model, teacher, batch.source, batch.driving).detach())
    assert after < 0.6 * before
    assert progress.done == 4 * 36
    assert model.training

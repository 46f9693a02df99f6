"""The sheet on which a run shows what it has learned."""

from __future__ import annotations

import numpy as np
import torch

from avatarify.model.network import FirstOrderModel
from avatarify.train.dataset import PairDataset, make_batches
from avatarify.train.preview import marked, preview_sheet, to_image
from tests.train.films import TINY_MODEL


def test_sheet_shows_every_pair_and_leaves_the_model_alone(dataset: PairDataset) -> None:
    batch = next(make_batches(dataset, first_step=0, steps=1)).to(torch.device("cpu"))
    model = FirstOrderModel(TINY_MODEL).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    sheet = preview_sheet(model, batch, title="tiny")
    assert sheet.dtype == np.uint8
    assert sheet.shape[1] > 7 * 144
    assert sheet.shape[0] > 4 * 144
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_keypoints_are_marked_where_they_are() -> None:
    image = np.zeros((33, 33, 3), np.uint8)
    points = torch.tensor([[0.0, 0.0], [1.0, -1.0]])
    out = marked(image, points)
    assert image.max() == 0
    assert out[16, 16].max() > 100
    assert out[0, 32].max() > 100
    assert out[10, 10].max() == 0


def test_values_beyond_the_range_are_clipped() -> None:
    assert to_image(torch.tensor([-0.5, 0.5, 1.5]).view(3, 1, 1)).tolist() == [[[0, 128, 255]]]

from __future__ import annotations

import dataclasses

import pytest
import torch

from avatarify.errors import CheckpointError
from avatarify.model.config import LITE, VOX_256, ModelConfig
from avatarify.model.cues import CueConvs, cued_sides, motion_cues, num_cues
from avatarify.model.motion import coordinate_grid
from avatarify.train.recipes import LITE_GUIDED
from tests.fakes.models import TINY_CUED, tiny_model


def test_cues_tell_what_is_seen_how_far_it_travels_and_where_the_anchors_are() -> None:
    moved, shown = torch.rand(1, 3, 16, 16), torch.rand(1, 1, 16, 16)
    deformation = coordinate_grid(16, 16, moved)[None] + torch.tensor([0.25, -0.5])
    anchors = torch.tensor([[[-1.0, 1.0], [1.0, 1.0]]])  # the lower corners
    cues = motion_cues(moved, deformation, shown, anchors)
    assert torch.equal(cues[:, :3], moved)
    torch.testing.assert_close(cues[:, 3], torch.ones(1, 16, 16))
    torch.testing.assert_close(cues[:, 4], torch.full((1, 16, 16), -2.0))
    assert torch.equal(cues[:, 5:6], shown)
    assert [divmod(int(each.argmax()), 16) for each in cues[0, 6:]] == [(15, 0), (15, 15)]
    assert num_cues(TINY_CUED) == 6 + TINY_CUED.dense_motion.anchors


@pytest.mark.parametrize(
    ("model", "sides"), [(LITE_GUIDED, (16, 32, 64)), (TINY_CUED, (8, 16)), (LITE, ()), (VOX_256, ())]
)
def test_the_decoder_is_told_up_to_the_size_of_the_dense_motion(model: ModelConfig, sides: tuple[int, ...]) -> None:
    assert cued_sides(model) == sides


def test_cues_begin_by_saying_nothing_and_fit_the_decoders_maps() -> None:
    told = CueConvs(LITE_GUIDED)(torch.rand(2, num_cues(LITE_GUIDED), 64, 64))
    assert [tuple(each.shape) for each in told] == [(2, 128, 16, 16), (2, 64, 32, 32), (2, 32, 64, 64)]
    assert not any(each.any() for each in told)


def test_the_painting_follows_an_anchor_that_the_deformation_does_not_show() -> None:
    """The same deformation, the same portrait: a lip that is said to be elsewhere is painted otherwise."""
    model = tiny_model(TINY_CUED)
    source = model.encode(torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)))
    keypoints = model.detect(source.portrait)
    motion = model.generator.motion(source, keypoints, keypoints)
    elsewhere = motion._replace(anchors=motion.anchors + 0.1)
    assert not torch.equal(model.generator.decode(source, motion), model.generator.decode(source, elsewhere))


def test_cues_belong_to_a_generator_that_blends() -> None:
    """Others change their size in training, and would be told at other maps."""
    with pytest.raises(CheckpointError, match="blend"):
        dataclasses.replace(VOX_256, generator=dataclasses.replace(VOX_256.generator, cues=True))

from __future__ import annotations

import dataclasses

import pytest
import torch

from avatarify.errors import CheckpointError
from avatarify.model.config import LITE, VOX_256, ModelConfig
from avatarify.model.cues import CueLayers, motion_cues, num_cues, strain
from avatarify.model.motion import coordinate_grid
from avatarify.train.recipes import LITE_GUIDED
from tests.fakes.models import TINY_CUED, tiny_model


def test_cues_tell_what_is_seen_what_is_hidden_and_where_the_anchors_are() -> None:
    moved, shown = torch.rand(1, 3, 16, 16), torch.rand(1, 1, 16, 16)
    deformation = coordinate_grid(16, 16, moved)[None] * 0.5
    anchors = torch.tensor([[[-1.0, 1.0], [1.0, 1.0]]])  # the lower corners
    cues = motion_cues(moved, deformation, shown, anchors)
    assert torch.equal(cues[:, :3], moved)
    assert torch.equal(cues[:, 3:7], strain(deformation))
    assert torch.equal(cues[:, 7:8], shown)
    assert [divmod(int(each.argmax()), 16) for each in cues[0, 8:]] == [(15, 0), (15, 15)]
    assert num_cues(TINY_CUED) == 8 + TINY_CUED.dense_motion.anchors


def test_strain_is_none_of_a_shift_and_tells_what_is_drawn_out() -> None:
    grid = coordinate_grid(16, 16, torch.zeros(()))[None]
    inside = (slice(None), slice(None), slice(1, -1), slice(1, -1))
    torch.testing.assert_close(strain(grid + 0.3)[inside], torch.zeros(1, 4, 14, 14), atol=1e-5, rtol=0)
    assert float(strain(grid + 0.3)[0, 0, 5, 0]) == pytest.approx(-0.5, abs=1e-5), "at an edge"
    stretched = torch.stack([grid[..., 0] + 0.1 * grid[..., 1], 0.25 * grid[..., 1]], -1)  # sheared, four times as high
    wanted = torch.tensor([0.0, 0.0, 0.1, -0.75]).view(1, 4, 1, 1).expand(1, 4, 14, 14)
    torch.testing.assert_close(strain(stretched)[inside], wanted, atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("model", "sides"), [(LITE_GUIDED, (16, 32, 64)), (TINY_CUED, (8, 16, 32)), (LITE, ()), (VOX_256, ())]
)
def test_the_decoder_is_told_up_to_the_size_of_the_dense_motion(model: ModelConfig, sides: tuple[int, ...]) -> None:
    assert model.cued_sides == sides


def test_cues_begin_by_saying_nothing_and_fit_the_decoders_maps() -> None:
    added = CueLayers(LITE_GUIDED)(torch.rand(2, num_cues(LITE_GUIDED), 64, 64))
    assert [tuple(each.shape) for each in added] == [(2, 128, 16, 16), (2, 64, 32, 32), (2, 32, 64, 64)]
    assert not any(each.any() for each in added)


def test_the_painting_follows_an_anchor_that_the_deformation_does_not_show() -> None:
    """The same deformation, the same portrait: a lip that is said to be elsewhere is painted otherwise."""
    model = tiny_model(TINY_CUED)
    source = model.encode(torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)))
    keypoints = model.detect(source.portrait)
    motion = model.generator.motion(source, keypoints, keypoints)
    elsewhere = motion._replace(anchors=motion.anchors + 0.1)
    assert not torch.equal(model.generator.decode(source, motion), model.generator.decode(source, elsewhere))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"blend": False}, r"cue_width is 8, and the generator does not blend"),  # others change their size in training
        ({"num_down_blocks": 0}, r"32 x 32 places cannot be added to maps of 64 x 64"),
    ],
)
def test_cues_that_do_not_fit_the_decoder_are_refused(change: dict[str, float], what: str) -> None:
    generator = dataclasses.replace(TINY_CUED.generator, **change)  # type: ignore[arg-type]
    with pytest.raises(CheckpointError, match=what):
        dataclasses.replace(TINY_CUED, generator=generator)


def test_a_file_whose_features_have_no_places_is_refused() -> None:
    text = LITE_GUIDED.to_json().replace('"num_down_blocks": 3', '"num_down_blocks": 8')
    with pytest.raises(CheckpointError, match="maps of 0 x 0"):
        ModelConfig.from_json(text)


def test_cues_of_places_that_no_map_divides_are_refused() -> None:
    motion = dataclasses.replace(TINY_CUED.dense_motion, scale_factor=1 / 3)
    with pytest.raises(CheckpointError, match=r"22 x 22 places cannot be added to maps of 8 x 8"):
        dataclasses.replace(TINY_CUED, dense_motion=motion)
